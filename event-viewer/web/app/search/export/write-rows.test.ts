import { positionsOfRows, type PositionRow } from '@fleetlake/columnar'
import { createRowCollector, FORMATS, joinBytes, openFormat } from '@fleetlake/viewer-core'
import { expect, test } from 'vitest'
import { exportName } from './file-name.ts'
import { writeRows } from './write-rows.ts'

const rows = Array.from({ length: 21_000 }, (_, i): PositionRow => ({
  vehicleId: `v-${String(Math.floor(i / 7_000))}`,
  vehicleType: i % 2 === 0 ? 'bus' : 'taxi',
  eventTime: i * 1000,
  longitude: -56 + i / 1e6,
  latitude: -34,
  speed: i % 7 === 0 ? NaN : i % 30,
  heading: NaN,
}))

test.each(FORMATS)('a file in %s is what the terminal would write of the same rows', async (name) => {
  const collector = createRowCollector({ maxRows: 50_000 })
  for (let from = 0; from < rows.length; from += 5000) collector.add(positionsOfRows(rows.slice(from, from + 5000)))
  const progress: number[] = []
  const blob = await writeRows(collector.finish(), {
    format: name,
    status: 'partial',
    gap: 'automatic',
    onProgress: (written) => progress.push(written),
  })
  const format = await openFormat(name, { gap: 'automatic' })
  const expected = [format.head(), format.rows(positionsOfRows(rows)), format.tail('partial')]
  expect(Buffer.from(await blob.arrayBuffer()).equals(joinBytes(expected))).toBe(true)
  expect(progress).toEqual([20_000, 21_000])
})

test('the name says the period, and whether something is missing', () => {
  const input = { from: '2026-01-05T08:00:00.000Z', to: '2026-01-05T09:30:00.500Z', limit: 1, timeoutMs: 1 }
  const outcome = { status: 'complete' as const, reason: undefined, rows: 1, vehicles: 1, stats: undefined }
  expect([
    exportName({ input, outcome }, 'csv'),
    exportName({ input, outcome: { ...outcome, status: 'timed-out' } }, 'geojson'),
    exportName({ input, outcome: { ...outcome, status: 'limit-reached' } }, 'ndjson'),
  ]).toEqual([
    'fleet-2026-01-05T080000Z-2026-01-05T093000Z.csv',
    'fleet-2026-01-05T080000Z-2026-01-05T093000Z.partial.geojson',
    'fleet-2026-01-05T080000Z-2026-01-05T093000Z.limited.ndjson',
  ])
})
