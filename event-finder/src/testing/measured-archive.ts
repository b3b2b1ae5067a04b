import { createFileStore, openTable, type Table, writeChunk } from '@fleetlake/archive'
import {
  type ChunkFormat,
  measureOfValues,
  type MeasureSpec,
  type PositionRow,
  type Rows,
  rowsOfArrays,
  textsOfStrings,
} from '@fleetlake/columnar'
import { openCodec } from '@fleetlake/columnar/formats'
import type { FilterRow, FilterSource } from '@fleetlake/columnar/testing'
import { cellName, cellOf, toMicroDegrees } from '@fleetlake/core'
import { temporaryFolder } from '@fleetlake/testing'
import { START_MS } from './archive.ts'

/** For tests: a table of positions with measures. */

export const MEASURES: readonly MeasureSpec[] = [
  { name: 'temperature', type: 'double', unit: '°C' },
  { name: 'load', type: 'float' },
  { name: 'odometer', type: 'long', unit: 'm' },
  { name: 'level', type: 'int' },
  { name: 'driver_id', type: 'string' },
  { name: 'ignition', type: 'boolean' },
]

/** The values of rows, which filters ask for. */
export const SOURCES: readonly FilterSource[] = [
  { name: 'vehicle_id', values: ['v-0', 'v-1', 'v-2'], mayBeNull: false },
  { name: 'speed', values: [0, 1, 2, 3], mayBeNull: true },
  { name: 'temperature', values: [-3.5, 0, 0.1, 8, 12.25], mayBeNull: true },
  { name: 'load', values: [0.1, 0.25].map(Math.fround), written: [0.1, 0.25], mayBeNull: true },
  { name: 'odometer', values: [0, 9_007_199_254_740_991, -5], mayBeNull: true },
  { name: 'level', values: [1, 2, 3], mayBeNull: true },
  { name: 'driver_id', values: ['a7', 'ä', '', "o'clock", '🚌'], mayBeNull: true },
  { name: 'ignition', values: [true, false], mayBeNull: true },
]

type Said = string | number | boolean

/** What a row says of the named measures: of each, two rows in three have a value. */
export const saidBy = (row: number, names: readonly string[]): Record<string, Said> =>
  Object.fromEntries(
    SOURCES.flatMap(({ name, values }, i): [string, Said][] =>
      names.includes(name) && (row + i) % 3 > 0 ? [[name, values[(row * 7 + i) % values.length]]] : [],
    ),
  )

export const rowAt = (i: number, minute: number, names: readonly string[]): PositionRow => ({
  vehicleId: `v-${i % 50}`,
  vehicleType: i % 2 === 0 ? 'bus' : 'taxi',
  eventTime: START_MS + minute * 60_000 + i * 10,
  longitude: -56.2 + (i % 97) / 1e5,
  latitude: -34.9 + (i % 89) / 1e5,
  speed: i % 5 === 4 ? NaN : i % 5,
  heading: i % 360,
  measures: saidBy(i, names),
})

/** The rows as they are in a data file, with columns of the table's types, or of others. */
export const chunkRows = (rows: readonly PositionRow[], specs: readonly MeasureSpec[]): Rows => {
  const ids = [...new Set(rows.map(({ vehicleId }) => vehicleId))]
  const types = [...new Set(rows.map(({ vehicleType }) => vehicleType))]
  return rowsOfArrays({
    length: rows.length,
    vehicleIds: textsOfStrings(ids),
    vehicle: Int32Array.from(rows, ({ vehicleId }) => ids.indexOf(vehicleId)),
    vehicleTypes: types,
    vehicleType: Int32Array.from(rows, ({ vehicleType }) => types.indexOf(vehicleType)),
    eventTime: Float64Array.from(rows, ({ eventTime }) => eventTime),
    longitude: Int32Array.from(rows, ({ longitude }) => toMicroDegrees(longitude)),
    latitude: Int32Array.from(rows, ({ latitude }) => toMicroDegrees(latitude)),
    speed: Float32Array.from(rows, ({ speed = NaN }) => speed),
    heading: Float32Array.from(rows, ({ heading = NaN }) => heading),
    measures: specs.map((spec) =>
      measureOfValues(
        spec,
        rows.map(({ measures = {} }) => measures[spec.name] ?? null),
      ),
    ),
  })
}

export interface ChunkToWrite {
  readonly rows: readonly PositionRow[]
  readonly specs: readonly MeasureSpec[]
  readonly format?: ChunkFormat
}

const CELL_LENGTH = 5

export interface MeasuredArchive {
  /** As `archive.path`. */
  readonly path: string
  readonly table: Table
  /** Puts files into the table, in one version; the rows of each are of one cell and one date. */
  add(chunks: readonly ChunkToWrite[], options?: { readonly hasStats?: boolean }): Promise<void>
}

export const createMeasuredArchive = async (columns = MEASURES): Promise<MeasuredArchive> => {
  const path = await temporaryFolder()
  const store = createFileStore(`${path}/moves`)
  const table = await openTable(store, { create: { geohashLength: CELL_LENGTH, windowMs: 600_000 } })
  if (columns.length > 0) await table.commit({ parts: [], columns, operation: 'ADD COLUMNS' })
  return {
    path,
    table,
    add: async (chunks, { hasStats = true } = {}) => {
      const add = []
      for (const { rows, specs, format = 'parquet' } of chunks) {
        const sorted = rows.toSorted(
          (a, b) => (a.vehicleId < b.vehicleId ? -1 : a.vehicleId > b.vehicleId ? 1 : 0) || a.eventTime - b.eventTime,
        )
        const [{ longitude, latitude }] = sorted
        const cell = cellName(cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), CELL_LENGTH), CELL_LENGTH)
        const place = { cell, windowStart: Math.min(...sorted.map(({ eventTime }) => eventTime)) }
        add.push(await writeChunk(chunkRows(sorted, specs), place, { store, codec: await openCodec(format) }))
      }
      const told = hasStats ? add : add.map((file) => ({ ...file, stats: '' }))
      await table.commit({ parts: [{ add: told }], operation: 'WRITE' })
    },
  }
}

/** A row as filters see it. */
export const filterRowOf = ({
  vehicleId,
  vehicleType,
  eventTime,
  speed,
  heading,
  measures,
}: PositionRow): FilterRow => ({
  vehicle_id: vehicleId,
  vehicle_type: vehicleType,
  event_time: eventTime,
  speed: speed === undefined || Number.isNaN(speed) ? null : speed,
  heading: heading === undefined || Number.isNaN(heading) ? null : heading,
  ...measures,
})
