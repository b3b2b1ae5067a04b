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

const EMPTY = new Uint8Array(0)

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** A bit for each row that a test holds of. */
const bitsOf = (
  length: number,
  isSet: (row: number) => boolean,
): { readonly bits: Uint8Array; readonly set: number } => {
  const bits = new Uint8Array((length + 7) >> 3)
  let set = 0
  for (let row = 0; row < length; row++) {
    if (!isSet(row)) continue
    bits[row >> 3] |= 1 << (row & 7)
    set++
  }
  return { bits, set }
}

const numbersOf = ({ spec, values }: NumberMeasure, length: number): Uint8Array => {
  const some = values.subarray(0, length)
  switch (spec.type) {
    case 'double':
      return bytesOf(some)
    case 'float':
      return bytesOf(Float32Array.from(some))
    case 'int':
      // NaN becomes 0, which nobody reads: its row has no value.
      return bytesOf(Int32Array.from(some))
    case 'long':
      return bytesOf(BigInt64Array.from(some, (value) => (value === value ? BigInt(value) : 0n)))
    case 'boolean':
      return bitsOf(length, (row) => some[row] === 1).bits
  }
}

const textsOf = ({ codes, texts }: TextMeasure, length: number): Uint8Array[] => {
  const offsets = new Int32Array(length + 1)
  const sizeOf = (code: number): number => (code < 0 ? 0 : texts.offsets[code + 1] - texts.offsets[code])
  for (let row = 0; row < length; row++) offsets[row + 1] = offsets[row] + sizeOf(codes[row])
  const bytes = new Uint8Array(offsets[length])
  for (let row = 0; row < length; row++) {
    const code = codes[row]
    if (code >= 0) bytes.set(texts.bytes.subarray(texts.offsets[code], texts.offsets[code + 1]), offsets[row])
  }
  return [bytesOf(offsets), bytes]
}

export const measureBuffers = (column: MeasureColumn, length: number): ColumnBuffers => {
  const isText = isTextMeasure(column)
  const { bits, set } = bitsOf(
    length,
    isText ? (row) => column.codes[row] >= 0 : (row) => column.values[row] === column.values[row],
  )
  const values = isText ? textsOf(column, length) : [numbersOf(column, length)]
  return { nullCount: length - set, buffers: [set === length ? EMPTY : bits, ...values] }
}
