/** Texts that rows name by number, in UTF-8. */
export interface Texts {
  readonly count: number
  /** `count + 1` offsets into `bytes`. */
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

export interface TextList {
  /** @returns the number of the text added */
  add(bytes: Uint8Array, from: number, to: number): number
  /** As `add`, but a text that is the last one already is not added again. */
  addOnce(bytes: Uint8Array, from: number, to: number): number
  readonly count: number
  /** Bytes of all texts. */
  readonly size: number
  texts(): Texts
}

/** Gathers texts. */
export const createTextList = (): TextList => {
  let offsets = new Int32Array(64)
  let bytes = new Uint8Array(1024)
  let count = 0
  const add = (source: Uint8Array, from: number, to: number): number => {
    const [start, end] = [offsets[count], offsets[count] + to - from]
    if (count + 2 > offsets.length) {
      const larger = new Int32Array(2 * offsets.length)
      larger.set(offsets)
      offsets = larger
    }
    if (end > bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * bytes.length))
      larger.set(bytes.subarray(0, start))
      bytes = larger
    }
    for (let i = from; i < to; i++) bytes[start + i - from] = source[i]
    offsets[count + 1] = end
    return count++
  }
  const isLast = (source: Uint8Array, from: number, to: number): boolean => {
    if (count === 0 || offsets[count] - offsets[count - 1] !== to - from) return false
    const start = offsets[count - 1]
    for (let i = from; i < to; i++) if (source[i] !== bytes[start + i - from]) return false
    return true
  }
  return {
    add,
    addOnce: (source, from, to) => (isLast(source, from, to) ? count - 1 : add(source, from, to)),
    get count() {
      return count
    },
    get size() {
      return offsets[count]
    },
    texts: () => ({ count, offsets: offsets.subarray(0, count + 1), bytes }),
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const textAt = ({ offsets, bytes }: Texts, i: number): string =>
  decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]))

export const textsToStrings = (texts: Texts): string[] =>
  Array.from({ length: texts.count }, (_, i) => textAt(texts, i))

/** Some texts as bytes, each by its number. */
export interface TextBytes {
  readonly count: number
  at(number: number): Uint8Array
}

export const bytesOfTexts = ({ count, offsets, bytes }: Texts): TextBytes => ({
  count,
  at: (number) => bytes.subarray(offsets[number], offsets[number + 1]),
})

const encoder = new TextEncoder()

export const bytesOfStrings = (texts: readonly string[]): TextBytes => ({
  count: texts.length,
  at: (number) => encoder.encode(texts[number]),
})

export const textsOfStrings = (strings: readonly string[]): Texts => {
  const list = createTextList()
  for (const text of strings) {
    const bytes = encoder.encode(text)
    list.add(bytes, 0, bytes.length)
  }
  return list.texts()
}
