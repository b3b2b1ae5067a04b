import { FleetError } from '@fleetlake/core'
import { Precision } from 'apache-arrow/fb/precision'
import { TimeUnit } from 'apache-arrow/fb/time-unit'
import { Type } from 'apache-arrow/fb/type'
import {
  ATTRIBUTES,
  isPositionColumn,
  isSaidName,
  MAX_MEASURES,
  type MeasureSpec,
  type MeasureType,
  REASON,
} from '../measures.ts'
import { isExactDecimal, decimalJson, numberOfDecimal, wholeJson } from './exact-json.ts'
import type { FlatTable } from './flat-table.ts'
import type { ColumnPlace } from './foreign-batch.ts'
import { halfOf } from './half.ts'
import { unscaledOf } from './json-values.ts'
import { createColumnWalk, nameOf, type NestedColumn } from './nested-columns.ts'

/** What a column is read as: `time` is whole ms since the epoch, rounded down. */
export type ColumnUse = 'text' | 'number' | 'time' | 'boolean'

export interface WantedColumn {
  readonly name: string
  readonly use: ColumnUse
  /** Nulls in all rows where the input has no such column. */
  readonly isOptional?: boolean
  /** Its number in the schema, where another may have its name. */
  readonly field?: number
}

/** How the values of a column lie in its buffers. */
export type ValueForm =
  | { readonly kind: 'offsets'; readonly offsetBytes: 4 | 8 }
  | { readonly kind: 'views' }
  | {
      readonly kind: 'fixed'
      readonly bytes: number
      read(view: DataView, at: number): number
      /** A value that a double does not hold, as JSON; missing where it holds all. */
      readonly inexact?: (view: DataView, at: number, value: number) => string | undefined
    }
  | { readonly kind: 'bits' }
  | { readonly kind: 'nulls' }

/** Where a column is in every record batch, and what it holds. */
export interface ForeignColumn extends ColumnPlace {
  readonly form: ValueForm
  /** The rows are indexes into a dictionary of `form`. */
  readonly dictionary?: { readonly id: bigint; readonly index: ValueForm & { readonly kind: 'fixed' } }
}

const MS_PER_DAY = 86_400_000
const LITTLE = 0

const invalid = (what: string): FleetError => new FleetError('arrow.invalid', what)

const USES: Readonly<Record<MeasureType, ColumnUse>> = {
  double: 'number',
  float: 'number',
  long: 'number',
  int: 'number',
  string: 'text',
  boolean: 'boolean',
}

const intType = (bits: number, isSigned: boolean): MeasureType | undefined => {
  if (intOf(bits, isSigned) === undefined) return undefined
  return bits < 32 || (bits === 32 && isSigned) ? 'int' : 'long'
}

/** The type of the measure that a column can be read as; undefined for other columns. */
const measureTypeOf = (field: FlatTable): MeasureType | undefined => {
  const type: number = field.int8(2)
  const details = field.table(3)
  switch (type) {
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return 'string'
    case Type.Bool:
      // Not by a dictionary, which no writer makes of two values.
      return field.has(4) ? undefined : 'boolean'
    case Type.Int:
      return intType(details?.int32(0) ?? 0, details?.bool(1) ?? false)
    case Type.FloatingPoint:
      return (details?.int16(0) ?? 0) === Precision.DOUBLE ? 'double' : 'float'
    case Type.Decimal:
      return 'double'
    default:
      return undefined
  }
}

/** A measure, and how its column is read. */
export interface WantedMeasure {
  readonly spec: MeasureSpec
  readonly column: WantedColumn
}

/** What a stream says beside the columns of every position. */
export interface FurtherColumns {
  /** Those whose values are numbers, texts or booleans, whatever their names. */
  readonly measures: readonly WantedMeasure[]
  /** All others, and those whose name is one that an earlier column has: by their number in the schema, the names that they have in the attributes. */
  readonly beside: ReadonlyMap<number, string>
}

export const NO_FURTHER_COLUMNS: FurtherColumns = { measures: [], beside: new Map() }

/**
 * @param isLetter of a dead letter, whose `reason` its sender has not said
 * @throws FleetError `arrow.invalid` for too many
 */
export const findFurther = (schema: FlatTable, isLetter: boolean): FurtherColumns => {
  const fields = schema.vector(1, 4)
  const measures: WantedMeasure[] = []
  const beside = new Map<number, string>()
  const seen = new Set<string>()
  let count = 0
  for (let i = 0; i < fields.length; i++) {
    const field = fields.table(i)
    const name = nameOf(field)
    const isFirst = !seen.has(name)
    seen.add(name)
    if (isFirst && (isPositionColumn(name) || (isLetter && name === REASON))) continue
    // It is the one more that a collector may have made of what has no column.
    if (!(isFirst && name === ATTRIBUTES) && ++count > MAX_MEASURES)
      throw invalid(`the Arrow batch has more than ${MAX_MEASURES} measures`)
    const type = isFirst && isSaidName(name) ? measureTypeOf(field) : undefined
    if (type !== undefined) measures.push({ spec: { name, type }, column: { name, use: USES[type], field: i } })
    else beside.set(i, isFirst ? name : `${name}_`)
  }
  return { measures, beside }
}

/** A column that no measure can be, and the name that it has in the attributes. */
export interface BesideColumn {
  readonly name: string
  readonly column: NestedColumn
}

export interface FoundColumns {
  /** In the order of the wanted ones; undefined for an optional one that is not there. */
  readonly columns: readonly (ForeignColumn | undefined)[]
  readonly beside: readonly BesideColumn[]
}

/**
 * Where the columns are.
 * @param version of the metadata
 * @throws FleetError `arrow.invalid` that names the column that is missing or of a type that can't be read
 */
export const findColumns = (
  schema: FlatTable,
  version: number,
  wanted: readonly WantedColumn[],
  besideNames: FurtherColumns['beside'],
): FoundColumns => {
  if (schema.int16(0) !== LITTLE) throw invalid('the Arrow batch is big-endian: send it in little-endian')
  const fields = schema.vector(1, 4)
  const found: (ForeignColumn | undefined)[] = wanted.map(() => undefined)
  const beside: BesideColumn[] = []
  const columnOf = createColumnWalk(version)
  for (let i = 0; i < fields.length; i++) {
    const field = fields.table(i)
    const column = columnOf(field)
    const { name, node, buffer, viewsBefore } = column
    wanted.forEach((want, w) => {
      if (want.field === undefined ? want.name === name : want.field === i)
        found[w] ??= { node, buffer, viewsBefore, ...typeOf(field, want) }
    })
    const besideName = besideNames.get(i)
    if (besideName !== undefined) beside.push({ name: besideName, column })
  }
  wanted.forEach(({ name, isOptional = false }, w) => {
    if (found[w] === undefined && !isOptional) throw invalid(`the Arrow batch has no column ${name}`)
  })
  return { columns: found, beside }
}

const typeOf = (field: FlatTable, { name, use }: WantedColumn): Pick<ForeignColumn, 'form' | 'dictionary'> => {
  const type: number = field.int8(2)
  const form = formOf(type, field.table(3), use)
  if (form === undefined) {
    throw invalid(
      `the column ${name} of the Arrow batch is of type ${Type[type] ?? type}, which can't be read as a ${use}: ${ADVICE[use]}`,
    )
  }
  const encoding = field.table(4)
  if (encoding === undefined) return { form }
  const index = encoding.table(1)
  const indexForm = index === undefined ? intOf(32, true) : intOf(index.int32(0), index.bool(1))
  if (indexForm === undefined) throw invalid(`the column ${name} of the Arrow batch has indexes of an unknown size`)
  return { form, dictionary: { id: encoding.int64(0), index: indexForm } }
}

const ADVICE: Record<ColumnUse, string> = {
  text: 'send Utf8, LargeUtf8 or Utf8View, plain or in a dictionary',
  number: 'send a float, an integer or a decimal',
  time: 'send a timestamp, a date, or a number of ms since 1970',
  boolean: 'send booleans',
}

const formOf = (type: number, details: FlatTable | undefined, use: ColumnUse): ValueForm | undefined => {
  if (use === 'text') {
    if (type === Type.Utf8) return { kind: 'offsets', offsetBytes: 4 }
    if (type === Type.LargeUtf8) return { kind: 'offsets', offsetBytes: 8 }
    return type === Type.Utf8View ? { kind: 'views' } : undefined
  }
  if (use === 'boolean') return type === Type.Bool ? { kind: 'bits' } : undefined
  if (type === Type.Null) return { kind: 'nulls' }
  if (type === Type.Int) return intOf(details?.int32(0) ?? 0, details?.bool(1) ?? false)
  if (type === Type.FloatingPoint) return floatOf(details?.int16(0) ?? 0)
  if (type === Type.Decimal) return decimalOf(details?.int32(1) ?? 0, details?.int32(2, 128) ?? 128)
  if (use !== 'time') return undefined
  if (type === Type.Timestamp) return timestampOf(details?.int16(0) ?? 0)
  return type === Type.Date ? dateOf(details?.int16(0, 1) ?? 1) : undefined
}

type Fixed = ValueForm & { readonly kind: 'fixed' }

const fixed = (bytes: number, read: Fixed['read']): Fixed => ({ kind: 'fixed', bytes, read })

const intOf = (bits: number, isSigned: boolean): Fixed | undefined => {
  switch (bits) {
    case 8:
      return fixed(1, isSigned ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at))
    case 16:
      return fixed(2, isSigned ? (view, at) => view.getInt16(at, true) : (view, at) => view.getUint16(at, true))
    case 32:
      return fixed(4, isSigned ? (view, at) => view.getInt32(at, true) : (view, at) => view.getUint32(at, true))
    case 64:
      return {
        ...fixed(8, (view, at) => Number(isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true))),
        inexact: (view, at, value) =>
          Number.isSafeInteger(value)
            ? undefined
            : wholeJson(isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true)),
      }
    default:
      return undefined
  }
}

const floatOf = (precision: number): Fixed | undefined => {
  switch (precision) {
    case Precision.HALF:
      return fixed(2, (view, at) => halfOf(view.getUint16(at, true)))
    case Precision.SINGLE:
      return fixed(4, (view, at) => view.getFloat32(at, true))
    case Precision.DOUBLE:
      return fixed(8, (view, at) => view.getFloat64(at, true))
    default:
      return undefined
  }
}

/** What 10 can be raised to and be a double exactly. */
const MOST_EXACT_SCALE = 22

/** Two's complement of 32 to 256 bits. */
const decimalOf = (scale: number, bits: number): Fixed | undefined => {
  const unscaled = unscaledOf(bits)
  if (unscaled === undefined || Math.abs(scale) > 76) return undefined
  const unit = 10 ** Math.abs(scale)
  const scaled = (value: number): number => (scale < 0 ? value * unit : value / unit)
  const isDivisible = Math.abs(scale) <= MOST_EXACT_SCALE
  return {
    ...fixed(bits / 8, (view, at) => {
      const value = unscaled(view, at)
      return isDivisible ? scaled(Number(value)) : numberOfDecimal(value, scale)
    }),
    inexact: (view, at) => {
      const value = unscaled(view, at)
      return isExactDecimal(value) ? undefined : decimalJson(value, scale)
    },
  }
}

const timestampOf = (unit: number): Fixed | undefined => {
  switch (unit) {
    case TimeUnit.SECOND:
      return fixed(8, (view, at) => Number(view.getBigInt64(at, true)) * 1_000)
    case TimeUnit.MILLISECOND:
      return fixed(8, (view, at) => Number(view.getBigInt64(at, true)))
    case TimeUnit.MICROSECOND:
      return fixed(8, (view, at) => wholeMs(view.getBigInt64(at, true), 1_000n))
    case TimeUnit.NANOSECOND:
      return fixed(8, (view, at) => wholeMs(view.getBigInt64(at, true), 1_000_000n))
    default:
      return undefined
  }
}

/** Rounded down; exact, as numbers of 2026's nanoseconds are not. */
const wholeMs = (value: bigint, perMs: bigint): number => Number((value - (((value % perMs) + perMs) % perMs)) / perMs)

const dateOf = (unit: number): Fixed | undefined => {
  if (unit === 0) return fixed(4, (view, at) => view.getInt32(at, true) * MS_PER_DAY)
  return unit === 1 ? fixed(8, (view, at) => Number(view.getBigInt64(at, true))) : undefined
}
