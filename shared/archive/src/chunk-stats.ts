import {
  type Column,
  type ColumnKey,
  COLUMNS,
  isTextMeasure,
  type MeasureColumn,
  type Rows,
  type TextMeasure,
  type Texts,
} from '@fleetlake/columnar'
import { toDegrees } from '@fleetlake/core'
import { compareUtf8, cutMaximum, cutMinimum } from './utf8-order.ts'

/** Texts of stats are cut to this many code points. */
const MAX_TEXT_LENGTH = 64

interface Range<T> {
  readonly min: T
  readonly max: T
  /** Rows without a value. */
  readonly nulls: number
}

type Ranged = Column extends infer C ? (C extends { readonly kind: 'id' | 'label' } ? never : C) : never

/** Bounds are missing where no row has a value, and of booleans. */
interface MeasureStats {
  readonly name: string
  readonly bounds: Omit<Range<number>, 'nulls'> | Omit<Range<string>, 'nulls'> | undefined
  /** Rows without a value. */
  readonly nulls: number
}

/** What the log has of a data file's rows: the minimum and maximum of each column. A range is undefined when no row has a value. */
export type ChunkStats = { readonly rows: number } & {
  readonly [C in Exclude<Column, Ranged> as C['key']]: Range<string>
} & {
  /** Times in ms, places in whole millionths of a degree. */
  readonly [C in Ranged as C['key']]: Range<number>
} & { readonly measures: readonly MeasureStats[] }

const numberRange = (values: ArrayLike<number>, length: number): Range<number> => {
  let [min, max, nulls] = [Infinity, -Infinity, 0]
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value < min) min = value
    if (value > max) max = value
    if (Number.isNaN(value)) nulls++
  }
  return { min, max, nulls }
}

// Rows come by vehicle, so that a text is compared about once: where it differs from that of the row before.

const labelRange = (codes: Int32Array, texts: readonly string[], length: number): Range<string> => {
  let last = codes[0]
  let [min, max] = [texts[last], texts[last]]
  for (let i = 1; i < length; i++) {
    if (codes[i] === last) continue
    last = codes[i]
    const text = texts[last]
    if (text === min || text === max) continue
    if (compareUtf8(text, min) < 0) min = text
    else if (compareUtf8(text, max) > 0) max = text
  }
  return { min, max, nulls: 0 }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The order of UTF-8 is that of its bytes. */
const idRange = (codes: Int32Array, { offsets, bytes }: Texts, length: number): Range<string> => {
  const at = (code: number): Uint8Array => bytes.subarray(offsets[code], offsets[code + 1])
  let last = codes[0]
  let [min, max] = [at(last), at(last)]
  for (let i = 1; i < length; i++) {
    if (codes[i] === last) continue
    last = codes[i]
    const text = at(last)
    if (Buffer.compare(text, min) < 0) min = text
    else if (Buffer.compare(text, max) > 0) max = text
  }
  return { min: utf8.decode(min), max: utf8.decode(max), nulls: 0 }
}

/** Rows of a measure come in no order: each text is looked at once. */
const textStats = ({ spec, codes, texts }: TextMeasure, length: number): MeasureStats => {
  const isUsed = new Uint8Array(texts.count)
  const used = new Int32Array(Math.min(length, texts.count))
  let [count, nulls] = [0, 0]
  for (let i = 0; i < length; i++) {
    const code = codes[i]
    if (code < 0) nulls++
    else if (isUsed[code] === 0) {
      isUsed[code] = 1
      used[count++] = code
    }
  }
  return { name: spec.name, bounds: count === 0 ? undefined : idRange(used, texts, count), nulls }
}

const measureStats = (column: MeasureColumn, length: number): MeasureStats => {
  if (isTextMeasure(column)) return textStats(column, length)
  const { min, max, nulls } = numberRange(column.values, length)
  const hasBounds = nulls < length && column.spec.type !== 'boolean'
  return { name: column.spec.name, bounds: hasBounds ? { min, max } : undefined, nulls }
}

const rangeOf = ({ kind, key }: Column, rows: Rows): Range<string> | Range<number> => {
  const { length, vehicleIds, vehicleTypes } = rows
  if (kind === 'id') return idRange(rows[key], vehicleIds, length)
  if (kind === 'label') return labelRange(rows[key], vehicleTypes, length)
  return numberRange(rows[key], length)
}

const eachColumn = (make: (column: Column) => unknown): Record<ColumnKey, unknown> =>
  Object.fromEntries(COLUMNS.map((column) => [column.key, make(column)])) as Record<ColumnKey, unknown>

/** @param rows at least one */
export const statsOf = (rows: Rows): ChunkStats =>
  ({
    rows: rows.length,
    ...eachColumn((column) => rangeOf(column, rows)),
    measures: rows.measures.map((column) => measureStats(column, rows.length)),
  }) as unknown as ChunkStats

const joinRanges = (a: Range<number>, b: Range<number>): Range<number> => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
  nulls: a.nulls + b.nulls,
})

const joinTexts = (a: Range<string>, b: Range<string>): Range<string> => ({
  min: compareUtf8(a.min, b.min) <= 0 ? a.min : b.min,
  max: compareUtf8(a.max, b.max) >= 0 ? a.max : b.max,
  nulls: a.nulls + b.nulls,
})

const joinBounds = (a: MeasureStats['bounds'], b: MeasureStats['bounds']): MeasureStats['bounds'] => {
  if (a === undefined || b === undefined) return a ?? b
  return typeof a.min === 'string'
    ? joinTexts({ ...(a as Range<string>), nulls: 0 }, { ...(b as Range<string>), nulls: 0 })
    : joinRanges({ ...(a as Range<number>), nulls: 0 }, { ...(b as Range<number>), nulls: 0 })
}

/** Rows have no value of a measure that their stats do not name. */
const joinMeasures = (a: ChunkStats, b: ChunkStats): MeasureStats[] => {
  const names = new Set([...a.measures, ...b.measures].map(({ name }) => name))
  return Array.from(names, (name) => {
    const [first, second] = [a, b].map(
      ({ measures, rows }): MeasureStats =>
        measures.find((measure) => measure.name === name) ?? { name, bounds: undefined, nulls: rows },
    )
    return { name, bounds: joinBounds(first.bounds, second.bounds), nulls: first.nulls + second.nulls }
  })
}

/** The stats of the rows of both. */
export const joinStats = (a: ChunkStats, b: ChunkStats): ChunkStats =>
  ({
    rows: a.rows + b.rows,
    ...eachColumn(({ kind, key }) =>
      kind === 'id' || kind === 'label' ? joinTexts(a[key], b[key]) : joinRanges(a[key], b[key]),
    ),
    measures: joinMeasures(a, b),
  }) as unknown as ChunkStats

/** Infinity has no place in JSON: a bound that is not finite is left out, and so is one of no rows. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value + 0 : undefined)

type Bound = 'min' | 'max'
const CUT = { min: cutMinimum, max: cutMaximum }

/** Whole milliseconds and six digits are what the columns hold, so these bounds are exact; texts are cut. */
const boundOf = ({ kind, key }: Column, stats: ChunkStats, bound: Bound): string | number | undefined => {
  switch (kind) {
    case 'id':
    case 'label':
      return CUT[bound](stats[key][bound], MAX_TEXT_LENGTH)
    case 'instant':
      return new Date(stats[key][bound]).toISOString()
    case 'degrees':
      return toDegrees(stats[key][bound])
    case 'float':
      return finite(stats[key][bound])
  }
}

/** Numbers are exact: whole ones have no more digits than a double. */
const measureBound = ({ bounds }: MeasureStats, bound: Bound): string | number | undefined => {
  const value = bounds?.[bound]
  return typeof value === 'string'
    ? CUT[bound](value, MAX_TEXT_LENGTH)
    : value === undefined
      ? undefined
      : finite(value)
}

/** The text of `add.stats`. A measure that no row has is not named. */
export const formatStats = (stats: ChunkStats): string => {
  const measures = stats.measures.filter(({ nulls }) => nulls < stats.rows)
  const named = (of: (column: Column) => unknown, ofMeasure: (measure: MeasureStats) => unknown): unknown =>
    Object.fromEntries([
      ...COLUMNS.map((column) => [column.name, of(column)]),
      ...measures.map((measure) => [measure.name, ofMeasure(measure)]),
    ])
  return JSON.stringify({
    numRecords: stats.rows,
    minValues: named(
      (column) => boundOf(column, stats, 'min'),
      (measure) => measureBound(measure, 'min'),
    ),
    maxValues: named(
      (column) => boundOf(column, stats, 'max'),
      (measure) => measureBound(measure, 'max'),
    ),
    nullCount: named(
      ({ key }) => stats[key].nulls,
      ({ nulls }) => nulls,
    ),
  })
}
