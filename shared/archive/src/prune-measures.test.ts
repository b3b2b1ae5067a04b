import { bindFilter, type MeasureSpec, parseFilter } from '@fleetlake/columnar'
import { type FilterRow, filters, type FilterSource, selectsRow, writtenFilter } from '@fleetlake/columnar/testing'
import { areaOf } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AddFile } from './log/actions.ts'
import { writeCheckpoint } from './log/write-checkpoint.ts'
import { prune, type Search } from './prune.ts'
import type { Snapshot } from './snapshot.ts'
import type { ObjectStore } from './store/object-store.ts'
import { createMemoryStore } from './store/memory-store.ts'
import { openTable } from './table.ts'
import { MEASURES, NOW_MS, type Row, SETTINGS, someRows, writeChunks } from './testing/log-table.ts'

const GLOBE = areaOf({
  type: 'Polygon',
  coordinates: [
    [
      [-180, -90],
      [180, -90],
      [180, 90],
      [-180, 90],
      [-180, -90],
    ],
  ],
})
const EVER = { from: 0, to: 4e12 }
const COLUMNS: readonly MeasureSpec[] = MEASURES.filter(({ name }) => name !== 'revision')

const LONG = 'x'.repeat(80)
const SOURCES: readonly FilterSource[] = [
  { name: 'vehicle_id', values: ['v-0', 'v-1', 'é'], mayBeNull: false },
  { name: 'vehicle_type', values: ['bus', 'taxi'], mayBeNull: false },
  { name: 'speed', values: [0, 1.5], mayBeNull: true },
  {
    name: 'temperature',
    values: [-3.5, 0, 0.1, 8, 1e300, Infinity, -Infinity],
    written: [-4, 0, 0.1, 8, 9],
    mayBeNull: true,
  },
  { name: 'load', values: [0.1, 0.25, 8].map(Math.fround), written: [0.1, 0.25, 16_777_217], mayBeNull: true },
  { name: 'pulses', values: [0, 9_007_199_254_740_991, -5], mayBeNull: true },
  { name: 'doors', values: [1, 2, 3], written: [0, 1, 2.5, 3], mayBeNull: true },
  { name: 'state', values: ['idle', 'ä', '', LONG, `${LONG}y`, '🚌'], mayBeNull: true },
  { name: 'ignition', values: [true, false], mayBeNull: true },
]
const FURTHER = new Set(COLUMNS.map(({ name }) => name))

/** Columns that the rows of a file may have a value in. */
const fileArbitrary = fc.subarray(SOURCES.filter(({ name }) => FURTHER.has(name))).chain((said) =>
  fc.array(
    fc.record({
      vehicle: fc.constantFrom('v-0', 'v-1', 'é'),
      type: fc.constantFrom('bus', 'taxi'),
      speed: fc.constantFrom(0, 1.5, NaN),
      measures: fc.record(
        Object.fromEntries(
          said.map(({ name, values }) => [name, fc.option(fc.constantFrom(...values), { nil: undefined })]),
        ),
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
)

interface Stats {
  numRecords: number
  minValues: Record<string, unknown>
  maxValues: Record<string, unknown>
  nullCount: Record<string, number>
}

const withStats = (add: AddFile, change: (stats: Stats) => void): AddFile => {
  const stats = JSON.parse(add.stats!) as Stats
  change(stats)
  return { ...add, stats: JSON.stringify(stats) }
}

/** As another engine names a file. */
const named = (add: AddFile): AddFile => ({ ...add, path: add.path.replace(/[^/]+$/, (name) => `part-${name}`) })

const shortFloat = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(7)) : value)

/** What may be in a log, of any writer. */
const VARIANTS: readonly ((add: AddFile) => AddFile)[] = [
  (add) => add,
  (add) => add,
  (add) => ({ ...add, stats: '' }),
  // Floats in as few digits as tell them apart.
  (add) =>
    named(
      withStats(add, ({ minValues, maxValues }) => {
        if ('load' in minValues) minValues['load'] = shortFloat(minValues['load'])
        if ('load' in maxValues) maxValues['load'] = shortFloat(maxValues['load'])
      }),
    ),
  // Only of the first columns.
  (add) =>
    named(
      withStats(add, ({ minValues, maxValues, nullCount }) => {
        for (const values of [minValues, maxValues, nullCount]) {
          for (const name of ['doors', 'state', 'ignition', 'temperature']) delete values[name]
        }
      }),
    ),
  // Bounds that are none.
  (add) =>
    named(
      withStats(add, ({ minValues, maxValues }) => {
        minValues['temperature'] = 'NaN'
        maxValues['doors'] = null
        maxValues['state'] = 7
      }),
    ),
  (add) =>
    named(withStats(add, ({ nullCount }) => void Object.keys(nullCount).forEach((name) => delete nullCount[name]))),
  (add) => ({ ...add, stats: '{"minValues":null,"maxValues":[],"nullCount":"x"}' }),
]

type FileRows = readonly { vehicle: string; type: string; speed: number; measures: Record<string, never> }[]

const tableOf = async (
  files: readonly (readonly [FileRows, number])[],
): Promise<{ store: ObjectStore; snapshot: Snapshot; rowsOf: Map<string, readonly FilterRow[]> }> => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  await table.commit({ parts: [], columns: [...COLUMNS], operation: 'ADD COLUMNS' })
  const rowsOf = new Map<string, readonly FilterRow[]>()
  const add: AddFile[] = []
  for (const [said, variant] of files) {
    const places = someRows(said.length)
    const rows = said.map(({ vehicle, type, speed, measures }, i): Row => {
      const known = Object.entries(measures).filter(([, value]) => value !== undefined)
      return { ...places[i], vehicleId: vehicle, vehicleType: type, speed, measures: Object.fromEntries(known) }
    })
    for (const written of await writeChunks(store, rows)) {
      const changed = VARIANTS[variant](written.add)
      add.push(changed)
      rowsOf.set(
        changed.path,
        written.rows.map(({ vehicleId, vehicleType, speed, measures }) => ({
          vehicle_id: vehicleId,
          vehicle_type: vehicleType,
          speed: Number.isNaN(speed) ? null : speed,
          ...measures,
        })),
      )
    }
  }
  await table.commit({ parts: [{ add }], operation: 'WRITE' })
  return { store, snapshot: table.snapshot, rowsOf }
}

const searchFor = (text: string, { measures, otherColumns }: Snapshot): Search => ({
  area: GLOBE,
  period: EVER,
  where: bindFilter(parseFilter(text), text, { measures, otherColumns }).test,
})

test('no file with a row that a filter selects is left out, whatever the log tells of it', async () => {
  let left = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fileArbitrary, fc.nat(VARIANTS.length - 1)), { minLength: 1, maxLength: 8 }),
      fc.array(filters(SOURCES), { minLength: 8, maxLength: 8 }),
      async (files, asked) => {
        const { snapshot, rowsOf } = await tableOf(files as never)
        for (const filter of asked) {
          const text = writtenFilter(filter)
          const kept = new Set(prune(snapshot, searchFor(text, snapshot)).kept.map(({ chunk }) => chunk.path))
          for (const [path, rows] of rowsOf) {
            if (kept.has(path)) continue
            left++
            expect(rows.filter((row) => selectsRow(filter, row, COLUMNS))).toEqual([])
          }
        }
      },
    ),
    { numRuns: 120 },
  )
  expect(left).toBeGreaterThan(500)
})

const said = (measures: Record<string, unknown>, count = 2): FileRows =>
  Array.from({ length: count }, () => ({ vehicle: 'v-0', type: 'bus', speed: 1, measures: measures as never }))

const keptBy = (snapshot: Snapshot, rowsOf: ReadonlyMap<string, unknown>, where: string): number[] => {
  const paths = [...rowsOf.keys()]
  return prune(snapshot, searchFor(where, snapshot))
    .kept.map(({ chunk }) => paths.indexOf(chunk.path))
    .toSorted((a, b) => a - b)
}

test('a file is left out for its bounds, and for having no value of a measure, as far as its log says so', async () => {
  const { snapshot, rowsOf } = await tableOf([
    [said({ temperature: 8, state: 'idle' }), 0],
    [said({ temperature: 9 }), 0],
    [said({}), 0],
    // Of what others leave out of statistics nothing is known.
    [said({}), 4],
    [said({ temperature: 1 }), 2],
  ])
  const kept = (where: string): number[] => keptBy(snapshot, rowsOf, where)
  expect(kept('temperature > 8')).toEqual([1, 3, 4])
  expect(kept('temperature >= 8')).toEqual([0, 1, 3, 4])
  expect(kept('temperature is null')).toEqual([0, 1, 2, 3, 4])
  expect(kept('temperature is not null')).toEqual([0, 1, 3, 4])
  expect(kept("state = 'driving'")).toEqual([3, 4])
  expect(kept("temperature > 8 and state is not null or vehicle_id = 'v-9'")).toEqual([3, 4])
  expect(kept("vehicle_type < 'bus'")).toEqual([4])
  expect(kept(`event_time < '${new Date(NOW_MS).toISOString()}'`)).toEqual([4])
})

test('what a checkpoint tells of the measures is what the commits tell', async () => {
  const files = fc.sample(
    fc.array(fc.tuple(fileArbitrary, fc.nat(VARIANTS.length - 1)), { minLength: 20, maxLength: 20 }),
    {
      numRuns: 1,
      seed: 3,
    },
  )
  const { store, snapshot } = await tableOf(files[0] as never)
  await writeCheckpoint(store, snapshot.version, NOW_MS)
  const { snapshot: opened } = await openTable(store)
  const toldIn = ({ files: all }: Snapshot): unknown =>
    new Map(
      Array.from(all(), (chunk) => [chunk.path, chunk.measures] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    )
  expect(toldIn(opened)).toEqual(toldIn(snapshot))
})

test('the bound of a float that is written in few digits holds for the float', async () => {
  const { snapshot, rowsOf } = await tableOf([
    [said({ load: Math.fround(0.1) }), 3],
    [said({ load: Math.fround(0.1) }), 0],
  ])
  expect(keptBy(snapshot, rowsOf, 'load >= 0.1')).toEqual([0, 1])
  expect(keptBy(snapshot, rowsOf, 'load = 0.1')).toEqual([0, 1])
  expect(keptBy(snapshot, rowsOf, 'load > 0.11')).toEqual([])
})

test('where writers may leave columns out of statistics, one that is not named may have values', async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  await table.commit({ parts: [], columns: [...COLUMNS], operation: 'ADD COLUMNS' })
  const [{ add }] = await writeChunks(store, someRows(3))
  await table.commit({ parts: [{ add: [add] }], operation: 'WRITE' })
  const search = searchFor('temperature > 8', table.snapshot)
  expect(prune(table.snapshot, search).kept).toEqual([])
  expect(prune({ ...table.snapshot, hasLimitedStats: true }, search).kept).toHaveLength(1)
})
