import type { MeasureSpec } from '../measures.ts'
import { type MeasureColumn, isTextMeasure } from '../rows/measure-columns.ts'
import type { Rows } from '../rows/rows.ts'
import { bytesOfStrings, bytesOfTexts, type TextBytes } from '../rows/text-list.ts'
import type { BoundFilter, FilterColumn, Relation, RowTest } from './bind-filter.ts'
import { compareBytes } from './filter.ts'

/**
 * Keeps of some rows those that a filter selects: the first `count` elements of `selected` are numbers of rows, ascending, and those of rows that stay are
 * moved to its beginning.
 * @returns how many stay
 */
export type RowFilter = (rows: Rows, selected: Uint32Array, count: number) => number

/**
 * A filter as it is carried out: test by test, each over one column and over the rows that the tests before it have left, so that columns that
 * are not needed stay packed. It keeps what it needs from one call to the next: for one reader at a time.
 * @param layout the measures of the rows that are given, in their order; those of the filter among them
 */
export const createRowFilter = ({ test }: BoundFilter, layout: readonly MeasureSpec[]): RowFilter => {
  const placeOf = ({ name }: MeasureSpec): number => {
    const place = layout.findIndex((spec) => spec.name === name)
    if (place < 0) throw new Error(`rows without the measure ${name} can't be filtered by ${name}`)
    return place
  }
  const make = (part: RowTest): RowFilter => {
    switch (part.kind) {
      case 'all':
        return allOf(part.parts.map(make))
      case 'any':
        return anyOf(part.parts.map(make))
      case 'constant':
        return part.isTrue ? (_rows, _selected, count) => count : () => 0
      case 'null':
        return nullFilter(numbersOf(part.column, placeOf), part.isNull)
      case 'numbers':
        return numberFilter(numbersOf(part.column, placeOf), numberTest(part.relation, part.values))
      case 'texts':
        return textFilter(textsOf(part.column, placeOf), textTest(part.relation, part.values))
    }
  }
  return make(test)
}

const allOf =
  (filters: readonly RowFilter[]): RowFilter =>
  (rows, selected, count) => {
    let left = count
    for (const filter of filters) if (left > 0) left = filter(rows, selected, left)
    return left
  }

/** Each test is asked only for the rows that none before it has selected. */
const anyOf = (filters: readonly RowFilter[]): RowFilter => {
  let rest = new Uint32Array(0)
  let found = new Uint32Array(0)
  /** By row: whether it stays. */
  let stays = new Uint8Array(0)
  return (rows, selected, count) => {
    if (count === 0) return 0
    if (rest.length < count) [rest, found] = [new Uint32Array(count), new Uint32Array(count)]
    // A test before may have ended halfway, at a column that is damaged.
    if (stays.length < rows.length) stays = new Uint8Array(rows.length)
    else stays.fill(0, 0, rows.length)
    rest.set(selected.subarray(0, count))
    let left = count
    for (const filter of filters) {
      found.set(rest.subarray(0, left))
      const kept = filter(rows, found, left)
      for (let i = 0; i < kept; i++) stays[found[i]] = 1
      if (kept > 0) left = keepMarked(rest, left, stays, 0)
      if (left === 0) break
    }
    return keepMarked(selected, count, stays, 1)
  }
}

const keepMarked = (selected: Uint32Array, count: number, marks: Uint8Array, mark: 0 | 1): number => {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = selected[i]
    if (marks[row] === mark) selected[kept++] = row
  }
  return kept
}

type PlaceOf = (spec: MeasureSpec) => number
/** NaN, or −1 in codes, where a row has no value. */
type Values = Float64Array | Float32Array | Int32Array
type NumbersOf = (rows: Rows) => Values

/** The values of a column, or the numbers of its texts. */
const numbersOf = (column: FilterColumn, placeOf: PlaceOf): NumbersOf => {
  if (column.kind === 'core') return (rows) => rows[column.key]
  const place = placeOf(column.spec)
  return ({ measures }) => valuesOf(measures[place])
}

const valuesOf = (column: MeasureColumn): Float64Array | Int32Array =>
  isTextMeasure(column) ? column.codes : column.values

const nullFilter =
  (numbers: NumbersOf, isNull: boolean): RowFilter =>
  (rows, selected, count) => {
    const values = numbers(rows)
    let kept = 0
    for (let i = 0; i < count; i++) {
      const row = selected[i]
      const isMissing = values instanceof Int32Array ? values[row] < 0 : values[row] !== values[row]
      if (isMissing === isNull) selected[kept++] = row
    }
    return kept
  }

type NumberTest = (value: number) => boolean

/** Invariant: never true of NaN. */
const numberTest = (relation: Relation, values: readonly number[]): NumberTest => {
  const [bound] = values
  switch (relation) {
    case '<':
      return (value) => value < bound
    case '<=':
      return (value) => value <= bound
    case '>':
      return (value) => value > bound
    case '>=':
      return (value) => value >= bound
    case 'in': {
      if (values.length === 1) return (value) => value === bound
      const known = new Set(values)
      return (value) => known.has(value)
    }
    case 'not in': {
      if (values.length === 1) return (value) => value === value && value !== bound
      const known = new Set(values)
      return (value) => value === value && !known.has(value)
    }
  }
}

const numberFilter =
  (numbers: NumbersOf, isWanted: NumberTest): RowFilter =>
  (rows, selected, count) => {
    const values = numbers(rows)
    if (values instanceof Float64Array) return keepDoubles(values, isWanted, selected, count)
    return keepOthers(values, isWanted, selected, count)
  }

// One loop a type of array: a loop that is given all of them is several times slower.

const keepDoubles = (values: Float64Array, isWanted: NumberTest, selected: Uint32Array, count: number): number => {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = selected[i]
    if (isWanted(values[row])) selected[kept++] = row
  }
  return kept
}
const keepOthers = (
  values: Float32Array | Int32Array,
  isWanted: NumberTest,
  selected: Uint32Array,
  count: number,
): number => {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = selected[i]
    if (isWanted(values[row])) selected[kept++] = row
  }
  return kept
}

interface CodedTexts {
  readonly codes: Int32Array
  /** What the texts are in; the same for rows that share them. */
  readonly held: object
  readonly texts: () => TextBytes
}

const textsOf = (column: FilterColumn, placeOf: PlaceOf): ((rows: Rows) => CodedTexts) => {
  if (column.kind === 'core') {
    return column.key === 'vehicleType'
      ? ({ vehicleType: codes, vehicleTypes: held }) => ({ codes, held, texts: () => bytesOfStrings(held) })
      : ({ vehicle: codes, vehicleIds: held }) => ({ codes, held, texts: () => bytesOfTexts(held) })
  }
  const place = placeOf(column.spec)
  return ({ measures }) => {
    const measure = measures[place]
    if (!isTextMeasure(measure)) throw new TypeError(`${measure.spec.name} is not a text`)
    const { codes, texts: held } = measure
    return { codes, held, texts: () => bytesOfTexts(held) }
  }
}

/** In the order of the bytes of UTF-8. */
type TextTest = (text: Uint8Array) => boolean

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const textTest = (relation: Relation, values: readonly string[]): TextTest => {
  const bound = encoder.encode(values[0])
  switch (relation) {
    case '<':
      return (text) => compareBytes(text, bound) < 0
    case '<=':
      return (text) => compareBytes(text, bound) <= 0
    case '>':
      return (text) => compareBytes(text, bound) > 0
    case '>=':
      return (text) => compareBytes(text, bound) >= 0
    case 'in':
    case 'not in': {
      const known = new Set(values)
      const isIn = relation === 'in'
      return (text) => known.has(decoder.decode(text)) === isIn
    }
  }
}

/** Asks once for each text that a row has, and remembers for rows that share their texts, as those of one row group do. */
const textFilter = (coded: (rows: Rows) => CodedTexts, isWanted: TextTest): RowFilter => {
  let last: object | undefined
  /** By number of a text: 0 not asked yet, 1 wanted, 2 not wanted. */
  let verdicts = new Uint8Array(0)
  return (rows, selected, count) => {
    const { codes, held, texts } = coded(rows)
    const known = texts()
    if (held !== last || verdicts.length < known.count) {
      last = held
      verdicts = new Uint8Array(known.count)
    }
    let kept = 0
    for (let i = 0; i < count; i++) {
      const row = selected[i]
      const code = codes[row]
      if (code < 0) continue
      if (verdicts[code] === 0) verdicts[code] = isWanted(known.at(code)) ? 1 : 2
      if (verdicts[code] === 1) selected[kept++] = row
    }
    return kept
  }
}
