import { DuckDBInstance } from '@duckdb/node-api'
import type { PositionRow } from '@fleetlake/columnar'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { writeFormat } from '../testing/write-format.ts'

/** The rules of the JSON schema of GeoParquet 1.1.0, for a file of points. */
const side = (name: string): z.ZodType => z.tuple([z.string(), z.literal(name)])
const geoMetadata = z.object({
  version: z.literal('1.1.0'),
  primary_column: z.literal('geometry'),
  columns: z.record(
    z.string().min(1),
    z.strictObject({
      encoding: z.enum(['WKB', 'point']),
      geometry_types: z.array(z.enum(['Point'])),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
      covering: z.strictObject({
        bbox: z.strictObject({ xmin: side('xmin'), ymin: side('ymin'), xmax: side('xmax'), ymax: side('ymax') }),
      }),
    }),
  ),
})

const rows = Array.from({ length: 5 }, (_, i): PositionRow => ({
  vehicleId: `v-${i}`,
  vehicleType: 'bus',
  eventTime: i,
  longitude: -56.1 + i / 1e6,
  latitude: -34.9 - i / 1e6,
  speed: NaN,
  heading: 0,
}))

const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer
const metadataOf = (bytes: Uint8Array): Record<string, string | undefined> =>
  Object.fromEntries((parquetMetadata(bufferOf(bytes)).key_value_metadata ?? []).map(({ key, value }) => [key, value]))

test('the key geo is as the schema of GeoParquet 1.1 says, and its box is that of all rows', async () => {
  const metadata = metadataOf(await writeFormat('geoparquet', [rows.slice(0, 3), rows.slice(3)], { status: 'partial' }))
  const geo = geoMetadata.parse(JSON.parse(metadata['geo']!))
  expect(geo.columns['geometry'].bbox).toEqual([
    rows[0].longitude,
    rows[4].latitude,
    rows[4].longitude,
    rows[0].latitude,
  ])
  expect(metadata['fleet:status']).toBe('partial')
})

test('without a row there is no box, and plain Parquet has no geometry', async () => {
  const empty = geoMetadata.parse(JSON.parse(metadataOf(await writeFormat('geoparquet', []))['geo']!))
  expect(empty.columns['geometry'].bbox).toBeUndefined()
  const plain = await writeFormat('parquet', [rows])
  expect(metadataOf(plain)).toEqual({ 'fleet:status': 'complete' })
  expect(parquetMetadata(bufferOf(plain)).schema.map(({ name }) => name)).not.toContain('geometry')
})

test('others read the points, and their boxes with statistics to prune by', async () => {
  const bytes = await writeFormat('geoparquet', [rows])
  // hyparquet knows the key geo, and makes GeoJSON of the geometry.
  const read = await parquetReadObjects({ file: bufferOf(bytes), columns: ['geometry', 'bbox'] })
  expect(read).toEqual(
    rows.map(({ longitude: x, latitude: y }) => ({
      geometry: { type: 'Point', coordinates: [x, y] },
      bbox: { xmin: x, ymin: y, xmax: x, ymax: y },
    })),
  )
  const folder = mkdtempSync(join(tmpdir(), 'fleet-geoparquet-'))
  const file = join(folder, 'rows.parquet')
  writeFileSync(file, bytes)
  const duckdb = await (await DuckDBInstance.create()).connect()
  const [pruned, statistics] = [
    await duckdb.runAndReadAll(`select vehicle_id from '${file}' where bbox.xmin > -56.099998 order by 1`),
    await duckdb.runAndReadAll(
      `select stats_min_value::double, stats_max_value::double from parquet_metadata('${file}') where path_in_schema = 'bbox, ymin'`,
    ),
  ]
  duckdb.closeSync()
  rmSync(folder, { recursive: true })
  expect(pruned.getRows()).toEqual([['v-3'], ['v-4']])
  expect(statistics.getRows()).toEqual([[rows[4].latitude, rows[0].latitude]])
})
