import { compactTable, createMemoryStore, openTable, writeChunk } from '@fleetlake/archive'
import { type Rows, rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { cellBounds, MICRO_PER_DEGREE, parseCell } from '@fleetlake/core'
import { expect, test } from 'vitest'
import { mergeDay, type MergedDay, sumOfFiles } from './merge-day.ts'

const countOf = (files: MergedDay['written']): number => sumOfFiles(files, () => 1)

const CELL = '69y7p'
const DAY = Date.UTC(2026, 10, 20)
const MINUTE_MS = 60_000
const VEHICLES = 10
/** From midnight on; the day is over after it. */
const WINDOWS = 48
const PER_MINUTE = 12
const { west, south } = cellBounds(parseCell(CELL), CELL.length)

/** What some vehicles report in a minute, within one cell. */
const minuteOf = (minute: number): Rows => {
  const length = VEHICLES * PER_MINUTE
  const at = (i: number): number => minute * PER_MINUTE + (i % PER_MINUTE)
  const vehicleOf = (i: number): number => Math.floor(i / PER_MINUTE)
  return rowsOfArrays({
    length,
    vehicleIds: textsOfStrings(Array.from({ length: VEHICLES }, (_, i) => `vehicle-${10_000 + i}`)),
    vehicle: Int32Array.from({ length }, (_, i) => vehicleOf(i)),
    vehicleTypes: ['bus'],
    vehicleType: new Int32Array(length),
    eventTime: Float64Array.from({ length }, (_, i) => DAY + at(i) * 5_000),
    longitude: Int32Array.from(
      { length },
      (_, i) => Math.ceil(west * MICRO_PER_DEGREE) + 20_000 + Math.round(9_000 * Math.sin(at(i) / 40 + vehicleOf(i))),
    ),
    latitude: Int32Array.from(
      { length },
      (_, i) => Math.ceil(south * MICRO_PER_DEGREE) + 20_000 + Math.round(9_000 * Math.cos(at(i) / 55 + vehicleOf(i))),
    ),
    speed: Float32Array.from({ length }, (_, i) => (at(i) % 90) / 10),
    heading: Float32Array.from({ length }, (_, i) => (at(i) * 3) % 360),
    measures: [],
  })
}

test('a day is merged as the compactor merges it: as many files, written as often, each row rewritten as often', async () => {
  const store = createMemoryStore()
  let now = DAY
  const table = await openTable(store, {
    create: { geohashLength: 5, windowMs: 600_000 },
    now: () => now,
    checkpointEvery: 1e6,
  })
  const signal = new AbortController().signal
  const compacted = { rows: 0, files: 0 }
  const landed = { bytes: 0, files: 0 }
  const compact = async (): Promise<void> => {
    const settings = { targetBytes: 2 ** 27, quietMs: 900_000, memory: 2 ** 29 }
    const report = await compactTable(settings, { table, store, codec: parquetCodec, now: () => now, signal })
    compacted.rows += report.rows
    compacted.files += report.filesAfter
  }
  for (let minute = 0; minute < WINDOWS * 10; minute++) {
    now = DAY + (minute + 1) * MINUTE_MS
    const rows = minuteOf(minute)
    const windowStart = DAY + Math.floor(minute / 10) * 600_000
    const add = await writeChunk(rows, { cell: CELL, windowStart }, { store, codec: parquetCodec, now: () => now })
    landed.bytes += add.size
    landed.files++
    await table.commit({ parts: [{ add: [add] }], operation: 'WRITE' })
    if (minute % 10 === 9) await compact()
  }
  now = DAY + 86_400_000 + 3_600_000
  await compact()
  await table.close()
  const { files, bytes, rows } = table.snapshot.totals
  expect(rows).toBe(WINDOWS * 10 * VEHICLES * PER_MINUTE)
  const reckoned = mergeDay({
    rows,
    files: landed.files,
    landedBytes: landed.bytes,
    bytesPerRow: bytes / rows,
    windows: WINDOWS,
    targetBytes: 2 ** 27,
  })
  expect(reckoned.files).toBe(files)
  const share = (found: number, is: number): number => Math.abs(found - is) / is
  expect(share(countOf(reckoned.written), compacted.files), `${countOf(reckoned.written)} files`).toBeLessThan(0.1)
  expect(share(reckoned.rewrites, compacted.rows / rows), `${reckoned.rewrites} times`).toBeLessThan(0.25)
})

test('a cell with large windows leaves what is large alone', () => {
  // 200 M rows of 4 B: 5.6 MB a window; a file of 64 MiB is merged no more.
  const { files, written, rewrites } = mergeDay({
    rows: 200e6,
    files: 1_440,
    landedBytes: 1.6e9,
    bytesPerRow: 4,
    windows: 144,
    targetBytes: 2 ** 27,
  })
  expect({ files, written: countOf(written), rewrites: Math.round(rewrites) }).toEqual({
    files: 12,
    written: 144,
    rewrites: 5,
  })
})

test('a few files a window wait until there are eight', () => {
  const { written } = mergeDay({
    rows: 1_000,
    files: 144,
    landedBytes: 1e6,
    bytesPerRow: 4,
    windows: 144,
    targetBytes: 2 ** 27,
  })
  expect(countOf(written)).toBe(18)
})
