import { createIdTable } from '@fleetlake/columnar'

/**
 * A time for each of many keys, and of each key that a fold has met the number of its partial row. Keys are UTF-8 bytes; nothing of it is an object a key.
 */
export interface TimedKeys {
  readonly size: number
  /** What it holds of memory. */
  readonly heldBytes: number
  /** By number; ms since the epoch, −Infinity of a key that was not known before. */
  readonly times: Float64Array
  /** By number; −1 while a fold has none. */
  readonly partials: Int32Array
  /** The number of the key `bytes[from, to)`, new or known. */
  numberOf(bytes: Uint8Array, from: number, to: number): number
  /** As a view that lasts until the next change. */
  at(number: number): Uint8Array
}

const FIRST_ROOM = 64

export const createTimedKeys = (): TimedKeys => {
  const ids = createIdTable()
  let times = new Float64Array(FIRST_ROOM).fill(-Infinity)
  let partials = new Int32Array(FIRST_ROOM).fill(-1)
  const grow = (): void => {
    const room = 2 * times.length
    const [moreTimes, morePartials] = [new Float64Array(room).fill(-Infinity), new Int32Array(room).fill(-1)]
    moreTimes.set(times)
    morePartials.set(partials)
    ;[times, partials] = [moreTimes, morePartials]
  }
  return {
    get size() {
      return ids.size
    },
    get heldBytes() {
      return ids.heldBytes + times.byteLength + partials.byteLength
    },
    get times() {
      return times
    },
    get partials() {
      return partials
    },
    numberOf: (bytes, from, to) => {
      const number = ids.numberOf(bytes, from, to)
      if (number >= times.length) grow()
      return number
    },
    at: ids.at,
  }
}

/** Keys by bucket, of those buckets that are folded. */
export type KeysOf = readonly (TimedKeys | undefined)[]

/** Lets keys forget the numbers of a fold's partial rows, so that the next fold gives its own. */
export const releasePartials = (
  { length, bucket, key }: { readonly length: number; readonly bucket: Uint8Array; readonly key: Int32Array },
  keysOf: KeysOf,
): void => {
  for (let i = 0; i < length; i++) {
    const keys = keysOf[bucket[i]]
    if (keys !== undefined) keys.partials[key[i]] = -1
  }
}
