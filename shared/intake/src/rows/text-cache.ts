import { createIdTable } from '@fleetlake/columnar'

/** What texts of an input stand for; each distinct one is looked at once, as long as they are not too many. */
export interface TextCache<Value> {
  /** What the UTF-8 text `bytes[from, to)` stands for. */
  of(bytes: Uint8Array, from: number, to: number): Value
}

const MOST_TEXTS = 4_096
const MOST_BYTES = 1024 * 1024

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export const createTextCache = <Value>(read: (text: string) => Value): TextCache<Value> => {
  let texts = createIdTable()
  let values: Value[] = []
  return {
    of: (bytes, from, to) => {
      const known = texts.size
      const number = texts.numberOf(bytes, from, to)
      if (number < known) return values[number]
      const value = read(utf8.decode(bytes.subarray(from, to)))
      values[number] = value
      if (texts.size > MOST_TEXTS || texts.textBytes > MOST_BYTES) {
        texts = createIdTable()
        values = []
      }
      return value
    },
  }
}
