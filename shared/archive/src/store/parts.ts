import type { ByteRange } from './object-store.ts'

/** What one request carries; larger objects are read and written in parts, a few at once. */
export const PART_BYTES = 8 * 1024 * 1024
const PARTS_AT_ONCE = 4

export interface Part {
  /** From 1. */
  readonly number: number
  readonly range: ByteRange
}

/** The parts of a stretch of bytes, in their order. */
export const partsOf = (from: number, to: number): Part[] =>
  Array.from({ length: Math.ceil((to - from) / PART_BYTES) }, (_, i) => {
    const offset = from + i * PART_BYTES
    return { number: i + 1, range: { offset, length: Math.min(PART_BYTES, to - offset) } }
  })

/** Acts on a few parts at once; results in the order of the parts. The first failure ends it. */
export const eachPart = async <T>(parts: readonly Part[], act: (part: Part) => Promise<T>): Promise<T[]> => {
  const results: T[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < parts.length) {
      const index = next++
      results[index] = await act(parts[index])
    }
  }
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work))
  } finally {
    next = parts.length
  }
  return results
}
