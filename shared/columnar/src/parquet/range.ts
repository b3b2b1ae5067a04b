/** The least and the greatest value of a column chunk as the footer's statistics hold them. */
export interface Range {
  readonly min: Uint8Array
  readonly max: Uint8Array
}

const bytesOf = (array: Int32Array | Float32Array | Float64Array | BigInt64Array): Uint8Array =>
  new Uint8Array(array.buffer)

/** Unsigned, byte by byte: the order that the format gives texts, which JavaScript's own is not. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}

/** Copies: the range is written with the footer, when the caller may have other texts in those bytes. */
export const textRange = (texts: readonly Uint8Array[]): Range => {
  let [min, max] = [texts[0], texts[0]]
  for (const text of texts) {
    if (compareBytes(text, min) < 0) min = text
    if (compareBytes(text, max) > 0) max = text
  }
  return { min: min.slice(), max: max.slice() }
}

const extremes = (values: Int32Array | Float32Array | Float64Array): { min: number; max: number } => {
  let [min, max] = [values[0], values[0]]
  for (let i = 1; i < values.length; i++) {
    const value = values[i]
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}

export const int32Range = (values: Int32Array): Range => {
  const { min, max } = extremes(values)
  return { min: bytesOf(Int32Array.of(min)), max: bytesOf(Int32Array.of(max)) }
}

/** @returns undefined without values. Zeros as `floatRange` has them. */
export const doubleRange = (values: Float64Array): Range | undefined => {
  if (values.length === 0) return undefined
  const { min, max } = extremes(values)
  return { min: bytesOf(Float64Array.of(min === 0 ? -0 : min)), max: bytesOf(Float64Array.of(max === 0 ? 0 : max)) }
}

/** Of whole numbers up to 2^53; undefined without values. */
export const longRange = (values: Float64Array): Range | undefined => {
  if (values.length === 0) return undefined
  const { min, max } = extremes(values)
  return { min: bytesOf(BigInt64Array.of(BigInt(min))), max: bytesOf(BigInt64Array.of(BigInt(max))) }
}

/** @returns undefined without values. The format's rule for zeros: a least zero is written as −0, a greatest as +0. */
export const floatRange = (values: Float32Array): Range | undefined => {
  if (values.length === 0) return undefined
  const { min, max } = extremes(values)
  return { min: bytesOf(Float32Array.of(min === 0 ? -0 : min)), max: bytesOf(Float32Array.of(max === 0 ? 0 : max)) }
}

/** 2^52 µs, to 2112-09-17: up to there a double holds a time in µs, zigzagged, exactly. */
export const FURTHEST_MS: number = 2 ** 52 / 1000

/** @throws RangeError when a time is not a number or not within 142 years of 1970 */
export const millisExtremes = (values: Float64Array): { min: number; max: number } => {
  const { min, max } = extremes(values)
  if (!(min >= -FURTHEST_MS && max <= FURTHEST_MS) || values.some(Number.isNaN)) {
    throw new RangeError('a time is not a number or not within 142 years of 1970')
  }
  return { min, max }
}

export const microsRange = ({ min, max }: { min: number; max: number }): Range => ({
  min: bytesOf(BigInt64Array.of(BigInt(min) * 1000n)),
  max: bytesOf(BigInt64Array.of(BigInt(max) * 1000n)),
})
