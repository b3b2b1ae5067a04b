import { type Column, type ColumnKey, COLUMNS, type Kind } from '../columns.ts'
import type { MeasureColumn } from './measure-columns.ts'

/** How the values of each kind are held in flight; ids lie side by side, and have no array of their own. */
interface Sent {
  /** Index into `vehicleTypes`. */
  readonly label: Int32Array
  /** ms since the epoch, UTC. */
  readonly instant: Float64Array
  /** WGS84. */
  readonly degrees: Float64Array
  /** NaN where there is none. */
  readonly float: Float32Array
}

type SentKind = Exclude<Kind, 'id'>
type SentColumn = Exclude<Column, { readonly kind: 'id' }>

/** A typed array a column, which may be longer than there are rows. */
export type PositionArrays = { readonly [C in SentColumn as C['key']]: Sent[C['kind']] }

/**
 * Rows in flight: as they are in messages. Only the first `length` count. Columns are views: to keep them is to copy them.
 */
export interface Positions extends PositionArrays {
  readonly length: number
  /** `length + 1` offsets into `vehicleIdBytes`. */
  readonly vehicleIdOffsets: Int32Array
  /** UTF-8. */
  readonly vehicleIdBytes: Uint8Array
  readonly vehicleTypes: readonly string[]
  /** The measures of the rows, in the order of the message. */
  readonly measures: readonly MeasureColumn[]
}

type Values = Int32Array | Float64Array | Float32Array

type ValueColumn = Exclude<SentColumn, { readonly kind: 'label' }>

/** Columns of numbers: neither ids nor labels. */
export type ValueArrays = { readonly [C in ValueColumn as C['key']]: Sent[C['kind']] }
export type ValueKey = ValueColumn['key']

/** The columns of rows in flight that have an array. */
export const SENT_COLUMNS: readonly SentColumn[] = COLUMNS.filter(
  (column): column is SentColumn => column.kind !== 'id',
)

/** The columns of numbers, in the order of files and messages. */
export const VALUE_COLUMNS: readonly ValueColumn[] = COLUMNS.filter(
  (column): column is ValueColumn => column.kind !== 'id' && column.kind !== 'label',
)
export const VALUE_KEYS: readonly ValueKey[] = VALUE_COLUMNS.map(({ key }) => key)

/** A typed array of each column of numbers. */
export const makeValueArrays = (make: (key: ValueKey, kind: ValueColumn['kind']) => Values): ValueArrays =>
  Object.fromEntries(VALUE_COLUMNS.map(({ key, kind }) => [key, make(key, kind)])) as unknown as ValueArrays

/** @param make an array of a column, of its kind's type; `place` is the column's among all */
export const makePositionArrays = (
  make: (key: Exclude<ColumnKey, 'vehicle'>, kind: SentKind, place: number) => Values,
): PositionArrays =>
  Object.fromEntries(
    SENT_COLUMNS.map((column) => [column.key, make(column.key, column.kind, COLUMNS.indexOf(column))]),
  ) as unknown as PositionArrays

const MAKERS: Readonly<Record<SentKind, (length: number) => Values>> = {
  label: (length) => new Int32Array(length),
  instant: (length) => new Float64Array(length),
  degrees: (length) => new Float64Array(length),
  float: (length) => new Float32Array(length),
}

/** New arrays for the numbers of `rows` rows. */
export const newValueArrays = (rows: number): ValueArrays => makeValueArrays((_, kind) => MAKERS[kind](rows))

/** New arrays for `rows` rows. */
export const newPositionArrays = (rows: number): PositionArrays => makePositionArrays((_, kind) => MAKERS[kind](rows))

/** What a row takes in flight, beside its id: its values, and the offset of the id. */
export const POSITION_BYTES: number = 4 + SENT_COLUMNS.reduce((sum, { kind }) => sum + MAKERS[kind](1).byteLength, 0)
