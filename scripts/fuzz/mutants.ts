import { createRandomStreams, seedOf } from '@fleetlake/core'

/** Changed copies of inputs that are good; the same seed gives the same ones, as long as the same ones are kept. */
export interface Mutants {
  next(): Uint8Array
  /** A mutant that did what none did before: others are made from it. */
  keep(mutant: Uint8Array): void
  readonly kept: number
}

/** What breaks readers of lengths, offsets and counts. */
const NUMBERS = [
  0, 1, 2, 4, 7, 8, 16, 64, 127, 128, 255, 256, 32_767, 65_535, 65_536, 0x7fffffff, 0x80000000, 0xffffffff,
]
const MOST_KEPT = 4_096
const MOST_BYTES = 256 * 1024

/** @param tokens of the input's language, put in here and there */
export const createMutants = (
  seeds: readonly Uint8Array[],
  { seed, tokens = [] }: { readonly seed: number; readonly tokens?: readonly Uint8Array[] },
): Mutants => {
  const random = createRandomStreams(Uint32Array.of(seedOf(seed, 0)))
  const below = (most: number): number => Math.floor(random.next(0) * most)
  const one = <Value>(values: readonly Value[]): Value => values[below(values.length)]
  const corpus = [...seeds]

  const spliced = (bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array => {
    const tail = bytes.subarray(Math.min(bytes.length, at + removed))
    const whole = new Uint8Array(at + added.length + tail.length)
    whole.set(bytes.subarray(0, at))
    whole.set(added, at)
    whole.set(tail, at + added.length)
    return whole.subarray(0, MOST_BYTES)
  }
  const stretch = (bytes: Uint8Array): Uint8Array => {
    const from = below(bytes.length)
    return bytes.slice(from, from + 1 + below(Math.min(256, bytes.length - from)))
  }
  const withNumber = (bytes: Uint8Array): void => {
    const size = one([1, 2, 4, 8])
    if (bytes.length < size) return
    const at = below(2) === 0 ? below(bytes.length - size + 1) : size * below(Math.floor(bytes.length / size))
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const value = below(3) === 0 ? one(NUMBERS) : below(bytes.length + 8)
    const signed = below(4) === 0 ? -value : value
    if (size === 1) view.setInt8(at, signed)
    else if (size === 2) view.setInt16(at, signed, true)
    else if (size === 4) view.setInt32(at, signed, true)
    else view.setBigInt64(at, below(8) === 0 ? 2n ** 62n + BigInt(signed) : BigInt(signed), true)
  }
  /** Keeps every byte where it is: what a reader of offsets goes by stays right but for this. */
  const changedInPlace = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === 0) return bytes
    const how = below(4)
    if (how === 0) bytes[below(bytes.length)] ^= 1 << below(8)
    else if (how === 1) bytes[below(bytes.length)] = below(256)
    else withNumber(bytes)
    return bytes
  }
  const changed = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === 0) return Uint8Array.of(below(256))
    const how = below(tokens.length > 0 ? 10 : 5)
    if (how === 0) return bytes.slice(0, below(bytes.length))
    if (how === 1) return spliced(bytes, below(bytes.length), below(64), stretch(bytes))
    if (how === 2) return bytes.copyWithin(below(bytes.length), below(bytes.length), below(bytes.length + 1))
    if (how === 3) return spliced(bytes, below(bytes.length), below(64), stretch(one(corpus)))
    return how === 4 ? changedInPlace(bytes) : spliced(bytes, below(bytes.length + 1), below(8), one(tokens))
  }

  return {
    next: () => {
      // Half of all are close to what is good: most of what is kept was refused.
      let bytes: Uint8Array = one(below(2) === 0 ? seeds : corpus).slice()
      const change = below(3) === 0 ? changed : changedInPlace
      const changes = 1 + below(below(4) === 0 ? 8 : 2)
      for (let i = 0; i < changes; i++) bytes = change(bytes)
      return bytes.slice()
    },
    keep: (mutant) => {
      if (corpus.length < seeds.length + MOST_KEPT) corpus.push(mutant)
      else corpus[seeds.length + below(MOST_KEPT)] = mutant
    },
    get kept() {
      return corpus.length - seeds.length
    },
  }
}
