import { mix32 } from './hash.ts'

/**
 * Seeded random numbers for many independent sequences, their states side by side in one typed array
 * (mulberry32, one 32-bit word a sequence). The same seed and index give the same sequence in every process.
 */
export interface RandomStreams {
  /** The next number of a sequence, uniform in [0, 1). */
  next(index: number): number
}

export const seedOf = (seed: number, index: number): number => mix32(mix32(seed) ^ mix32(index + 0x9e3779b9))

/** @param seeds the first state of each sequence; is kept and changed */
export const createRandomStreams = (seeds: Uint32Array): RandomStreams => ({
  next: (index) => {
    const state = (seeds[index] + 0x6d2b79f5) >>> 0
    seeds[index] = state
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  },
})
