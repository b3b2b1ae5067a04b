import { cellBounds, cellName, cellOf, dateOf, MICRO_PER_DEGREE, parseCell, windowStart } from '@fleetlake/core'
import {
  type MeasureSpec,
  type MeasureColumn,
  measureOfValues,
  type Rows,
  rowsOfArrays,
  textsOfStrings,
} from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import type { ObjectStore } from '../store/object-store.ts'
import { writeChunk } from '../write-chunk.ts'
import type { AddFile } from '../log/actions.ts'

/** For tests: rows and chunks of positions. */

export const SETTINGS = { geohashLength: 5, windowMs: 600_000 }
export const NOW_MS = Date.UTC(2026, 10, 21, 10)

export interface Row {
  readonly vehicleId: string
  readonly vehicleType: string
  /** ms */
  readonly time: number
  /** Whole millionths of a degree. */
  readonly x: number
  readonly y: number
  readonly speed: number
  readonly heading: number
  /** By name, of `MEASURES`. */
  readonly measures?: Readonly<Record<string, string | number | boolean>>
}

/** One of each type, the revision and the attributes. */
export const MEASURES: readonly MeasureSpec[] = [
  { name: 'temperature', type: 'double', unit: '°C' },
  { name: 'load', type: 'float' },
  { name: 'pulses', type: 'long' },
  { name: 'doors', type: 'int' },
  { name: 'state', type: 'string' },
  { name: 'ignition', type: 'boolean' },
  { name: 'revision', type: 'long', unit: 'µs' },
  { name: 'attributes', type: 'string' },
]

/** Of those that any of the rows has. */
const measuresOf = (rows: readonly Row[]): MeasureColumn[] =>
  MEASURES.flatMap((spec) => {
    const values = rows.map(({ measures = {} }) => measures[spec.name] ?? null)
    return values.every((value) => value === null) ? [] : [measureOfValues(spec, values)]
  })

export const columnsOf = (rows: readonly Row[]): Rows => {
  const vehicleIds = [...new Set(rows.map((row) => row.vehicleId))]
  const vehicleTypes = [...new Set(rows.map((row) => row.vehicleType))]
  return rowsOfArrays({
    length: rows.length,
    vehicleIds: textsOfStrings(vehicleIds),
    vehicle: Int32Array.from(rows, (row) => vehicleIds.indexOf(row.vehicleId)),
    vehicleTypes,
    vehicleType: Int32Array.from(rows, (row) => vehicleTypes.indexOf(row.vehicleType)),
    eventTime: Float64Array.from(rows, (row) => row.time),
    longitude: Int32Array.from(rows, (row) => row.x),
    latitude: Int32Array.from(rows, (row) => row.y),
    speed: Float32Array.from(rows, (row) => row.speed),
    heading: Float32Array.from(rows, (row) => row.heading),
    measures: measuresOf(rows),
  })
}

/** Some rows in one cell and one window. */
export const someRows = (count: number, cell = '69y7p', time = NOW_MS): Row[] => {
  const { west, south } = cellBounds(parseCell(cell), cell.length)
  return Array.from({ length: count }, (_, i) => ({
    vehicleId: `v-${Math.floor(i / 10)}`,
    vehicleType: i % 20 < 10 ? 'bus' : 'taxi',
    time: time + (i % 10) * 5_000,
    x: Math.ceil(west * MICRO_PER_DEGREE) + i * 7,
    y: Math.ceil(south * MICRO_PER_DEGREE) + i * 3,
    speed: i % 3 === 0 ? Number.NaN : i / 10,
    heading: i % 360,
  }))
}

/** Writes rows as chunks of their dates, cells and windows, and returns which rows each holds. */
export const writeChunks = async (
  store: ObjectStore,
  rows: readonly Row[],
  nowMs = NOW_MS,
): Promise<{ readonly add: AddFile; readonly rows: readonly Row[] }[]> => {
  const { geohashLength, windowMs } = SETTINGS
  const chunks = Map.groupBy(rows, ({ x, y, time }) =>
    [cellName(cellOf(x, y, geohashLength), geohashLength), windowStart(time, windowMs), dateOf(time)].join(),
  )
  return Promise.all(
    Array.from(chunks, async ([key, group]) => {
      const [cell, start] = key.split(',')
      const deps = { store, codec: parquetCodec, now: () => nowMs }
      return { add: await writeChunk(columnsOf(group), { cell, windowStart: Number(start) }, deps), rows: group }
    }),
  )
}

export const writeRows = async (store: ObjectStore, rows: readonly Row[], nowMs = NOW_MS): Promise<AddFile[]> =>
  (await writeChunks(store, rows, nowMs)).map(({ add }) => add)
