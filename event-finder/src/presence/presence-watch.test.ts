import {
  type CompactionSettings,
  compactTable,
  createMemoryStore,
  openTable,
  prune,
  readChanges,
  type Table,
  writeChunk,
} from '@fleetlake/archive'
import { rowsOfArrays, textAt, textsOfStrings } from '@fleetlake/columnar'
import { openCodec } from '@fleetlake/columnar/formats'
import { areaOf, cellBounds, dateOf, parseCell, periodOfDate, windowStart } from '@fleetlake/core'
import { bucketOf, openProjectionTable, PRESENCE, presenceOfRows, type PresenceRow } from '@fleetlake/projections'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsOfFile } from '../latest/rows-of-file.ts'
import { GLOBE } from '../latest/latest-question.ts'
import { createPresenceWatch } from './presence-watch.ts'
import { createTouchedPairs } from './touched-pairs.ts'

const DAY_MS = 86_400_000
const WINDOW_MS = 12 * 3_600_000
const START_MS = Date.parse('2026-01-05T23:40:00Z')
const CELLS = ['6c9x1', '6c9x3', '6c9x7']
const VEHICLES = ['v-1', 'v-2', 'v-3', 'v-4', 'v-5', 'v-6', 'v-7']
const NUMBERS = [...VEHICLES.keys()]
const BEGIN_MS = START_MS - 20 * 60_000
const EVERYWHERE = areaOf(GLOBE)

/** A report: vehicle, cell, and minutes since the beginning. */
interface Report {
  readonly vehicle: number
  readonly cell: number
  readonly minute: number
}

type Step =
  | { readonly kind: 'add'; readonly reports: readonly Report[] }
  | { readonly kind: 'compact' }
  /** Another engine takes a file out, with its rows. */
  | { readonly kind: 'remove'; readonly file: number }
  /** The projector folds all that there is, of some buckets, back to a day. */
  | { readonly kind: 'fold'; readonly vehicles: readonly number[]; readonly frontier: number }

const report: fc.Arbitrary<Report> = fc.record({
  vehicle: fc.nat(VEHICLES.length - 1),
  cell: fc.nat(CELLS.length - 1),
  minute: fc.nat(90),
})

const folding: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('fold' as const),
  vehicles: fc.subarray(NUMBERS, { minLength: 5 }),
  frontier: fc.nat(2),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      reports: fc.array(report, { minLength: 4, maxLength: 14 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'compact' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), file: fc.nat(20) }) },
  { weight: 2, arbitrary: folding },
)

const timeOf = ({ minute }: Report): number => BEGIN_MS + minute * 60_000

/** A place in the cell. */
const placeIn = (cell: string): { readonly x: number; readonly y: number } => {
  const { west, east, south, north } = cellBounds(parseCell(cell), cell.length)
  return { x: Math.round((west + east) * 5e5), y: Math.round((south + north) * 5e5) }
}

const codec = await openCodec('parquet')
const SETTINGS: CompactionSettings = { targetBytes: 1e8, quietMs: 0, memory: 1e8 }

const startWorld = async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: { geohashLength: 5, windowMs: WINDOW_MS } })
  const presence = await openProjectionTable(createMemoryStore(), PRESENCE, { create: true })
  return { store, table, presence: presence! }
}
type World = Awaited<ReturnType<typeof startWorld>>

/** All rows of the newest version, as `vehicle cell time` of their files. */
const rowsIn = async (
  { store }: World,
  files: Iterable<{ readonly path: string; readonly bytes: number; readonly cell: string }>,
): Promise<{ readonly id: string; readonly cell: string; readonly time: number; readonly path: string }[]> => {
  const found = []
  for (const { path, bytes, cell } of files)
    for await (const rows of rowsOfFile(store, { path, bytes }, []))
      for (let row = 0; row < rows.length; row++)
        found.push({ id: textAt(rows.vehicleIds, rows.vehicle[row]), cell, time: rows.eventTime[row], path })
  return found
}

const add = async ({ store, table }: World, reports: readonly Report[]): Promise<void> => {
  const groups = Map.groupBy(reports, (each) => `${windowStart(timeOf(each), WINDOW_MS)} ${each.cell}`)
  const files = []
  for (const [group, some] of groups) {
    const cell = CELLS[Number(group.split(' ')[1])]
    const { x, y } = placeIn(cell)
    const sorted = some.toSorted((a, b) => a.vehicle - b.vehicle || a.minute - b.minute)
    const rows = rowsOfArrays({
      length: sorted.length,
      vehicleIds: textsOfStrings(VEHICLES),
      vehicle: Int32Array.from(sorted, ({ vehicle }) => vehicle),
      vehicleTypes: ['bus'],
      vehicleType: new Int32Array(sorted.length),
      eventTime: Float64Array.from(sorted, timeOf),
      longitude: new Int32Array(sorted.length).fill(x),
      latitude: new Int32Array(sorted.length).fill(y),
    })
    files.push(await writeChunk(rows, { cell, windowStart: Number(group.split(' ')[0]) }, { store, codec }))
  }
  await table.commit({ parts: [{ add: files }], operation: 'WRITE' })
}

/** What the projector would write, by brute force. */
const presenceNow = async (world: World): Promise<PresenceRow[]> => {
  const rows = await rowsIn(world, world.table.snapshot.files())
  const pairs = Map.groupBy(rows, ({ id, cell, time }) => `${id} ${dateOf(time)} ${cell}`)
  return Array.from(pairs.values(), (some) => {
    const times = some.map(({ time }) => time)
    const [{ id, cell, time }] = some
    return {
      vehicleId: id,
      day: Math.floor(time / DAY_MS),
      cell,
      first: Math.min(...times),
      last: Math.max(...times),
      rows: times.length,
      intervals: new Map([[60, times.length - 1]]),
    }
  })
}

const fold = async (world: World, vehicles: readonly number[], frontier: number): Promise<void> => {
  const { table, presence, store } = world
  const version = table.snapshot.version
  const [{ commit }] = (await readChanges(store, version - 1, version))!
  const to = { version, commit, frontier: Math.floor(BEGIN_MS / DAY_MS) + frontier }
  const rows = (await presenceNow(world)).filter(({ day }) => day >= to.frontier)
  for (const bucket of new Set(vehicles.map((vehicle) => bucketOf(VEHICLES[vehicle])))) {
    const some = rows.filter(({ vehicleId }) => bucketOf(vehicleId) === bucket)
    const from = (await presence.refresh()).offset(bucket)
    const made = await presence.commit({
      buckets: [bucket],
      from,
      to,
      add: presenceOfRows(some),
      replace: {},
      operation: 'WRITE',
    })
    expect(made.status).toBe('committed')
  }
}

const remove = async (table: Table, file: number): Promise<void> => {
  const files = [...table.snapshot.files()]
  if (files.length === 0) return
  await table.commit({ parts: [], remove: [files[file % files.length].path], operation: 'DELETE' })
}

const play = async (world: World, story: readonly Step[]): Promise<void> => {
  for (const each of story) {
    if (each.kind === 'add') await add(world, each.reports)
    else if (each.kind === 'remove') await remove(world.table, each.file)
    else if (each.kind === 'fold') await fold(world, each.vehicles, each.frontier)
    else
      await compactTable(SETTINGS, {
        table: world.table,
        store: world.store,
        codec,
        signal: new AbortController().signal,
      })
  }
}

test('what presence passes over holds no row of the vehicles, whatever was added, merged and removed since, by whomever', async () => {
  let [passedOver, narrowed] = [0, 0]
  await fc.assert(
    fc.asyncProperty(
      fc
        .tuple(fc.array(step, { maxLength: 3 }), folding, fc.array(step, { maxLength: 3 }))
        .map(([before, folded, since]) => [...before, folded, ...since]),
      fc.subarray(NUMBERS, { minLength: 1, maxLength: 2 }),
      async (story, vehicles) => {
        const world = await startWorld()
        await add(world, [{ vehicle: 0, cell: 0, minute: 0 }])
        await play(world, story)
        const vehicleIds = vehicles.map((vehicle) => VEHICLES[vehicle])
        const faults: unknown[] = []
        const watch = createPresenceWatch({
          open: async () => world.presence,
          touched: createTouchedPairs((after, to) => readChanges(world.store, after, to)),
          onFault: (error) => faults.push(error),
        })
        const { snapshot } = world.table
        const search = { area: EVERYWHERE, period: { from: 0, to: 4e12 }, vehicleIds, vehicleTypes: undefined }
        const timesIn = await watch.timesIn((await watch.look())!, snapshot, search)
        const { kept } = prune(snapshot, { ...search, timesIn })
        const times = new Map(kept.map(({ chunk, period }) => [chunk.path, period]))
        const wanted = (await rowsIn(world, snapshot.files())).filter(({ id }) => vehicleIds.includes(id))
        for (const { path, time } of wanted) {
          const period = times.has(path) ? (times.get(path) ?? periodOfDate(dateOf(time))) : undefined
          expect(period !== undefined && time >= period.from && time < period.to).toBe(true)
        }
        expect(faults).toEqual([])
        passedOver += prune(snapshot, search).kept.length - kept.length
        narrowed += kept.filter(({ period }) => period !== undefined && period.to - period.from < DAY_MS).length
      },
    ),
    { numRuns: 80 },
  )
  expect(passedOver).toBeGreaterThan(0)
  expect(narrowed).toBeGreaterThan(0)
})

test('of a date that retention has taken nothing is passed over: what came into it late is in the table, and not in presence', async () => {
  const world = await startWorld()
  await add(
    world,
    [0, 1, 2].map((cell) => ({ vehicle: cell, cell, minute: 0 })),
  )
  // As it is once the dates are dropped: all is folded, and presence says nothing of the first day.
  await fold(world, NUMBERS, 1)
  const watch = createPresenceWatch({
    open: async () => world.presence,
    touched: createTouchedPairs((after, to) => readChanges(world.store, after, to)),
    onFault: (error) => {
      throw error
    },
  })
  const { table, state } = (await watch.look())!
  const whole = { ...state, offset: (bucket: number) => ({ ...state.offset(bucket)!, frontier: 0 }) }
  const search = {
    area: EVERYWHERE,
    period: { from: 0, to: 4e12 },
    vehicleIds: [VEHICLES[1]],
    vehicleTypes: undefined,
    visible: undefined,
  }
  const date = dateOf(BEGIN_MS)
  const timesAt = async (newestDateGone: string | undefined) =>
    (await watch.timesIn({ table, state: whole }, { ...world.table.snapshot, newestDateGone }, search))!(date, CELLS[1])
  expect([await timesAt(undefined), await timesAt('2026-01-04'), await timesAt(date)]).toEqual([
    undefined,
    undefined,
    periodOfDate(date),
  ])
})

test('for vehicles of which there is too much to read nothing is passed over', async () => {
  const world = await startWorld()
  await add(world, [
    { vehicle: 0, cell: 0, minute: 0 },
    { vehicle: 0, cell: 1, minute: 1 },
  ])
  await fold(world, NUMBERS, 0)
  const { snapshot } = world.table
  const search = { area: EVERYWHERE, period: { from: 0, to: 4e12 }, vehicleIds: ['v-1'], vehicleTypes: undefined }
  const knownWith = async (mostReadRows: number): Promise<boolean> => {
    const watch = createPresenceWatch({
      open: async () => world.presence,
      touched: createTouchedPairs((after, to) => readChanges(world.store, after, to)),
      onFault: (error) => expect(error).toBeUndefined(),
      mostReadRows,
    })
    return (await watch.timesIn((await watch.look())!, snapshot, search)) !== undefined
  }
  expect([await knownWith(1), await knownWith(2)]).toEqual([false, true])
})
