import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { positionsOfRows, type PositionRow } from '@fleetlake/columnar'
import { areaOf, contains, toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { positions } from '../arbitraries.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { selectByBruteForce } from './brute-force.ts'
import { countDistinct, liveFiles, readTable, type TableRows } from './read-table.ts'

const tableOf = (rows: readonly PositionRow[]): TableRows => ({
  length: rows.length,
  vehicleIds: rows.map(({ vehicleId }) => vehicleId),
  vehicleTypes: rows.map(({ vehicleType }) => vehicleType),
  time: Float64Array.from(rows, ({ eventTime }) => eventTime),
  x: Int32Array.from(rows, ({ longitude }) => toMicroDegrees(longitude)),
  y: Int32Array.from(rows, ({ latitude }) => toMicroDegrees(latitude)),
})

const bytesOf = (columnData: ColumnSource[]): Uint8Array => new Uint8Array(parquetWriteBuffer({ columnData }))

const chunkOf = (ids: readonly string[], fromMs: number): Uint8Array =>
  bytesOf([
    { name: 'vehicle_id', data: [...ids], type: 'STRING' },
    { name: 'vehicle_type', data: ids.map(() => 'bus'), type: 'STRING' },
    { name: 'event_time', data: ids.map((_, i) => new Date(fromMs + i)), type: 'TIMESTAMP' },
    { name: 'longitude', data: ids.map((_, i) => -56.1 - i / 1e6), type: 'DOUBLE' },
    { name: 'latitude', data: ids.map(() => -34.9), type: 'DOUBLE' },
  ])

const writeTable = async (
  versions: readonly object[][],
  files: Readonly<Record<string, Uint8Array>>,
): Promise<string> => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, '_delta_log'))
  const writes = versions.map((actions, version) =>
    writeFile(
      join(folder, '_delta_log', `${String(version).padStart(20, '0')}.json`),
      actions.map((action) => `${JSON.stringify(action)}\n`).join(''),
    ),
  )
  await Promise.all([...writes, ...Object.entries(files).map(([name, bytes]) => writeFile(join(folder, name), bytes))])
  return folder
}

const add = (path: string): object => ({ add: { path, size: 7, partitionValues: {}, dataChange: true } })
const remove = (path: string): object => ({ remove: { path, dataChange: true } })

test('the live files are what was added and not removed, wherever a checkpoint ends', async () => {
  const versions = [
    [{ protocol: {} }, add('a.parquet')],
    [add('b%20b.parquet')],
    [remove('a.parquet'), add('c.parquet')],
    [{ txn: {} }],
  ]
  const folder = await writeTable(versions, {})
  const live = {
    version: 3,
    commits: 4,
    files: [
      { path: 'b%20b.parquet', size: 7 },
      { path: 'c.parquet', size: 7 },
    ],
  }
  expect(await liveFiles(folder)).toEqual(live)
  const checkpoint = bytesOf([
    { name: 'add', data: [{ path: 'b%20b.parquet', size: 7 }, { path: 'c.parquet', size: 7 }, null], type: 'JSON' },
    { name: 'remove', data: [null, null, { path: 'a.parquet' }], type: 'JSON' },
  ])
  await writeFile(join(folder, '_delta_log', '00000000000000000002.checkpoint.parquet'), checkpoint)
  expect(await liveFiles(folder)).toEqual(live)
})

test('every row of the live files is read, and of no other', async () => {
  const folder = await writeTable(
    [
      [add('a.parquet'), add('b%20b.parquet')],
      [add('c.parquet'), remove('b%20b.parquet')],
    ],
    {
      'a.parquet': chunkOf(['v1', 'v2'], 1_000),
      'b b.parquet': chunkOf(['gone'], 0),
      'c.parquet': chunkOf(['v3'], 5_000),
    },
  )
  expect(await readTable(folder)).toEqual({
    length: 3,
    vehicleIds: ['v1', 'v2', 'v3'],
    vehicleTypes: ['bus', 'bus', 'bus'],
    time: Float64Array.of(1_000, 1_001, 5_000),
    x: Int32Array.of(-56_100_000, -56_100_001, -56_100_000),
    y: Int32Array.of(-34_900_000, -34_900_000, -34_900_000),
  })
})

test('rows that differ in vehicle, time or position are distinct', () => {
  fc.assert(
    fc.property(
      positions({ vehicles: 3, from: 0, to: 4, west: 0, east: 0.000003, south: 0, north: 0.000002 }),
      (rows) => {
        const table = tableOf(rows)
        const keys = rows.map((_, i) => [table.vehicleIds[i], table.time[i], table.x[i], table.y[i]].join(' '))
        expect(countDistinct(table)).toBe(new Set(keys).size)
      },
    ),
  )
})

const SQUARE = [
  [0, 0],
  [0.00001, 0],
  [0.00001, 0.00001],
  [0, 0.00001],
  [0, 0],
]
const HOLE = [
  [0.000004, 0.000004],
  [0.000006, 0.000004],
  [0.000006, 0.000006],
  [0.000004, 0.000006],
  [0.000004, 0.000004],
]

test('a square with a hole, its western and southern edges in, its eastern and northern ones out', () => {
  const points = [
    [0, 0],
    [10, 5],
    [5, 10],
    [9, 9],
    [4, 4],
    [5, 5],
    [6, 5],
    [-1, 5],
  ]
  const table: TableRows = {
    ...tableOf([]),
    length: points.length,
    vehicleIds: points.map(() => 'v'),
    vehicleTypes: points.map(() => 'bus'),
    time: new Float64Array(points.length),
    x: Int32Array.from(points, ([x]) => x),
    y: Int32Array.from(points, ([, y]) => y),
  }
  const area = { type: 'Polygon' as const, coordinates: [SQUARE, HOLE] }
  expect(selectByBruteForce(table, { area, from: 0, to: 1 })).toEqual([0, 3, 6])
})

const near = { west: -0.00002, east: 0.00002, south: -0.00002, north: 0.00002, vehicles: 3, from: 0, to: 10 }
const vertex = fc
  .tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }))
  .map(([x, y]) => [x / 1e6, y / 1e6])
const isArea = (ring: number[][]): boolean => {
  try {
    areaOf({ type: 'Polygon', coordinates: [ring] })
    return true
  } catch {
    return false
  }
}
const ring = fc
  .array(vertex, { minLength: 3, maxLength: 5 })
  .map((points) => [...points, points[0]])
  .filter(isArea)

test('the selection is that of the exact area, period, types and vehicles', () => {
  fc.assert(
    fc.property(
      positions(near),
      fc.array(fc.array(ring, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 10 }),
      (rows, polygons, to) => {
        const area = { type: 'MultiPolygon' as const, coordinates: polygons }
        const search = { area, from: 2, to, vehicleTypes: ['bus', 'taxi'], vehicleIds: ['vehicle-1', 'vehicle-2'] }
        const exact = areaOf(area)
        const expected = rows.flatMap(({ vehicleId, vehicleType, eventTime, longitude, latitude }, i) => {
          const isIn = contains(exact, toMicroDegrees(longitude), toMicroDegrees(latitude))
          return isIn &&
            eventTime >= 2 &&
            eventTime < to &&
            vehicleType !== 'truck' &&
            vehicleType !== 'ambulance' &&
            vehicleId !== 'vehicle-3'
            ? [i]
            : []
        })
        expect(selectByBruteForce(tableOf(rows), search)).toEqual(expected)
      },
    ),
  )
})

test('the arbitrary positions make columns', () => {
  fc.assert(
    fc.property(positions({ maxLength: 5 }), (rows) => {
      expect(positionsOfRows(rows).length).toBe(rows.length)
    }),
  )
})
