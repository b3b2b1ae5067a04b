import { type Column, COLUMNS } from '../columns.ts'
import { REVISION } from '../measures.ts'
import { isTextMeasure, type MeasureColumn, type TextMeasure } from './measure-columns.ts'

type IdentityColumn = Extract<Column, { readonly isIdentity: true; readonly kind: 'instant' | 'degrees' }>

/** The columns of numbers in which two rows of a vehicle must be equal to be one report, the time first. */
export const IDENTITY_KEYS: readonly IdentityColumn['key'][] = COLUMNS.filter(
  (column): column is IdentityColumn => 'isIdentity' in column && column.kind !== 'id',
).map(({ key }) => key)

/** Columns with what tells reports of a vehicle apart. */
export type IdentityColumns = { readonly [Key in IdentityColumn['key']]: ArrayLike<number> } & {
  /** All that the rows have; none when missing. */
  readonly measures?: readonly MeasureColumn[]
}

const NO_MEASURES: readonly MeasureColumn[] = []

const isNone = (column: MeasureColumn, row: number): boolean => {
  if (isTextMeasure(column)) return column.codes[row] < 0
  const value = column.values[row]
  return value !== value
}

/** Infinity is a value like others. */
const compareNumbers = (x: number, y: number): number => (x === y ? 0 : x < y ? -1 : 1)

/** By the bytes of the texts. */
const compareTexts = (a: TextMeasure, i: number, b: TextMeasure, j: number): number => {
  const [x, y] = [a.codes[i], b.codes[j]]
  if (x === y && a.texts.bytes === b.texts.bytes) return 0
  const [first, second] = [a.texts.bytes, b.texts.bytes]
  const [from, to] = [a.texts.offsets[x], a.texts.offsets[x + 1]]
  const [start, end] = [b.texts.offsets[y], b.texts.offsets[y + 1]]
  const length = Math.min(to - from, end - start)
  for (let at = 0; at < length; at++) {
    const difference = first[from + at] - second[start + at]
    if (difference !== 0) return difference
  }
  return to - from - (end - start)
}

/**
 * An order of a measure's values: no value first, also where a row's columns lack the measure; numbers before texts, and texts by their bytes. Only two
 * rows without a value are equal where one has texts and the other numbers.
 */
export const compareMeasure = (
  a: MeasureColumn | undefined,
  i: number,
  b: MeasureColumn | undefined,
  j: number,
): number => {
  const [isNoneA, isNoneB] = [a === undefined || isNone(a, i), b === undefined || isNone(b, j)]
  if (a === undefined || b === undefined || isNoneA || isNoneB) return Number(isNoneB) - Number(isNoneA)
  if (isTextMeasure(a)) return isTextMeasure(b) ? compareTexts(a, i, b, j) : 1
  return isTextMeasure(b) ? -1 : compareNumbers(a.values[i], b.values[j])
}

const hasSameMeasures = (a: readonly MeasureColumn[], i: number, b: readonly MeasureColumn[], j: number): boolean => {
  for (const column of a) {
    const { name } = column.spec
    if (name === REVISION) continue
    const other = a === b ? column : b.find(({ spec }) => spec.name === name)
    if (compareMeasure(column, i, other, j) !== 0) return false
  }
  return (
    a === b ||
    b.every(
      (column) =>
        column.spec.name === REVISION || isNone(column, j) || a.some(({ spec }) => spec.name === column.spec.name),
    )
  )
}

/**
 * Whether two rows of one vehicle are one report, however often it was sent. Invariant: this is the only function that decides it. Time, place and every
 * measure but the revision are equal: no value equals no value, also of a measure that the columns of one row lack, and texts are compared by their bytes.
 * Speed, heading and type are not looked at: a source may find them out later.
 */
export const isSameReport = (a: IdentityColumns, i: number, b: IdentityColumns, j: number): boolean => {
  for (const key of IDENTITY_KEYS) if (a[key][i] !== b[key][j]) return false
  return hasSameMeasures(a.measures ?? NO_MEASURES, i, b.measures ?? NO_MEASURES, j)
}

/** A measure of some rows as plain values, null where a row has none. */
export interface PlainMeasure {
  readonly spec: { readonly name: string }
  readonly values: ArrayLike<unknown>
}

/** As `isSameReport` has it of measures. Both rows have the same measures, in the same order. */
export const hasSameValues = (a: readonly PlainMeasure[], i: number, b: readonly PlainMeasure[], j: number): boolean =>
  a.every(({ spec, values }, at) => spec.name === REVISION || values[i] === b[at].values[j])

/** An order of one vehicle's rows, of the same columns, in which equal reports are neighbours. */
export const compareReports = (columns: IdentityColumns, i: number, j: number): number => {
  for (const key of IDENTITY_KEYS) {
    const difference = columns[key][i] - columns[key][j]
    if (difference !== 0) return difference
  }
  for (const column of columns.measures ?? NO_MEASURES) {
    if (column.spec.name === REVISION) continue
    const difference = compareMeasure(column, i, column, j)
    if (difference !== 0) return difference
  }
  return 0
}

/** The order of rows that are one report: the one with the smallest revision, or none, is first, and is the one that stays. */
export const compareRevisions = ({ measures = NO_MEASURES }: IdentityColumns, i: number, j: number): number => {
  const column = measures.find(({ spec }) => spec.name === REVISION)
  return column === undefined ? 0 : compareMeasure(column, i, column, j)
}
