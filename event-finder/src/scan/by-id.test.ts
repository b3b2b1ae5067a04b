import fc from 'fast-check'
import { createMemoryStore, type ObjectStore } from '@fleetlake/archive'
import { type Rows, rowsOfArrays, textAt, textsOfStrings } from '@fleetlake/columnar'
import { startParquetFile } from '@fleetlake/columnar/formats'
import { createArena, filterSpanOf, indexSpanOf, parseFooter } from '@fleetlake/columnar/parquet'
import { byHyparquet, sameRows } from '@fleetlake/columnar/testing'
import { areaOf, seedOf } from '@fleetlake/core'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createRowSelector } from '../core/select-rows.ts'
import type { VehicleSearch } from '../core/search.ts'
import { writeForeign } from '../testing/foreign-file.ts'
import { memoryToOpen, readChunk, SMALL_FILE_BYTES } from './read-chunk.ts'

const PATH = 'date=2026-01-05/cell=69y7p/a.compact.parquet'
const START = 1.7e12

const searchFor = (vehicleIds: readonly string[] | undefined, seconds = 4e6): VehicleSearch => ({
  area: areaOf({
    type: 'Polygon',
    coordinates: [
      [
        [-60, -40],
        [-50, -40],
        [-50, -30],
        [-60, -30],
        [-60, -40],
      ],
    ],
  }),
  period: { from: START, to: START + seconds * 1_000 },
  vehicleTypes: undefined,
  vehicleIds,
  visible: undefined,
})

const TILE_ROWS = 8_192
const PAGE_ROWS = 1_024

/** A tile of a compacted file, an hour of it: `vehicles` of them from the `first` on, sorted by them. */
const tileOf = (tile: number, first: number, vehicles: number): Rows => {
  const length = TILE_ROWS
  return rowsOfArrays({
    length,
    vehicleIds: textsOfStrings(Array.from({ length: vehicles }, (_, i) => `v${1_000 + first + i}`)),
    vehicle: Int32Array.from({ length }, (_, i) => Math.floor((i * vehicles) / length)),
    vehicleTypes: ['bus', 'taxi'],
    vehicleType: Int32Array.from({ length }, (_, i) => i & 1),
    eventTime: Float64Array.from({ length }, (_, i) => START + tile * 3.6e6 + ((i * 7_919) % 3_600) * 1_000),
    longitude: Int32Array.from({ length }, (_, i) => -56_000_000 + ((i * 7_919 * (tile + 1)) % 99_991)),
    latitude: Int32Array.from({ length }, (_, i) => -34_000_000 - ((i * 104_729 * (tile + 1)) % 99_991)),
    speed: Float32Array.from({ length }, (_, i) => (i % 11 === 0 ? Number.NaN : (i % 300) / 10)),
    heading: Float32Array.from({ length }, (_, i) => ((i * 31) % 3_600) / 10),
  })
}

const TILES = 14
const VEHICLES = 100

/** Each tile has a hundred of 220 vehicles: those of another third of them, about, than its neighbours. */
const largeFile = (): Uint8Array => {
  const file = startParquetFile(1 << 20, PAGE_ROWS)
  for (let tile = 0; tile < TILES; tile++) file.add(tileOf(tile, (tile % 3) * 60, VEHICLES))
  return file.finish()
}

interface Found {
  readonly rows: readonly string[]
  readonly bytesRead: number
  readonly rowsRead: number
  readonly requests: number
  /** Requests that were made at once, at most. */
  readonly atOnce: number
}

const search = async (store: ObjectStore, bytes: number, searched: VehicleSearch): Promise<Found> => {
  let [requests, open, atOnce] = [0, 0, 0]
  const counted: ObjectStore = {
    ...store,
    get: async (path, range) => {
      requests++
      atOnce = Math.max(atOnce, ++open)
      try {
        return await store.get(path, range)
      } finally {
        open--
      }
    },
  }
  const found = await readChunk(
    counted,
    { path: PATH, bytes, inside: false },
    { search: searched, arena: createArena() },
  )
  if ('fault' in found) throw new Error(found.fault)
  const select = createRowSelector(searched)
  const lines: string[] = []
  let [bytesRead, rowsRead] = [0, 0]
  for (;;) {
    const { done, value } = await found.pieces.next()
    if (done === true) return { rows: lines, bytesRead, rowsRead, requests, atOnce }
    const { rows } = value
    bytesRead += value.bytesRead
    rowsRead += value.rowsRead
    for (const i of select(rows, false)) {
      const { vehicleIds, vehicle, vehicleTypes, vehicleType, eventTime, longitude, latitude, speed, heading } = rows
      lines.push(
        [
          textAt(vehicleIds, vehicle[i]),
          vehicleTypes[vehicleType[i]],
          eventTime[i],
          longitude[i],
          latitude[i],
          speed[i],
          heading[i],
        ].join(),
      )
    }
  }
}

const storeWith = async (bytes: Uint8Array): Promise<ObjectStore> => {
  const store = createMemoryStore()
  await store.put(PATH, bytes)
  return store
}

const idOf = (line: string): string => line.slice(0, line.indexOf(','))

test('of a large file the pages of a vehicle are read, in one request for all filters and indexes, and nothing of a file that has it not', async () => {
  const bytes = largeFile().slice()
  expect(bytes.length).toBeGreaterThan(SMALL_FILE_BYTES)
  const store = await storeWith(bytes)
  const all = await search(store, bytes.length, searchFor(undefined))
  const found = await search(store, bytes.length, searchFor(['v1030']))
  expect(found.rows).toEqual(all.rows.filter((line) => idOf(line) === 'v1030'))
  expect(found.rows.length).toBeGreaterThan(300)
  // In a third of the tiles, and in one page or two of each.
  expect(found.rowsRead).toBeLessThanOrEqual(5 * 2 * PAGE_ROWS)
  expect(found.bytesRead).toBeLessThan(all.bytesRead / 3)
  const none = await search(store, bytes.length, searchFor(['v1030x']))
  // The end of the file.
  expect(none).toEqual({ rows: [], rowsRead: 0, bytesRead: 32 * 1024, requests: 1, atOnce: 1 })
})

test.each([
  [1, 32 * 1024],
  [24, 512 * 1024],
  // As large as a compacted file is to become.
  [128, 2 * 1024 * 1024],
  [1_024, 2 * 1024 * 1024],
])(
  'of a file of %d MiB the end is read first, for which there is memory: %d bytes of it',
  async (mebibytes, length) => {
    const bytes = mebibytes * 1024 * 1024
    const asked: unknown[] = []
    const store: ObjectStore = {
      ...createMemoryStore(),
      size: async () => bytes,
      get: async (_, range) => void asked.push(range),
    }
    const chunk = { path: PATH, bytes, inside: false }
    await readChunk(store, chunk, { search: searchFor(['v1030']), arena: createArena() })
    expect(asked).toEqual([{ offset: bytes - length, length }])
    expect(memoryToOpen(chunk) - memoryToOpen({ ...chunk, bytes: SMALL_FILE_BYTES })).toBeGreaterThanOrEqual(length)
  },
)

test('the end of a file is part of what its pieces take', async () => {
  const bytes = largeFile()
  const chunk = { path: PATH, bytes: bytes.length, inside: false }
  const found = await readChunk(await storeWith(bytes), chunk, { search: searchFor(['v1030x']), arena: createArena() })
  expect(found).toMatchObject({ memoryBytes: 32 * 1024 })
})

test('of a row group whose pages lie far apart a few are asked for at once', async () => {
  const [pages, vehicles] = [48, 48]
  const file = startParquetFile(1 << 20, TILE_ROWS)
  // A vehicle a page, and pages of 32 KiB and more.
  const length = pages * TILE_ROWS
  const noise = (seed: number) => (_: unknown, i: number) => seedOf(seed, i) / 2 ** 32
  file.add(
    rowsOfArrays({
      ...tileOf(0, 0, vehicles),
      length,
      vehicle: Int32Array.from({ length }, (_, i) => Math.floor(i / TILE_ROWS)),
      vehicleType: new Int32Array(length),
      eventTime: Float64Array.from({ length }, noise(1)).map((part) => START + Math.floor(part * 3.6e9)),
      longitude: Int32Array.from(Float64Array.from({ length }, noise(2)), (part) => -55_000_000 - part * 4e6),
      latitude: Int32Array.from(Float64Array.from({ length }, noise(3)), (part) => -34_000_000 - part * 4e6),
      speed: Float32Array.from({ length }, noise(4)),
      heading: Float32Array.from({ length }, noise(5)),
    }),
  )
  const bytes = file.finish().slice()
  const store = await storeWith(bytes)
  const wanted = Array.from({ length: pages / 6 }, (_, i) => `v${1_000 + 6 * i}`)
  const found = await search(store, bytes.length, searchFor(wanted))
  const all = await search(store, bytes.length, searchFor(undefined))
  expect(found.rows).toEqual(all.rows.filter((line) => wanted.includes(idOf(line))))
  expect(found.requests).toBeGreaterThan(30)
  expect(found.atOnce).toBe(8)
})

test('answers are those of a full scan, whoever wrote the file', async () => {
  const ours = largeFile().slice()
  const { file } = await writeForeign(100_000)
  const foreign = new Uint8Array(await readFile(file))
  for (const [bytes, name] of [
    [ours, (i: number) => `v${1_000 + (i % 260)}`],
    [foreign, (i: number) => `v${i}-ü`],
  ] as const) {
    expect(bytes.length).toBeGreaterThan(SMALL_FILE_BYTES)
    const store = await storeWith(bytes)
    const all = await search(store, bytes.length, searchFor(undefined))
    const wanted = fc.array(fc.nat(11_000).map(name), { maxLength: 70 })
    await fc.assert(
      fc.asyncProperty(wanted, fc.integer({ min: 1, max: 60_000 }), async (ids, seconds) => {
        const searched = searchFor(ids, seconds)
        const expected = all.rows.filter(
          (line) => ids.includes(idOf(line)) && Number(line.split(',')[2]) < searched.period.to,
        )
        expect((await search(store, bytes.length, searched)).rows).toEqual(expected)
      }),
      { numRuns: 8 },
    )
  }
})

test('a filter or an index that is damaged is a fault, never fewer rows', async () => {
  const good = largeFile().slice()
  const [group] = parseFooter(good).rowGroups
  const places = [
    filterSpanOf(group)!.start + 40,
    group.columns[0]!.columnIndex!.start + 12,
    group.columns[4]!.offsetIndex!.end - 3,
  ]
  const told: string[] = []
  for (const at of places) {
    const bytes = good.slice()
    bytes[at] ^= 1
    const result = search(await storeWith(bytes), bytes.length, searchFor(['v1030']))
    told.push(
      await result.then(
        () => 'read',
        (error: Error) => error.message,
      ),
    )
    expect((await search(await storeWith(bytes), bytes.length, searchFor(undefined))).rows.length).toBe(
      TILES * TILE_ROWS,
    )
  }
  expect(told).toEqual([
    "the file can't be read: a filter of its vehicle ids is damaged: its checksum does not fit",
    "the file can't be read: an index of its pages is damaged: its checksum does not fit",
    "the file can't be read: an index of its pages is damaged: its checksum does not fit",
  ])
})

const FOREIGN_GROUPS = 5
const GROUP_ROWS = 8_000
const FOREIGN_PAGE_ROWS = 80

/** Row groups each with the same hundred vehicles, sorted by them, a page a vehicle. */
const foreignFile = (): Uint8Array =>
  byHyparquet(
    Array.from(
      { length: FOREIGN_GROUPS * GROUP_ROWS },
      (_, i) => `v${String(Math.floor((i % GROUP_ROWS) / FOREIGN_PAGE_ROWS)).padStart(7, '0')}`,
    ),
    { rowGroupSize: GROUP_ROWS, ...sameRows(FOREIGN_PAGE_ROWS) },
  )

test('the page indexes of several row groups of another writer, which lie among each other, are used', async () => {
  const bytes = foreignFile()
  expect(bytes.length).toBeGreaterThan(SMALL_FILE_BYTES)
  const beforeEnd = parseFooter(bytes).rowGroups.filter(
    (group) => indexSpanOf(group, [])!.start < bytes.length - 32 * 1024,
  )
  expect(beforeEnd.length).toBeGreaterThanOrEqual(3)
  const store = await storeWith(bytes)
  const all = await search(store, bytes.length, searchFor(undefined))
  const found = await search(store, bytes.length, searchFor(['v0000042']))
  expect(found.rows).toEqual(all.rows.filter((line) => idOf(line) === 'v0000042'))
  expect(found.rows.length).toBe(FOREIGN_GROUPS * FOREIGN_PAGE_ROWS)
  expect(found.rowsRead).toBe(FOREIGN_GROUPS * FOREIGN_PAGE_ROWS)
})

test('of another writer a filter or an index that is damaged is passed over', async () => {
  const good = foreignFile()
  const [group] = parseFooter(good).rowGroups
  const all = await search(await storeWith(good), good.length, searchFor(['v0000042']))
  const read: number[] = []
  for (const { start, end } of [filterSpanOf(group)!, group.columns[0]!.columnIndex!, group.columns[4]!.offsetIndex!]) {
    const bytes = good.slice().fill(0xff, start, end)
    const found = await search(await storeWith(bytes), bytes.length, searchFor(['v0000042']))
    expect(found.rows).toEqual(all.rows)
    read.push(found.rowsRead - all.rowsRead)
  }
  // Without the filter pages are found all the same, without an index the row group is read whole.
  expect(read).toEqual([0, GROUP_ROWS - FOREIGN_PAGE_ROWS, GROUP_ROWS - FOREIGN_PAGE_ROWS])
})
