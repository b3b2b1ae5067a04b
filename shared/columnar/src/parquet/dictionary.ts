import type { TextBytes } from '../rows/text-list.ts'
import { reuseArray, type Reused } from '@fleetlake/core'

/** The distinct values that the rows use, and each row's index among them, in the order of first use; valid until the next column's. */
export type Dictionary<V> = { readonly values: V; readonly indexes: Int32Array }

// Encoding is synchronous and takes one column at a time, so one array of each kind serves all.
const int32s = (): Reused<Int32Array<ArrayBuffer>> => reuseArray((length) => new Int32Array(length))
const [indexArray, entryArray, slotArray, valueArray] = [int32s(), int32s(), int32s(), int32s()]

/** Keeps only the entries of `dictionary` that `codes` name: a chunk holds a few of the fleet's vehicles. */
export function usedEntries(codes: Int32Array, dictionary: TextBytes): Dictionary<Uint8Array[]> {
  const indexes = indexArray(codes.length)
  const indexOf = entryArray(dictionary.count).fill(-1)
  const values: Uint8Array[] = []
  let lastCode = -1
  let lastIndex = -1
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]
    if (code !== lastCode) {
      lastCode = code
      lastIndex = indexOf[code]
      if (lastIndex < 0) {
        lastIndex = indexOf[code] = values.length
        values.push(dictionary.at(code))
      }
    }
    indexes[i] = lastIndex
  }
  return { values, indexes }
}

/** The distinct floats by their bits; undefined once more than `limit` are met, when a dictionary would not pay. */
export function distinctFloats(floats: Float32Array, limit: number): Dictionary<Float32Array> | undefined {
  const words = new Int32Array(floats.buffer, floats.byteOffset, floats.length)
  const capacity = 1 << (33 - Math.clz32(Math.max(limit, 8) - 1) + 1)
  const slots = slotArray(capacity).fill(0)
  const values = valueArray(limit)
  const indexes = indexArray(floats.length)
  const shift = Math.clz32(capacity) + 1
  let count = 0
  let lastWord = 0
  let lastIndex = -1
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    if (word !== lastWord || lastIndex < 0) {
      let slot = Math.imul(word, 0x9e3779b1) >>> shift
      while (slots[slot] !== 0 && values[slots[slot] - 1] !== word) slot = (slot + 1) & (capacity - 1)
      if (slots[slot] === 0) {
        if (count === limit) return undefined
        values[count++] = word
        slots[slot] = count
      }
      lastWord = word
      lastIndex = slots[slot] - 1
    }
    indexes[i] = lastIndex
  }
  return { values: new Float32Array(values.buffer, values.byteOffset, count), indexes }
}
