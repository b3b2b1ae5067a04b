import type { Kind } from '../columns.ts'
import type { MeasureType } from '../measures.ts'
import { nameOf, PHYSICAL, type Physical } from './format.ts'
import { type Fields, fieldsOf, numberOf } from './thrift.ts'

/** How a column's values are stored, and what they mean, by the types that the file declares. */
export interface Form {
  readonly physical: Physical
  /** Bytes of a value; 0 where each has its own length. */
  readonly width: number
  /** A number is whole units of 10^-scale. */
  readonly scale: number
  /** Of a time that is a whole number since 1970: its units in a millisecond. */
  readonly perMs: number
}

const physicalOf = nameOf(PHYSICAL)
const WIDTHS: Readonly<Record<Physical, number>> = {
  int32: 4,
  int64: 8,
  int96: 12,
  float: 4,
  double: 8,
  bytes: 0,
  fixed: 0,
  // A bit each.
  boolean: 0,
}
/** A decimal of 38 digits, the most that engines know, takes 16. */
const MOST_FIXED_BYTES = 32
const MOST_SCALE = 38

const LOGICAL: Readonly<Record<number, string>> = {
  1: 'STRING',
  4: 'ENUM',
  5: 'DECIMAL',
  6: 'DATE',
  8: 'TIMESTAMP',
  10: 'INTEGER',
  12: 'JSON',
}
/** Of writers older than logical types. */
const CONVERTED: Readonly<Record<number, string>> = {
  0: 'STRING',
  4: 'ENUM',
  5: 'DECIMAL',
  6: 'DATE',
  9: 'TIMESTAMP',
  10: 'TIMESTAMP',
  11: 'INTEGER',
  12: 'INTEGER',
  13: 'INTEGER',
  14: 'INTEGER',
  15: 'INTEGER',
  16: 'INTEGER',
  17: 'INTEGER',
  18: 'INTEGER',
  19: 'JSON',
}

/** The logical type of a column; undefined when it has none. */
const meaningOf = (element: Fields): string | undefined => {
  const [logical] = Object.keys(fieldsOf(element[10]))
  if (logical !== undefined) return LOGICAL[Number(logical)] ?? `logical type ${logical}`
  const converted = element[6]
  return converted === undefined ? undefined : (CONVERTED[numberOf(converted)] ?? `converted type ${String(converted)}`)
}

/** Logical units 1, 2, 3 are ms, µs, ns; converted types 9 and 10 are ms and µs. */
const perMsOf = (element: Fields): number => {
  const [unit] = Object.keys(fieldsOf(fieldsOf(fieldsOf(element[10])[8])[2]))
  if (unit !== undefined) return [0, 1, 1_000, 1_000_000][Number(unit)] ?? 0
  return numberOf(element[6]) === 9 ? 1 : 1_000
}

const isText = (physical: Physical, meaning: string | undefined): boolean =>
  physical === 'bytes' && (meaning === undefined || ['STRING', 'ENUM', 'JSON'].includes(meaning))

const isDecimal = (physical: Physical, meaning: string | undefined): boolean =>
  meaning === 'DECIMAL' && ['int32', 'int64', 'bytes', 'fixed'].includes(physical)

const isReal = (physical: Physical, meaning: string | undefined): boolean =>
  meaning === undefined && (physical === 'float' || physical === 'double')

const isWhole = (physical: Physical, meaning: string | undefined): boolean =>
  (physical === 'int32' || physical === 'int64') && (meaning === undefined || meaning === 'INTEGER')

/** Invariant: a column without a clear meaning is not guessed at. */
const isFit = (kind: Kind, physical: Physical, meaning: string | undefined): boolean => {
  switch (kind) {
    case 'id':
    case 'label':
      return isText(physical, meaning)
    case 'instant':
      return physical === 'int96' ? meaning === undefined : physical === 'int64' && meaning === 'TIMESTAMP'
    case 'degrees':
      return isDecimal(physical, meaning) || isReal(physical, meaning)
    case 'float':
      return isDecimal(physical, meaning) || isReal(physical, meaning) || isWhole(physical, meaning)
  }
}

/** Of a whole number: whether its type has a sign, and its bits. Logical type 10; converted types 11–14 are unsigned, 15–18 signed. */
const integerOf = (element: Fields, physical: Physical): { readonly bits: number; readonly isSigned: boolean } => {
  const logical = fieldsOf(fieldsOf(element[10])[10])
  if (logical[1] !== undefined) return { bits: numberOf(logical[1]), isSigned: logical[2] !== false }
  const converted = numberOf(element[6] ?? -1)
  if (converted >= 11 && converted <= 14) return { bits: 8 << (converted - 11), isSigned: false }
  return { bits: physical === 'int32' ? 32 : 64, isSigned: true }
}

/** The type of a measure whose values a column holds; undefined for a column that can't be one. */
export const measureTypeOf = (element: Fields): MeasureType | undefined => {
  const physical = physicalOf(numberOf(element[1]))
  const meaning = meaningOf(element)
  if (physical === undefined) return undefined
  if (physical === 'boolean') return 'boolean'
  if (isText(physical, meaning)) return 'string'
  if (isDecimal(physical, meaning)) return 'double'
  if (isReal(physical, meaning)) return physical === 'float' ? 'float' : 'double'
  if (!isWhole(physical, meaning)) return undefined
  const { bits, isSigned } = integerOf(element, physical)
  // Unsigned numbers of all their bits would be read as negative ones.
  if (!isSigned && bits >= 32) return undefined
  return bits <= 32 ? 'int' : 'long'
}

/** The form of a measure's column. */
export const measureFormOf = (element: Fields): Form | undefined => {
  const type = measureTypeOf(element)
  if (type === 'boolean') return { physical: 'boolean', width: 0, scale: 0, perMs: 0 }
  return type === undefined ? undefined : formOf(type === 'string' ? 'label' : 'float', element)
}

/** The form of a column of dates: days since 1970-01-01. */
export const dateFormOf = (element: Fields): Form | undefined =>
  physicalOf(numberOf(element[1])) === 'int32' && meaningOf(element) === 'DATE'
    ? { physical: 'int32', width: WIDTHS.int32, scale: 0, perMs: 0 }
    : undefined

/** The form of a column by its element of the schema; undefined when its values can't be of the kind. */
export const formOf = (kind: Kind, element: Fields): Form | undefined => {
  const physical = physicalOf(numberOf(element[1]))
  const meaning = meaningOf(element)
  if (physical === undefined || !isFit(kind, physical, meaning)) return undefined
  const width = physical === 'fixed' ? numberOf(element[2]) : WIDTHS[physical]
  const scale =
    meaning === 'DECIMAL' ? Math.max(0, numberOf(fieldsOf(fieldsOf(element[10])[5])[1] ?? element[7] ?? 0)) : 0
  const perMs = meaning === 'TIMESTAMP' ? perMsOf(element) : 0
  const isBounded = (physical !== 'fixed' || (width > 0 && width <= MOST_FIXED_BYTES)) && scale <= MOST_SCALE
  return isBounded && (meaning !== 'TIMESTAMP' || perMs > 0) ? { physical, width, scale, perMs } : undefined
}

/** What a column declares, for people. */
export const describeForm = (element: Fields): string => {
  const physical = physicalOf(numberOf(element[1]))?.toUpperCase() ?? 'nested'
  const meaning = meaningOf(element)
  return meaning === undefined ? `${physical} without a logical type` : `${physical} with ${meaning}`
}
