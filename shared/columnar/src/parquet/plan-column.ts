import type { TextBytes } from '../rows/text-list.ts'
import type { Bytes } from './bytes.ts'
import { deltaInt32, deltaInt64 } from './delta.ts'
import { distinctFloats, usedEntries } from './dictionary.ts'
import { plainBooleans, plainDoubles, plainFloats, plainInt64, plainStrings } from './plain.ts'
import {
  doubleRange,
  floatRange,
  FURTHEST_MS,
  int32Range,
  longRange,
  microsRange,
  millisExtremes,
  type Range,
  textRange,
} from './range.ts'
import { dictionaryIndexes } from './runs.ts'

/**
 * A whole column as typed arrays. Texts, timestamps, dates and decimals are required; the others are nullable, NaN being null, and −1 of the numbers of texts.
 * An int is whole and of 32 bits, a long whole and within ±2^53.
 */
export type Column = { readonly name: string } & (
  | { readonly type: 'string'; readonly codes: Int32Array; readonly dictionary: TextBytes }
  | { readonly type: 'timestamp'; readonly millis: Float64Array }
  /** Days since 1970-01-01. */
  | { readonly type: 'date'; readonly days: Int32Array }
  | { readonly type: 'decimal'; readonly unscaled: Int32Array; readonly precision: number; readonly scale: number }
  | { readonly type: 'float'; readonly values: Float32Array; readonly encoding: 'dictionary' | 'plain' }
  | { readonly type: 'double' | 'int' | 'long' | 'boolean'; readonly values: Float64Array }
  | { readonly type: 'text'; readonly codes: Int32Array; readonly dictionary: TextBytes }
)

/** A column without its rows: what a file's schema says of it. */
export type ColumnHead =
  | Pick<Exclude<Column, { readonly type: 'decimal' }>, 'name' | 'type'>
  | Pick<Extract<Column, { readonly type: 'decimal' }>, 'name' | 'type' | 'precision' | 'scale'>

export const headOf = (column: Column): ColumnHead =>
  column.type === 'decimal'
    ? { name: column.name, type: column.type, precision: column.precision, scale: column.scale }
    : { name: column.name, type: column.type }

/** Whether rows may have no value, so that a column's pages begin with definition levels. */
export const isOptional = ({ type }: ColumnHead): boolean => !['string', 'timestamp', 'date', 'decimal'].includes(type)

export type Encoding = 'dictionary' | 'delta' | 'plain'

/** What a column chunk will hold, decided before a byte is written. */
export interface ColumnPlan {
  readonly column: Column
  readonly encoding: Encoding
  readonly dictionary?: { readonly count: number; readonly write: (page: Bytes) => void }
  /** Where there are nulls: 1 for each row with a value. */
  readonly present?: Int32Array
  /** Writes values, which are fewer than the rows where there are nulls. */
  readonly write: (page: Bytes, from: number, to: number) => void
  readonly range: Range | undefined
  /** Of a column that rows may be found by: its distinct values, and what some rows have of them. */
  readonly keys?: { readonly values: readonly Uint8Array[]; readonly rangeOf: (from: number, to: number) => Range }
}

export const rowsOf = (column: Column): number => {
  switch (column.type) {
    case 'string':
    case 'text':
      return column.codes.length
    case 'timestamp':
      return column.millis.length
    case 'date':
      return column.days.length
    case 'decimal':
      return column.unscaled.length
    case 'float':
    case 'double':
    case 'int':
    case 'long':
    case 'boolean':
      return column.values.length
  }
}

const indexWriter = (indexes: Int32Array, entries: number): ColumnPlan['write'] => {
  const width = 32 - Math.clz32(entries - 1)
  return (page, from, to) => dictionaryIndexes(page, indexes, width, from, to)
}

const rangeOfRows = (texts: readonly Uint8Array[], indexes: Int32Array, from: number, to: number): Range =>
  textRange(Array.from(new Set(indexes.subarray(from, to)), (index) => texts[index]))

/** A dictionary pays while a quarter of the values are distinct at most. */
const distinctLimit = (values: number): number => Math.min(Math.max(values >> 2, 16), 32_768)

interface Known<Values> {
  readonly known: Values
  readonly present?: Int32Array
}

/** The values other than NaN, and where they are. */
const knownOf = (values: Float32Array): Known<Float32Array> => {
  let nulls = 0
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) nulls++
  if (nulls === 0) return { known: values }
  const known = new Float32Array(values.length - nulls)
  const present = new Int32Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i]) continue
    present[i] = 1
    known[count++] = values[i]
  }
  return { known, present }
}

/** As `knownOf`; a loop of its own, since one that is given arrays of two types is several times slower. */
const knownDoublesOf = (values: Float64Array): Known<Float64Array> => {
  const known = new Float64Array(values.length)
  const present = new Int32Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i]) continue
    present[i] = 1
    known[count++] = values[i]
  }
  return count === values.length ? { known: values } : { known: known.subarray(0, count), present }
}

const knownCodesOf = (codes: Int32Array): Known<Int32Array> => {
  const known = codes.filter((code) => code >= 0)
  return known.length === codes.length ? { known } : { known, present: codes.map((code) => (code >= 0 ? 1 : 0)) }
}

type NumberColumn = Extract<Column, { readonly type: 'double' | 'int' | 'long' | 'boolean' }>

const planNumbers = (column: NumberColumn): ColumnPlan => {
  const { known, present } = knownDoublesOf(column.values)
  const nulls = present === undefined ? {} : { present }
  switch (column.type) {
    case 'double': {
      const write: ColumnPlan['write'] = (page, from, to) => plainDoubles(page, known, from, to)
      return { column, encoding: 'plain', range: doubleRange(known), ...nulls, write }
    }
    case 'long': {
      const write: ColumnPlan['write'] = (page, from, to) => plainInt64(page, known, 1, from, to)
      return { column, encoding: 'plain', range: longRange(known), ...nulls, write }
    }
    case 'int': {
      const whole = Int32Array.from(known)
      const range = whole.length === 0 ? undefined : int32Range(whole)
      const write: ColumnPlan['write'] = (page, from, to) => deltaInt32(page, whole, from, to)
      return { column, encoding: 'delta', range, ...nulls, write }
    }
    case 'boolean': {
      const write: ColumnPlan['write'] = (page, from, to) => plainBooleans(page, known, from, to)
      return { column, encoding: 'plain', range: undefined, ...nulls, write }
    }
  }
}

export const planColumn = (column: Column): ColumnPlan => {
  switch (column.type) {
    case 'string': {
      const { values: texts, indexes } = usedEntries(column.codes, column.dictionary)
      return {
        column,
        encoding: 'dictionary',
        range: textRange(texts),
        dictionary: { count: texts.length, write: (page) => plainStrings(page, texts) },
        write: indexWriter(indexes, texts.length),
        keys: { values: texts, rangeOf: (from, to) => rangeOfRows(texts, indexes, from, to) },
      }
    }
    case 'text': {
      const { known, present } = knownCodesOf(column.codes)
      const { values: texts, indexes } = usedEntries(known, column.dictionary)
      const nulls = present === undefined ? {} : { present }
      if (texts.length === 0) return { column, encoding: 'plain', range: undefined, ...nulls, write: () => {} }
      return {
        column,
        encoding: 'dictionary',
        range: textRange(texts),
        ...nulls,
        dictionary: { count: texts.length, write: (page) => plainStrings(page, texts) },
        write: indexWriter(indexes, texts.length),
      }
    }
    case 'double':
    case 'int':
    case 'long':
    case 'boolean':
      return planNumbers(column)
    case 'timestamp': {
      const { millis } = column
      const extremes = millisExtremes(millis)
      // Over 71 years apart, deltas would leave the integers that a double holds.
      const delta = extremes.max - extremes.min < FURTHEST_MS / 2
      const write = delta ? deltaInt64 : plainInt64
      return {
        column,
        encoding: delta ? 'delta' : 'plain',
        range: microsRange(extremes),
        write: (page, from, to) => write(page, millis, 1000, from, to),
      }
    }
    case 'date':
    case 'decimal': {
      const values = column.type === 'date' ? column.days : column.unscaled
      return {
        column,
        encoding: 'delta',
        range: int32Range(values),
        write: (page, from, to) => deltaInt32(page, values, from, to),
      }
    }
    case 'float': {
      const { known, present } = knownOf(column.values)
      const nulls = present === undefined ? {} : { present }
      const range = floatRange(known)
      const found =
        column.encoding === 'dictionary' && known.length > 0
          ? distinctFloats(known, distinctLimit(known.length))
          : undefined
      if (found === undefined) {
        return {
          column,
          encoding: 'plain',
          range,
          ...nulls,
          write: (page, from, to) => plainFloats(page, known, from, to),
        }
      }
      return {
        column,
        encoding: 'dictionary',
        range,
        ...nulls,
        dictionary: { count: found.values.length, write: (page) => plainFloats(page, found.values) },
        write: indexWriter(found.indexes, found.values.length),
      }
    }
  }
}
