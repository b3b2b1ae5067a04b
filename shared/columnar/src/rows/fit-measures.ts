import type { MeasureFault } from '@fleetlake/core'
import {
  ATTRIBUTES,
  MAX_MEASURE_TEXT_BYTES,
  MAX_MEASURES,
  type MeasureSpec,
  type MeasureType,
  SOURCE,
  wellKnownMeasure,
} from '../measures.ts'
import {
  jsonOfValue,
  MAX_ATTRIBUTES_BYTES,
  type Member,
  mergeAttributes,
  namesInObject,
  type OwnAttributes,
  ownAttributesOf,
} from './attributes.ts'
import {
  hasValues,
  isTextMeasure,
  type MeasureColumn,
  measureValue,
  type NumberMeasure,
  type TextMeasure,
} from './measure-columns.ts'
import type { Positions } from './positions.ts'
import { createTextList, textAt, type Texts } from './text-list.ts'

/** The values that a measure may have in a message. */
export type MeasureScalar = string | number | boolean

/** What a table has beside the seven columns and its partitions: part of a `Snapshot`. */
export interface ColumnsBeside {
  readonly measures: readonly MeasureSpec[]
  /** Names of columns that are not measures. */
  readonly otherColumns?: readonly string[]
}

/** The measures of a message's rows, as a table keeps them. */
export interface FittedMeasures {
  /** Row for row as in the message; of columns that the table has, and of `COLUMNS_ON_DEMAND`, which it may lack. Each has a value in some row. */
  readonly measures: readonly MeasureColumn[]
  /** Why a row can't be kept; undefined when all can. */
  readonly faults: readonly (MeasureFault | undefined)[] | undefined
}

const NOTHING: FittedMeasures = { measures: [], faults: undefined }

/**
 * Merged texts of one message, in bytes, at most: a text that many rows name by number is written out for each of them, so that a small message might take all
 * memory there is.
 */
const MAX_MERGED_BYTES = 32 * 1024 * 1024

type NumberType = Exclude<MeasureType, 'string' | 'boolean'>

const MOST_INT = 2 ** 31

/** Whether a number other than NaN can be a value of a type; a float is one to its own precision. */
const FITS: Readonly<Record<NumberType, (value: number) => boolean>> = {
  double: (value) => Number.isFinite(value),
  float: (value) => Number.isFinite(Math.fround(value)),
  long: (value) => Number.isSafeInteger(value),
  int: (value) => Number.isInteger(value) && value >= -MOST_INT && value < MOST_INT,
}

/** Whether a value can be one of a measure. */
export const fitsMeasure = (value: MeasureScalar, type: MeasureType): boolean => {
  if (type === 'string') return typeof value === 'string'
  if (type === 'boolean') return typeof value === 'boolean'
  return typeof value === 'number' && FITS[type](value)
}

/** The measure that a value of some name is best sent as: the well-known one where the value fits it. */
export const measureOfName = (name: string, value: MeasureScalar): MeasureSpec => {
  const known = wellKnownMeasure(name)
  if (known !== undefined && fitsMeasure(value, known.type)) return known
  return { name, type: typeof value === 'number' ? 'double' : typeof value === 'string' ? 'string' : 'boolean' }
}

/** The attributes of a table that has none of its own. */
export const ATTRIBUTES_MEASURE = wellKnownMeasure(ATTRIBUTES)! as MeasureSpec & { readonly type: 'string' }

const SOURCE_MEASURE = wellKnownMeasure(SOURCE)! as MeasureSpec & { readonly type: 'string' }

/** What a table gets with the first commit of rows that need it; every other column is added by hand. */
export const COLUMNS_ON_DEMAND: readonly MeasureSpec[] = [SOURCE_MEASURE, ATTRIBUTES_MEASURE]

/** A column in two: what the table's column takes, and what it does not. */
interface Split {
  readonly placed?: MeasureColumn
  readonly left?: MeasureColumn
}

const splitNumbers = (column: NumberMeasure, spec: NumberMeasure['spec'], length: number): Split => {
  const fits = FITS[spec.type as NumberType]
  const { values } = column
  let [known, misfits] = [0, 0]
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value !== value) continue
    known++
    if (!fits(value)) misfits++
  }
  if (known === 0) return {}
  if (misfits === known) return { left: column }
  if (misfits === 0 && spec.type !== 'float') return { placed: { spec, values } }
  const placed = new Float64Array(length).fill(NaN)
  const left = new Float64Array(misfits === 0 ? 0 : length).fill(NaN)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value !== value) continue
    if (!fits(value)) left[i] = value
    else placed[i] = spec.type === 'float' ? Math.fround(value) : value
  }
  return { placed: { spec, values: placed }, ...(misfits === 0 ? {} : { left: { ...column, values: left } }) }
}

/** @param spec the table's column of that name, if it has one */
const split = (column: MeasureColumn, spec: MeasureSpec | undefined, length: number): Split => {
  if (isTextMeasure(column)) {
    if (!hasValues(column, length)) return {}
    return spec?.type === 'string' ? { placed: { ...column, spec: { ...spec, type: 'string' } } } : { left: column }
  }
  if (column.spec.type === 'boolean' || spec === undefined || spec.type === 'boolean' || spec.type === 'string') {
    if (!hasValues(column, length)) return {}
    const isPlaced = column.spec.type === 'boolean' && spec?.type === 'boolean'
    return isPlaced ? { placed: { ...column, spec: { ...spec, type: 'boolean' } } } : { left: column }
  }
  return splitNumbers(column, { ...spec, type: spec.type }, length)
}

/** Which texts are too long, by their numbers; undefined when none is. */
const longTexts = ({ count, offsets }: Texts, maxBytes: number): ReadonlySet<number> | undefined => {
  let long: Set<number> | undefined
  for (let n = 0; n < count; n++) if (offsets[n + 1] - offsets[n] > maxBytes) (long ??= new Set()).add(n)
  return long
}

/** Notes the fault of each row; the first counts. */
interface Faults {
  readonly of: readonly (MeasureFault | undefined)[] | undefined
  has(row: number): boolean
  add(row: number, fault: MeasureFault): void
}

const createFaults = (length: number): Faults => {
  let faults: (MeasureFault | undefined)[] | undefined
  return {
    get of() {
      return faults
    },
    has: (row) => faults?.[row] !== undefined,
    add: (row, fault) => {
      faults ??= Array.from({ length })
      faults[row] ??= fault
    },
  }
}

const checkTexts = (column: TextMeasure, length: number, faults: Faults): void => {
  const isOwn = column.spec.name === ATTRIBUTES
  const long = longTexts(column.texts, isOwn ? MAX_ATTRIBUTES_BYTES : MAX_MEASURE_TEXT_BYTES)
  if (long === undefined) return
  for (let i = 0; i < length; i++) {
    if (long.has(column.codes[i])) faults.add(i, isOwn ? 'attributes-too-long' : 'measure-text-too-long')
  }
}

/** What is wrong with each row's texts, whatever columns the table has; undefined when all are right. */
export const measureTextFaultsOf = ({
  length,
  measures,
}: Pick<Positions, 'length' | 'measures'>): FittedMeasures['faults'] => {
  if (measures.length === 0) return undefined
  const faults = createFaults(length)
  for (const column of measures) if (isTextMeasure(column)) checkTexts(column, length, faults)
  return faults.of
}

/** The values of a column that go to the attributes of their rows, as members. */
const membersOf = (column: MeasureColumn): ((row: number) => Member | undefined) => {
  const { name } = column.spec
  if (!isTextMeasure(column)) {
    return (row) => {
      const value = measureValue(column, row)
      return value === null ? undefined : [name, jsonOfValue(value)]
    }
  }
  const members: (Member | undefined)[] = []
  return (row) => {
    const code = column.codes[row]
    return code < 0 ? undefined : (members[code] ??= [name, jsonOfValue(textAt(column.texts, code))])
  }
}

const utf8 = new TextEncoder()

interface Merging {
  /** What the message says in `attributes`, where that is text. */
  readonly own: TextMeasure | undefined
  /** What has no column. */
  readonly left: readonly MeasureColumn[]
  readonly length: number
  readonly faults: Faults
}

/** Attributes that stay as the message has them: all of them texts of JSON objects, and nothing to add. */
const asTheyAre = ({ own, left, length, faults }: Merging): TextMeasure | undefined => {
  if (own === undefined || left.length > 0 || faults.of !== undefined) return undefined
  const isRight: boolean[] = []
  for (let i = 0; i < length; i++) {
    const code = own.codes[i]
    if (code >= 0 && !(isRight[code] ??= namesInObject(textAt(own.texts, code)) !== undefined)) return undefined
  }
  return { ...own, spec: ATTRIBUTES_MEASURE }
}

/** The attributes of the rows that have any and no fault. */
const mergedAttributes = ({ own, left, length, faults }: Merging): TextMeasure => {
  const codes = new Int32Array(length).fill(-1)
  const list = createTextList()
  const ownTexts: OwnAttributes[] = []
  /** Of texts that nothing is added to, by their numbers in the message. */
  const unchanged: number[] = []
  const sources = left.map(membersOf)
  let room = MAX_MERGED_BYTES
  const add = (row: number, text: string): number => {
    const bytes = text.length > MAX_ATTRIBUTES_BYTES ? undefined : utf8.encode(text)
    if (bytes === undefined || bytes.length > MAX_ATTRIBUTES_BYTES || bytes.length > room) {
      faults.add(row, 'attributes-too-long')
      return -1
    }
    room -= bytes.length
    return list.add(bytes, 0, bytes.length)
  }
  for (let i = 0; i < length; i++) {
    if (faults.has(i)) continue
    const code = own === undefined ? -1 : own.codes[i]
    const members = sources.flatMap((memberAt) => {
      const member = memberAt(i)
      return member === undefined ? [] : [member]
    })
    if (code < 0 && members.length === 0) continue
    if (members.length === 0 && unchanged[code] !== undefined) {
      codes[i] = unchanged[code]
      continue
    }
    const ownText = code < 0 ? undefined : (ownTexts[code] ??= ownAttributesOf(textAt(own!.texts, code)))
    codes[i] = add(i, mergeAttributes(ownText, members))
    if (members.length === 0 && codes[i] >= 0) unchanged[code] = codes[i]
  }
  return { spec: ATTRIBUTES_MEASURE, codes, texts: list.texts() }
}

/** Whether a table has a column for such texts, or may be given one beside which `others` more have room. */
const hasPlaceFor = (column: string, { measures, otherColumns = [] }: ColumnsBeside, others = 0): boolean => {
  const found = measures.find(({ name }) => name === column)
  if (found !== undefined) return found.type === 'string'
  return measures.length + others < MAX_MEASURES && !otherColumns.some((name) => name.toLowerCase() === column)
}

/** The column that takes a message's column, if one does. */
const columnFor = (column: MeasureColumn, table: ColumnsBeside): MeasureSpec | undefined => {
  const { name } = column.spec
  const known = table.measures.find((each) => each.name === name)
  if (known !== undefined || name !== SOURCE || !isTextMeasure(column)) return known
  // The last place is that of the attributes, without which rows are refused.
  return hasPlaceFor(SOURCE, table, 1) ? SOURCE_MEASURE : undefined
}

/**
 * Where the measures of a message's rows go in a table: a value that fits the column of its name into that column, any other into the row's `attributes`. Invariant: of a row without a
 * fault every value is in `measures`, in its column or in `attributes`. The same at every intake: collector and finders' tail.
 * @param table the newest that is known of it
 */
export const fitMeasures = (
  { length, measures }: Pick<Positions, 'length' | 'measures'>,
  table: ColumnsBeside,
): FittedMeasures => {
  if (measures.length === 0) return NOTHING
  const faults = createFaults(length)
  const fitted: MeasureColumn[] = []
  const left: MeasureColumn[] = []
  let own: TextMeasure | undefined
  const placed = new Set<string>()
  for (const column of measures) {
    if (isTextMeasure(column)) checkTexts(column, length, faults)
    const { name } = column.spec
    if (name === ATTRIBUTES && isTextMeasure(column) && own === undefined) {
      if (hasValues(column, length)) own = column
      continue
    }
    // Of two columns of one name only one has a place.
    const spec = placed.has(name) || name === ATTRIBUTES ? undefined : columnFor(column, table)
    const parts = split(column, spec, length)
    if (parts.placed !== undefined) {
      fitted.push(parts.placed)
      placed.add(name)
    }
    if (parts.left !== undefined) left.push(parts.left)
  }
  if (own === undefined && left.length === 0) return { measures: fitted, faults: faults.of }
  const merging = { own, left, length, faults }
  const attributes = asTheyAre(merging) ?? mergedAttributes(merging)
  if (!hasPlaceFor(ATTRIBUTES, table)) {
    for (let i = 0; i < length; i++) if (attributes.codes[i] >= 0) faults.add(i, 'no-place-for-attributes')
    return { measures: fitted, faults: faults.of }
  }
  return { measures: hasValues(attributes, length) ? [...fitted, attributes] : fitted, faults: faults.of }
}
