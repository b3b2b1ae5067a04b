import type { MeasureType } from '../measures.ts'
import { isTextMeasure, type MeasureColumn, type NumberMeasure, type TextMeasure } from '../rows/measure-columns.ts'
import type { ColumnBuffers, ColumnKind, FieldSpec } from './encode.ts'

/** Measures as they are in messages: nullable columns after those of every position. */

const KINDS: Readonly<Record<MeasureType, ColumnKind>> = {
  double: 'float64',
  float: 'float32',
  long: 'int64',
  int: 'int32',
  boolean: 'bool',
  string: 'utf8',
}

export const measureField = ({ spec: { name, type } }: MeasureColumn): FieldSpec => ({
  name,
  kind: KINDS[type],
  nullable: true,
})

/** With the unit and the description as metadata of the field. */
export const describedField = (column: MeasureColumn): FieldSpec => {
  const { unit, description } = column.spec
  const metadata = Object.entries({ [UNIT_KEY]: unit, [DESCRIPTION_KEY]: description }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return metadata.length === 0 ? measureField(column) : { ...measureField(column), metadata }
}

/** The keys of a field's metadata, in answers and in exports. */
export const UNIT_KEY = 'unit'
export const DESCRIPTION_KEY = 'description'

const EMPTY = new Uint8Array(0)

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** A bit for each row with a value; none where every row has one. */
const validNumbers = (values: Float64Array, length: number): ColumnBuffers => {
  let nullCount = 0
  for (let row = 0; row < length; row++) if (values[row] !== values[row]) nullCount++
  if (nullCount === 0) return { nullCount, buffers: [EMPTY] }
  const bits = new Uint8Array((length + 7) >> 3)
  for (let row = 0; row < length; row++) if (values[row] === values[row]) bits[row >> 3] |= 1 << (row & 7)
  return { nullCount, buffers: [bits] }
}

const validCodes = (codes: Int32Array, length: number): ColumnBuffers => {
  let nullCount = 0
  for (let row = 0; row < length; row++) if (codes[row] < 0) nullCount++
  if (nullCount === 0) return { nullCount, buffers: [EMPTY] }
  const bits = new Uint8Array((length + 7) >> 3)
  for (let row = 0; row < length; row++) if (codes[row] >= 0) bits[row >> 3] |= 1 << (row & 7)
  return { nullCount, buffers: [bits] }
}

const bitsOf = (values: Float64Array): Uint8Array => {
  const bits = new Uint8Array((values.length + 7) >> 3)
  for (let row = 0; row < values.length; row++) if (values[row] === 1) bits[row >> 3] |= 1 << (row & 7)
  return bits
}

/** As two halves: no BigInt a row. NaN becomes 0. */
const longsOf = (values: Float64Array): Uint8Array => {
  const halves = new Int32Array(2 * values.length)
  for (let row = 0; row < values.length; row++) {
    const high = Math.floor(values[row] / 4_294_967_296)
    halves[2 * row] = values[row] - high * 4_294_967_296
    halves[2 * row + 1] = high
  }
  return bytesOf(halves)
}

/** What a row without a value has in its place does not matter. */
const numbersOf = ({ spec, values }: NumberMeasure, length: number): Uint8Array => {
  const some = values.subarray(0, length)
  switch (spec.type) {
    case 'double':
      return bytesOf(some)
    case 'float':
      return bytesOf(new Float32Array(some))
    case 'int':
      return bytesOf(new Int32Array(some))
    case 'long':
      return longsOf(some)
    case 'boolean':
      return bitsOf(some)
  }
}

const textsOf = ({ codes, texts: { offsets: at, bytes: from } }: TextMeasure, length: number): Uint8Array[] => {
  const offsets = new Int32Array(length + 1)
  for (let row = 0; row < length; row++) {
    const code = codes[row]
    offsets[row + 1] = offsets[row] + (code < 0 ? 0 : at[code + 1] - at[code])
  }
  const bytes = new Uint8Array(offsets[length])
  let to = 0
  for (let row = 0; row < length; row++) {
    const code = codes[row]
    if (code < 0) continue
    const end = at[code + 1]
    for (let byte = at[code]; byte < end; byte++) bytes[to++] = from[byte]
  }
  return [bytesOf(offsets), bytes]
}

export const measureBuffers = (column: MeasureColumn, length: number): ColumnBuffers => {
  const isText = isTextMeasure(column)
  const { nullCount, buffers } = isText ? validCodes(column.codes, length) : validNumbers(column.values, length)
  return { nullCount, buffers: [...buffers, ...(isText ? textsOf(column, length) : [numbersOf(column, length)])] }
}
