import type { Field } from 'apache-arrow/fb/field'
import { FloatingPoint } from 'apache-arrow/fb/floating-point'
import { Int } from 'apache-arrow/fb/int'
import { Precision } from 'apache-arrow/fb/precision'
import type { Schema } from 'apache-arrow/fb/schema'
import { Type } from 'apache-arrow/fb/type'
import { FleetError } from '@fleetlake/core'
import { isSaidName, MAX_MEASURES, type MeasureType } from '../measures.ts'
import { type MeasureColumn, type NumberMeasure } from '../rows/measure-columns.ts'
import { checkTexts } from './check-texts.ts'
import { damaged } from './damaged.ts'
import { POSITION_FIELDS } from './position-batch.ts'

/** Reads the measures that `encodePositions` writes, column by column; other layouts are left to `decodeMeasures`. */

/** A buffer of the batch, checked to hold so many elements. */
export type Slice = (index: number, elementBytes: number, count: number) => Uint8Array

/** A column after those of every position. */
export interface FurtherField {
  readonly name: string
  /** Undefined for a column that is no measure: a dead letter's reason. */
  readonly type: MeasureType | undefined
  /** Of the batch. */
  readonly buffers: 2 | 3
}

const typeOf = (field: Field): MeasureType | undefined => {
  const type: Type = field.typeType()
  switch (type) {
    case Type.Utf8:
      return 'string'
    case Type.Bool:
      return 'boolean'
    case Type.FloatingPoint: {
      const precision = (field.type(new FloatingPoint()) as FloatingPoint).precision()
      if (precision === Precision.HALF) return undefined
      return precision === Precision.DOUBLE ? 'double' : 'float'
    }
    case Type.Int: {
      const int = field.type(new Int()) as Int
      if (!int.isSigned() || (int.bitWidth() !== 32 && int.bitWidth() !== 64)) return undefined
      return int.bitWidth() === 32 ? 'int' : 'long'
    }
    default:
      return undefined
  }
}

/** The columns after those of every position; undefined when one is of a type or layout that is not ours. */
export const furtherFields = (schema: Schema): FurtherField[] | undefined => {
  const fields: FurtherField[] = []
  const names = new Set<string>()
  for (let i = POSITION_FIELDS.length; i < schema.fieldsLength(); i++) {
    const field = schema.fields(i) as Field
    const name = field.name() ?? ''
    const type = typeOf(field)
    // The reader of foreign layouts says what is wrong with too many, and which of two of one name counts.
    if (type === undefined || field.dictionary() !== null || names.has(name) || fields.length > MAX_MEASURES)
      return undefined
    names.add(name)
    fields.push({ name, type: isSaidName(name) ? type : undefined, buffers: type === 'string' ? 3 : 2 })
  }
  return fields
}

export interface BatchOfMeasures {
  readonly slice: Slice
  /** Null count of a column of the batch. */
  readonly nullsOf: (column: number) => number
  readonly length: number
  /** The first buffer after those of the positions. */
  readonly place: number
}

/** @throws FleetError `arrow.invalid` */
export const readMeasures = (
  fields: readonly FurtherField[],
  { slice, nullsOf, length, place }: BatchOfMeasures,
): MeasureColumn[] => {
  const measures: MeasureColumn[] = []
  let at = place
  fields.forEach(({ name, type, buffers }, i) => {
    const column = POSITION_FIELDS.length + i
    if (type !== undefined) {
      const validity = nullsOf(column) === 0 ? undefined : slice(at, 1, (length + 7) >> 3)
      measures.push(
        type === 'string'
          ? textsOf(name, { offsets: slice(at + 1, 4, length + 1), bytes: slice(at + 2, 1, 0), validity, length })
          : {
              spec: { name, type },
              values: numbersOf({ name, type }, { bytesOf: (size) => slice(at + 1, size, length), validity, length }),
            },
      )
    }
    at += buffers
  })
  return measures
}

interface Numbers {
  /** The values' bytes. @param size of an element */
  readonly bytesOf: (size: number) => Uint8Array
  readonly validity: Uint8Array | undefined
  readonly length: number
}

const valuesOf = ({ name, type }: NumberMeasure['spec'], { bytesOf, length }: Numbers): Float64Array => {
  switch (type) {
    case 'double': {
      const bytes = bytesOf(8)
      return new Float64Array(bytes.buffer, bytes.byteOffset, length)
    }
    case 'float': {
      const bytes = bytesOf(4)
      return new Float64Array(new Float32Array(bytes.buffer, bytes.byteOffset, length))
    }
    case 'int': {
      const bytes = bytesOf(4)
      return new Float64Array(new Int32Array(bytes.buffer, bytes.byteOffset, length))
    }
    case 'long':
      return longsOf(name, bytesOf(8), length)
    case 'boolean': {
      const bytes = bytesOf(1 / 8)
      const values = new Float64Array(length)
      for (let row = 0; row < length; row++) values[row] = (bytes[row >> 3] >> (row & 7)) & 1
      return values
    }
  }
}

const longsOf = (name: string, bytes: Uint8Array, length: number): Float64Array => {
  const halves = new Int32Array(bytes.buffer, bytes.byteOffset, 2 * length)
  const values = new Float64Array(length)
  for (let row = 0; row < length; row++) {
    const value = halves[2 * row + 1] * 4_294_967_296 + (halves[2 * row] >>> 0)
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw new FleetError(
        'arrow.invalid',
        `the column ${name} of the Arrow batch holds a whole number beyond 2^53: send it as a text`,
      )
    }
    values[row] = value
  }
  return values
}

/** NaN where a row has none. */
const numbersOf = (spec: NumberMeasure['spec'], numbers: Numbers): Float64Array => {
  const { validity, length } = numbers
  const found = valuesOf(spec, numbers)
  if (validity === undefined) return found
  // Those of doubles are the message's own.
  const values = spec.type === 'double' ? found.slice() : found
  for (let row = 0; row < length; row++) if (((validity[row >> 3] >> (row & 7)) & 1) === 0) values[row] = NaN
  return values
}

interface TextBuffers {
  readonly offsets: Uint8Array
  readonly bytes: Uint8Array
  readonly validity: Uint8Array | undefined
  readonly length: number
}

/** Each row's text is one of its own, where it lies in the message. */
const textsOf = (name: string, { offsets: at, bytes, validity, length }: TextBuffers): MeasureColumn => {
  const offsets = new Int32Array(at.buffer, at.byteOffset, length + 1)
  if (offsets[0] < 0 || offsets[length] > bytes.length) throw damaged('a text lies outside its buffer')
  for (let row = 0; row < length; row++) if (offsets[row + 1] < offsets[row]) throw damaged('text offsets go backwards')
  checkTexts(offsets, bytes)
  const codes = new Int32Array(length)
  for (let row = 0; row < length; row++) {
    codes[row] = validity === undefined || ((validity[row >> 3] >> (row & 7)) & 1) === 1 ? row : -1
  }
  return { spec: { name, type: 'string' }, codes, texts: { count: length, offsets, bytes } }
}
