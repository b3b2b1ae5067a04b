import type { DictionaryEncoding } from 'apache-arrow/fb/dictionary-encoding'
import type { Field } from 'apache-arrow/fb/field'
import { FloatingPoint } from 'apache-arrow/fb/floating-point'
import { Int } from 'apache-arrow/fb/int'
import { Precision } from 'apache-arrow/fb/precision'
import type { Schema } from 'apache-arrow/fb/schema'
import { Type } from 'apache-arrow/fb/type'
import { Encoding } from 'flatbuffers'
import {
  ATTRIBUTES,
  isSaidName,
  MAX_DESCRIPTION_LENGTH,
  MAX_MEASURES,
  MAX_UNIT_LENGTH,
  type MeasureSpec,
  type MeasureType,
} from '../measures.ts'
import { type MeasureColumn, type NumberMeasure, type TextMeasure } from '../rows/measure-columns.ts'
import type { Texts } from '../rows/text-list.ts'
import { checkTexts } from './check-texts.ts'
import { damaged } from './damaged.ts'
import { DESCRIPTION_KEY, UNIT_KEY } from './measure-buffers.ts'
import { POSITION_FIELDS } from './position-batch.ts'

/** Reads the measures that `encodePositions` writes, column by column; other layouts are left to `decodeMeasures`. */

/** A buffer of the batch, checked to hold so many elements. */
export type Slice = (index: number, elementBytes: number, count: number) => Uint8Array

/** A column after those of every position. */
export interface FurtherField {
  readonly name: string
  readonly type: MeasureType
  /** What an answer says of the column. */
  readonly told: Told
  /** Of the batch. */
  readonly buffers: 2 | 3
  /** The id of the dictionary that has its texts; undefined where each row has its own. */
  readonly dictionary: bigint | undefined
}

type Told = Pick<MeasureSpec, 'unit' | 'description'>

const NOTHING_TOLD: Told = {}
/** Entries of a field's metadata that are looked at. */
const MOST_ENTRIES = 8
const utf8 = new TextDecoder()

/** Bytes are cut before they are decoded, since fields may share long texts. */
const textOf = (bytes: string | Uint8Array | null, mostLength: number): string =>
  bytes instanceof Uint8Array ? utf8.decode(bytes.subarray(0, 4 * mostLength)).slice(0, mostLength) : ''

const toldOf = (field: Field): Told => {
  const count = Math.min(field.customMetadataLength(), MOST_ENTRIES)
  if (count === 0) return NOTHING_TOLD
  const told: { unit?: string; description?: string } = {}
  for (let i = 0; i < count; i++) {
    const entry = field.customMetadata(i)
    const key = textOf(entry?.key(Encoding.UTF8_BYTES) ?? null, 32)
    const value = entry?.value(Encoding.UTF8_BYTES) ?? null
    if (key === UNIT_KEY) told.unit = textOf(value, MAX_UNIT_LENGTH)
    else if (key === DESCRIPTION_KEY) told.description = textOf(value, MAX_DESCRIPTION_LENGTH)
  }
  return told
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

/** A dictionary of texts whose numbers take a byte, as ours are. */
const isSmall = (encoding: DictionaryEncoding): boolean => {
  const index: Int | null = encoding.indexType()
  return index !== null && index.bitWidth() === 8 && index.isSigned()
}

/** The columns after those of every position; undefined when one is of a type or layout that is not ours. */
export const furtherFields = (schema: Schema): FurtherField[] | undefined => {
  const fields: FurtherField[] = []
  const names = new Set<string>()
  for (let i = POSITION_FIELDS.length; i < schema.fieldsLength(); i++) {
    const field = schema.fields(i) as Field
    const name = field.name() ?? ''
    const type = typeOf(field)
    // The reader of foreign layouts says what is wrong with too many, and puts into the attributes what no measure can be.
    if (type === undefined || names.has(name) || !isSaidName(name)) return undefined
    const encoding = field.dictionary()
    if (encoding !== null && !isSmall(encoding)) return undefined
    names.add(name)
    if (names.size > MAX_MEASURES + (names.has(ATTRIBUTES) ? 1 : 0)) return undefined
    fields.push({
      name,
      type,
      told: toldOf(field),
      buffers: type === 'string' && encoding === null ? 3 : 2,
      dictionary: encoding?.id(),
    })
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
  readonly dictionaries: Dictionaries
}

/** Texts by the ids of their dictionaries. */
export type Dictionaries = ReadonlyMap<bigint, Texts>

/**
 * @returns undefined where a column has a whole number that a double does not hold, which the reader of foreign layouts puts into the attributes, or a dictionary that is not there
 * @throws FleetError `arrow.invalid`
 */
export const readMeasures = (
  fields: readonly FurtherField[],
  { slice, nullsOf, length, place, dictionaries }: BatchOfMeasures,
): MeasureColumn[] | undefined => {
  const measures: MeasureColumn[] = []
  let at = place
  for (const [i, { name, type, told, buffers, dictionary }] of fields.entries()) {
    const [first, nulls] = [at, nullsOf(POSITION_FIELDS.length + i)]
    const validity = nulls === 0 ? undefined : slice(first, 1, (length + 7) >> 3)
    if (type === 'string' && dictionary !== undefined) {
      const texts = dictionaries.get(dictionary)
      if (texts === undefined) return undefined
      const numbers = slice(first + 1, 1, length)
      measures.push({ spec: { name, type, ...told }, codes: codesOf(numbers, { texts, validity, length }), texts })
    } else if (type === 'string') {
      const [offsets, bytes] = [slice(first + 1, 4, length + 1), slice(first + 2, 1, 0)]
      measures.push(textsOf({ name, type, ...told }, { offsets, bytes, validity, length }))
    } else {
      const values = numbersOf(type, { bytesOf: (size) => slice(first + 1, size, length), validity, length })
      if (values === undefined) return undefined
      measures.push({ spec: { name, type, ...told }, values })
    }
    at += buffers
  }
  return measures
}

interface Numbers {
  /** The values' bytes. @param size of an element */
  readonly bytesOf: (size: number) => Uint8Array
  readonly validity: Uint8Array | undefined
  readonly length: number
}

const valuesOf = (type: NumberMeasure['spec']['type'], numbers: Numbers): Float64Array | undefined => {
  const { bytesOf, length } = numbers
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
      return longsOf(bytesOf(8), numbers)
    case 'boolean': {
      const bytes = bytesOf(1 / 8)
      const values = new Float64Array(length)
      for (let row = 0; row < length; row++) values[row] = (bytes[row >> 3] >> (row & 7)) & 1
      return values
    }
  }
}

const longsOf = (bytes: Uint8Array, { validity, length }: Numbers): Float64Array | undefined => {
  const halves = new Int32Array(bytes.buffer, bytes.byteOffset, 2 * length)
  const values = new Float64Array(length)
  let mostSize = 0
  for (let row = 0; row < length; row++) {
    const value = halves[2 * row + 1] * 4_294_967_296 + (halves[2 * row] >>> 0)
    values[row] = value
    const size = Math.abs(value)
    if (size > mostSize) mostSize = size
  }
  return mostSize <= Number.MAX_SAFE_INTEGER || areHeld(values, validity) ? values : undefined
}

/** What a row without a value has in its place does not matter. */
const areHeld = (values: Float64Array, validity: Uint8Array | undefined): boolean =>
  values.every(
    (value, row) =>
      Number.isSafeInteger(value) || (validity !== undefined && ((validity[row >> 3] >> (row & 7)) & 1) === 0),
  )

/** NaN where a row has none. */
const numbersOf = (type: NumberMeasure['spec']['type'], numbers: Numbers): Float64Array | undefined => {
  const { validity, length } = numbers
  const found = valuesOf(type, numbers)
  if (validity === undefined || found === undefined) return found
  // Those of doubles are the message's own.
  const values = type === 'double' ? found.slice() : found
  for (let row = 0; row < length; row++) if (((validity[row >> 3] >> (row & 7)) & 1) === 0) values[row] = NaN
  return values
}

interface TextNumbers {
  readonly texts: Texts
  readonly validity: Uint8Array | undefined
  readonly length: number
}

const codesOf = (numbers: Uint8Array, { texts, validity, length }: TextNumbers): Int32Array => {
  const codes = new Int32Array(length)
  for (let row = 0; row < length; row++) {
    const isNull = validity !== undefined && ((validity[row >> 3] >> (row & 7)) & 1) === 0
    codes[row] = isNull ? -1 : numbers[row]
    // A negative number is one beyond 127 here.
    if (codes[row] >= texts.count || codes[row] > 127) throw damaged('a text is not in its dictionary')
  }
  return codes
}

interface TextBuffers {
  readonly offsets: Uint8Array
  readonly bytes: Uint8Array
  readonly validity: Uint8Array | undefined
  readonly length: number
}

/** Each row's text is one of its own, where it lies in the message. */
const textsOf = (spec: TextMeasure['spec'], { offsets: at, bytes, validity, length }: TextBuffers): MeasureColumn => {
  const offsets = new Int32Array(at.buffer, at.byteOffset, length + 1)
  if (offsets[0] < 0 || offsets[length] > bytes.length) throw damaged('a text lies outside its buffer')
  for (let row = 0; row < length; row++) if (offsets[row + 1] < offsets[row]) throw damaged('text offsets go backwards')
  checkTexts(offsets, bytes)
  const codes = new Int32Array(length)
  for (let row = 0; row < length; row++) {
    codes[row] = validity === undefined || ((validity[row >> 3] >> (row & 7)) & 1) === 1 ? row : -1
  }
  return { spec, codes, texts: { count: length, offsets, bytes } }
}
