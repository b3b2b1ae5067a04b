import { FleetError, type MicroBounds, parseCell, periodOfDate, toMicroDegrees } from '@fleetlake/core'
import type { Add } from './log/actions.ts'
import { decodePath, parseChunkPath } from './paths.ts'
import { checkObjectPath } from './store/object-store.ts'
import { toldMeasures, type ToldMeasures } from './told-measures.ts'

/** A data file of the table, as it is in the log. Missing stats widen to bounds that hold for any row. */
export interface Chunk {
  /** Within the store, decoded. */
  readonly path: string
  readonly bytes: number
  /** UTC date of the rows, `YYYY-MM-DD`. */
  readonly date: string
  /** Geohash. */
  readonly cell: string
  /** Undefined when the log has no stats. */
  readonly rows: number | undefined
  /** The earliest and the latest event time, ms, both inclusive. */
  readonly from: number
  readonly to: number
  /** Closed, whole millionths of a degree. */
  readonly bounds: MicroBounds
  /** Lower and upper bound in the order of UTF-8 bytes; undefined when unknown. */
  readonly vehicleIdMin: string | undefined
  readonly vehicleIdMax: string | undefined
  readonly vehicleTypeMin: string | undefined
  readonly vehicleTypeMax: string | undefined
  readonly measures: ToldMeasures
}

type Values = Readonly<Record<string, unknown>>

interface StatsJson {
  readonly numRecords?: unknown
  readonly minValues?: Values | null
  readonly maxValues?: Values | null
  readonly nullCount?: unknown
}

/** Stats are an aid: what can't be read of them counts as missing. */
const parseStats = (stats: string | null | undefined): StatsJson => {
  if (stats === null || stats === undefined || stats === '') return {}
  try {
    return (JSON.parse(stats) as StatsJson | null) ?? {}
  } catch {
    return {}
  }
}

const rowsOf = ({ numRecords }: StatsJson): number | undefined =>
  typeof numRecords === 'number' ? numRecords : undefined

/** How many rows a file has, by its statistics. */
export const statsRows = (stats: string | null | undefined): number | undefined => rowsOf(parseStats(stats))

const NO_VALUES: Values = {}
const GLOBE: MicroBounds = { west: -180e6, south: -90e6, east: 180e6, north: 90e6 }

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const micro = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? toMicroDegrees(value) : otherwise

/** A timestamp of stats is cut to whole ms, so that a maximum may be up to 1 ms too low: never for a search in whole ms. */
const instant = (value: unknown, otherwise: number): number => {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? otherwise : time
}

/** What of an `add` a chunk is made of. */
export type AddedFile = Pick<Add, 'path' | 'partitionValues' | 'size' | 'stats'>

const partitionOf = (add: AddedFile, column: 'date' | 'cell'): string => {
  const value = add.partitionValues[column]
  if (value === undefined || value === null || value === '') {
    throw new FleetError('table.invalid', `the log adds "${add.path}" without a ${column}`)
  }
  return value
}

/**
 * The chunk that an `add` names.
 * @throws FleetError `table.invalid`, `cell.invalid` when its path, date or cell make no sense; `table.unsupported` outside the table
 */
export const chunkOf = (add: AddedFile): Chunk => {
  const path = decodePath(add.path)
  checkObjectPath(path)
  const date = partitionOf(add, 'date')
  const day = periodOfDate(date)
  if (Number.isNaN(day.from))
    throw new FleetError('table.invalid', `the log adds "${add.path}" with the date "${date}"`)
  const cell = partitionOf(add, 'cell')
  parseCell(cell)
  const isNamedAfter = path.startsWith(`date=${date}/cell=${cell}/`)
  if (!isNamedAfter && parseChunkPath(path) !== undefined) {
    throw new FleetError('table.invalid', `the log adds "${add.path}" with the date ${date} and the cell ${cell}`)
  }
  const stats = parseStats(add.stats)
  const min = stats.minValues ?? NO_VALUES
  const max = stats.maxValues ?? NO_VALUES
  return {
    path,
    bytes: add.size,
    date,
    cell,
    rows: rowsOf(stats),
    from: instant(min['event_time'], day.from),
    to: instant(max['event_time'], day.to - 1),
    bounds: {
      west: micro(min['longitude'], GLOBE.west),
      south: micro(min['latitude'], GLOBE.south),
      east: micro(max['longitude'], GLOBE.east),
      north: micro(max['latitude'], GLOBE.north),
    },
    vehicleIdMin: text(min['vehicle_id']),
    vehicleIdMax: text(max['vehicle_id']),
    vehicleTypeMin: text(min['vehicle_type']),
    vehicleTypeMax: text(max['vehicle_type']),
    measures: toldMeasures(stats),
  }
}
