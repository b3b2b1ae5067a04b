import { type Column, type ColumnKey, COLUMNS, type Kind } from '../columns.ts'
import { MICRO_PER_DEGREE } from '@fleetlake/core'
import { type MeasureColumn, sliceMeasures } from './measure-columns.ts'
import type { PositionArrays } from './positions.ts'
import { knownHeading, knownSpeed } from './sanitise.ts'
import type { Texts } from './text-list.ts'

/** How the values of each kind are held at rest. */
interface Held {
  /** The number of a text. */
  readonly id: Int32Array
  readonly label: Int32Array
  /** ms since the epoch, UTC, rounded down. */
  readonly instant: Float64Array
  /** Whole millionths of a degree. */
  readonly degrees: Int32Array
  /** NaN where there is none. */
  readonly float: Float32Array
}

/** A typed array a column, which may be longer than there are rows. */
export type RowArrays = { readonly [C in Column as C['key']]: Held[C['kind']] }

/**
 * Rows at rest: as they are in a data file, a buffer or the tail. Only the first `length` count. Columns of rows that were read may be unpacked
 * when they are first asked for, and are overwritten by the next rows of the same reader.
 */
export interface Rows extends RowArrays {
  readonly length: number
  /** By the numbers of `vehicle`; an id may have several. */
  readonly vehicleIds: Texts
  /** By the numbers of `vehicleType`. */
  readonly vehicleTypes: readonly string[]
  /** The measures of the rows; of a file that was read, the selected ones. */
  readonly measures: readonly MeasureColumn[]
}

export type Values = Int32Array | Float64Array | Float32Array

const MAKERS: Readonly<Record<Kind, (length: number) => Values>> = {
  id: (length) => new Int32Array(length),
  label: (length) => new Int32Array(length),
  instant: (length) => new Float64Array(length),
  degrees: (length) => new Int32Array(length),
  float: (length) => new Float32Array(length),
}

/** A new array for values of a kind. */
export const makeValues = (kind: Kind, length: number): Values => MAKERS[kind](length)

/** A record of something for each column. */
const eachColumn = <Made>(make: (column: Column) => Made): Record<ColumnKey, Made> =>
  Object.fromEntries(COLUMNS.map((column) => [column.key, make(column)])) as Record<ColumnKey, Made>

/** @param make an array of a column, of its kind's type; new ones by default */
export const makeRowArrays = (
  length: number,
  make: (key: ColumnKey, kind: Kind) => Values = (_, kind) => MAKERS[kind](length),
): RowArrays => eachColumn(({ key, kind }) => make(key, kind)) as unknown as RowArrays

/** Rows of some columns; of the columns that are missing no row has a value. */
export const rowsOfArrays = ({
  length,
  vehicleIds,
  vehicleTypes,
  measures = [],
  ...arrays
}: Pick<Rows, 'length' | 'vehicleIds' | 'vehicleTypes'> & Partial<Pick<Rows, 'measures'> & RowArrays>): Rows => ({
  length,
  vehicleIds,
  vehicleTypes,
  measures,
  ...makeRowArrays(length, (key, kind) => {
    const made = arrays[key] ?? MAKERS[kind](length)
    return arrays[key] === undefined && kind === 'float' ? made.fill(NaN) : made
  }),
})

/** What a row takes in `RowArrays`. */
export const ROW_BYTES: number = COLUMNS.reduce((sum, { kind }) => sum + MAKERS[kind](1).byteLength, 0)

/** Copies the first `rows` rows of some arrays into others, from row `at` on. */
export const copyRows = (from: RowArrays, to: RowArrays, rows: number, at = 0): void => {
  for (const { key } of COLUMNS) to[key].set(from[key].subarray(0, rows), at)
}

// One loop a type of array: a loop that is given all of them is several times slower. Two columns at once wait for memory together.

const gatherInt32 = (from: Int32Array, order: Uint32Array, to: Int32Array): void => {
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    to[i] = from[row]
  }
}
const gatherFloat64 = (from: Float64Array, order: Uint32Array, to: Float64Array): void => {
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    to[i] = from[row]
  }
}
const gatherFloat32 = (from: Float32Array, order: Uint32Array, to: Float32Array): void => {
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    to[i] = from[row]
  }
}
const gatherTwoInt32 = (a: Int32Array, b: Int32Array, order: Uint32Array, toA: Int32Array, toB: Int32Array): void => {
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    toA[i] = a[row]
    toB[i] = b[row]
  }
}
const gatherTwoFloat32 = (
  a: Float32Array,
  b: Float32Array,
  order: Uint32Array,
  toA: Float32Array,
  toB: Float32Array,
): void => {
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    toA[i] = a[row]
    toB[i] = b[row]
  }
}

const gatherDegrees = (from: Int32Array, order: Uint32Array, to: Float64Array): void => {
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    to[i] = from[row] / MICRO_PER_DEGREE
  }
}
const gatherTwoDegrees = (
  a: Int32Array,
  b: Int32Array,
  order: Uint32Array,
  toA: Float64Array,
  toB: Float64Array,
): void => {
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    toA[i] = a[row] / MICRO_PER_DEGREE
    toB[i] = b[row] / MICRO_PER_DEGREE
  }
}

type KeyOf<K extends Kind> = Extract<Column, { readonly kind: K }>['key']
const keysOf = <K extends Kind>(...kinds: readonly K[]): KeyOf<K>[] =>
  COLUMNS.filter(({ kind }) => (kinds as readonly Kind[]).includes(kind)).map(({ key }) => key as KeyOf<K>)

/** Each element with the next; the last may be alone. */
const pairsOf = <Value>(values: readonly Value[]): [Value, Value | undefined][] =>
  values.flatMap((value, i) => (i % 2 === 0 ? [[value, values.at(i + 1)]] : []))

const INT32_PAIRS = pairsOf(keysOf('id', 'label', 'degrees'))
const INSTANTS = keysOf('instant')
const DEGREES_PAIRS = pairsOf(keysOf('degrees'))
const FLOATS = keysOf('float')
const FLOAT_PAIRS = pairsOf(FLOATS)

/** Copies the rows that `order` names, in that order, into arrays. Numbers of texts stay what they are. */
export const gatherRows = <To extends RowArrays>(from: RowArrays, order: Uint32Array, to: To): To => {
  for (const key of INSTANTS) gatherFloat64(from[key], order, to[key])
  for (const [a, b] of INT32_PAIRS) {
    if (b === undefined) gatherInt32(from[a], order, to[a])
    else gatherTwoInt32(from[a], from[b], order, to[a], to[b])
  }
  for (const [a, b] of FLOAT_PAIRS) {
    if (b === undefined) gatherFloat32(from[a], order, to[a])
    else gatherTwoFloat32(from[a], from[b], order, to[a], to[b])
  }
  return to
}

/**
 * Copies the rows that `order` names, ascending, into columns in flight, from row `at` on; ids and types apart, whose numbers are others
 * there.
 */
export const gatherPositions = (from: RowArrays, order: Uint32Array, to: PositionArrays, at: number): void => {
  if (order.length === 0) return
  for (const [a, b] of DEGREES_PAIRS) {
    if (b === undefined) gatherDegrees(from[a], order, to[a].subarray(at))
    else gatherTwoDegrees(from[a], from[b], order, to[a].subarray(at), to[b].subarray(at))
  }
  const [first, end] = [order[0], order[order.length - 1] + 1]
  if (end - first === order.length) {
    for (const key of INSTANTS) to[key].set(from[key].subarray(first, end), at)
    for (const key of FLOATS) to[key].set(from[key].subarray(first, end), at)
    return
  }
  for (const key of INSTANTS) gatherFloat64(from[key], order, to[key].subarray(at))
  for (const [a, b] of FLOAT_PAIRS) {
    if (b === undefined) gatherFloat32(from[a], order, to[a].subarray(at))
    else gatherTwoFloat32(from[a], from[b], order, to[a].subarray(at), to[b].subarray(at))
  }
}

/** Copies speed and heading of the rows in flight that `order` names into arrays at rest, from row `at` on; what can't be true is not known. */
export const takeFloats = (from: PositionArrays, order: Uint32Array, to: RowArrays, at: number): void => {
  // The compiler asks for a rule for each column of floats.
  const { speed, heading } = { speed: from.speed, heading: from.heading } satisfies Record<KeyOf<'float'>, Float32Array>
  const { speed: speeds, heading: headings } = to
  const { length } = order
  for (let i = 0; i < length; i++) {
    const row = order[i]
    speeds[at + i] = knownSpeed(speed[row])
    headings[at + i] = knownHeading(heading[row])
  }
}

/** What makes the columns of rows when they are asked for. */
export interface RowSource {
  readonly vehicleIds: () => Texts
  readonly vehicleTypes: () => readonly string[]
  readonly column: (column: Column) => Values
  readonly measures: () => readonly MeasureColumn[]
}

/** Columns are on the prototype, so that all such rows have one shape. */
class LazyRows {
  readonly length: number
  readonly source: RowSource
  readonly made: Partial<Record<string, unknown>> = {}

  constructor(length: number, source: RowSource) {
    this.length = length
    this.source = source
  }
}
const define = (key: string, make: (source: RowSource) => unknown): void => {
  Object.defineProperty(LazyRows.prototype, key, {
    get(this: LazyRows) {
      return (this.made[key] ??= make(this.source))
    },
  })
}
for (const column of COLUMNS) define(column.key, (source) => source.column(column))
define('vehicleIds', (source) => source.vehicleIds())
define('vehicleTypes', (source) => source.vehicleTypes())
define('measures', (source) => source.measures())

/** Rows of which each column is made when it is first asked for: of rows that are not wanted only the columns that say so. */
export const lazyRows = (length: number, source: RowSource): Rows => new LazyRows(length, source) as unknown as Rows

/** The same rows, every column made: one that is damaged is noticed now. */
export const unpackedRows = (rows: Rows): Rows => ({
  length: rows.length,
  vehicleIds: rows.vehicleIds,
  vehicleTypes: rows.vehicleTypes,
  measures: [...rows.measures],
  ...(eachColumn(({ key }) => rows[key]) as unknown as RowArrays),
})

/** The same rows with other measures. */
export const withMeasures = (rows: Rows, measures: readonly MeasureColumn[]): Rows =>
  lazyRows(rows.length, {
    vehicleIds: () => rows.vehicleIds,
    vehicleTypes: () => rows.vehicleTypes,
    column: ({ key }) => rows[key],
    measures: () => measures,
  })

/** The rows `[from, to)`, without a copy; a column that is not asked for stays packed. */
export const sliceOfRows = (rows: Rows, from: number, to: number): Rows =>
  lazyRows(to - from, {
    vehicleIds: () => rows.vehicleIds,
    vehicleTypes: () => rows.vehicleTypes,
    column: ({ key }) => rows[key].subarray(from, to),
    measures: () => sliceMeasures(rows.measures, from, to),
  })

export const NO_ROWS: Rows = {
  ...makeRowArrays(0),
  length: 0,
  vehicleIds: { count: 0, offsets: new Int32Array(1), bytes: new Uint8Array(0) },
  vehicleTypes: [],
  measures: [],
}
