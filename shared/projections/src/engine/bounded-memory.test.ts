import { createMemoryStore, type ObjectStore, openTable } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { type Row, SETTINGS, someRows, writeRows } from '../../../archive/src/testing/log-table.ts'
import { ALL_BUCKETS } from '../buckets.ts'
import { createHeldKeys } from '../fold/held-keys.ts'
import { openProjectionTable, type ProjectionTable } from '../table/projection-table.ts'
import { KEYS_AT_ONCE, type RowSelection } from '../table/selection.ts'
import { distinctReports, plainLatest, plainPresence } from '../testing/batch-oracle.ts'
import { latestTexts, presenceTexts } from '../testing/table-rows.ts'
import { latestProjection, PRESENCE_PROJECTION, type Projection } from './projection.ts'
import { stepBuckets } from './step-buckets.ts'

const NOW_MS = Date.UTC(2026, 10, 18, 12)
const WINDOW_MS = SETTINGS.windowMs
const VEHICLES = 4_000
/** Reports of one of them in each so many, which are a window's file. */
const FILES = 40
const [ROW] = someRows(1)

/** A report of each vehicle, or of some; no file has many of them. */
const reports = (round: number, every = 1, vehicles = VEHICLES): Row[] =>
  Array.from({ length: vehicles / every }, (_, i) => ({
    ...ROW,
    vehicleId: `v-${i * every}`,
    time: NOW_MS + (i % FILES) * WINDOW_MS + round * 1_000,
  }))

/** A table that notes how many keys it is asked for at once. */
const counting = (table: ProjectionTable) => {
  let mostKeys = 0
  const count = (selection: RowSelection): RowSelection => {
    mostKeys = Math.max(mostKeys, selection.keys?.length ?? 0)
    return selection
  }
  const counted: ProjectionTable = {
    ...table,
    get state() {
      return table.state
    },
    read: (state, selection) => table.read(state, count(selection)),
    readAtOnce: (state, selection) => table.readAtOnce(state, count(selection)),
    rows: (state, selection) => table.rows(state, count(selection)),
  }
  return { table: counted, mostKeys: () => mostKeys }
}

/** A table of positions that is followed by one projector. */
const openWorld = async (projection: Projection, memory: number) => {
  const moves = createMemoryStore()
  const table = await openTable(moves, { create: SETTINGS, now: () => NOW_MS })
  const { table: own, mostKeys } = counting(
    (await openProjectionTable(createMemoryStore(), projection.kind, { create: true, now: () => NOW_MS }))!,
  )
  const held = createHeldKeys()
  let mostBytes = 0
  let logReads: string[] = []
  const readMoves: ObjectStore = {
    ...moves,
    get: (path, range) => {
      if (path.startsWith('_delta_log/')) logReads.push(path)
      return moves.get(path, range)
    },
  }
  const write = async (rows: readonly Row[]) =>
    table.commit({ parts: [{ add: await writeRows(moves, rows) }], operation: 'WRITE' })
  /** @returns commits that it took, and what it read of the log of positions */
  const step = async (buckets: readonly number[] = ALL_BUCKETS) => {
    const { version } = own.state
    logReads = []
    for (let isComplete = false; !isComplete;) {
      const deps = {
        moves: readMoves,
        snapshot: await table.refresh(),
        projection,
        table: own,
        held,
        memory,
        maxLagMs: Infinity,
      }
      const told = {
        tell: () => {},
        onRows: () => (mostBytes = Math.max(mostBytes, held.bytes())),
        now: () => NOW_MS,
        signal: new AbortController().signal,
      }
      ;({ isComplete } = await stepBuckets(buckets, { ...deps, ...told }))
    }
    return { commits: own.state.version - version, logReads }
  }
  const distinct = async () => distinctReports(moves, await table.refresh())
  return {
    write,
    step,
    held,
    mostBytes: () => mostBytes,
    mostKeys,
    distinct,
    rows: async () => own.rows(own.state, {}),
  }
}

test.each([
  { projection: PRESENCE_PROJECTION, parts: ['2026-11-18'], texts: presenceTexts },
  { projection: latestProjection([]), parts: ['vehicle_id'], texts: latestTexts },
])(
  'what is held of keys stays within memory, and a step of few rows makes few commits and reads the log once: $projection.kind.name',
  async ({ projection, parts, texts }) => {
    const ample = await openWorld(projection, Infinity)
    await ample.write(reports(0))
    await ample.step()
    const all = ample.held.bytes()
    const ofOneBucket = Math.max(...ALL_BUCKETS.map((bucket) => ample.held.bytes({ parts, buckets: [bucket] })))
    const memory = Math.floor(all / 3)
    const scarce = await openWorld(projection, memory)
    await scarce.write(reports(0))
    await scarce.step()
    const commits: number[] = []
    for (const round of [1, 2, 3]) {
      const rows = reports(round, 100)
      await Promise.all([ample.write(rows), scarce.write(rows)])
      await ample.step()
      const step = await scarce.step()
      commits.push(step.commits)
      expect(step.logReads).toEqual([...new Set(step.logReads)])
    }
    expect(scarce.mostBytes()).toBeLessThanOrEqual(memory + ofOneBucket)
    expect(commits.filter((count) => count > 16)).toEqual([])
    expect(texts(await scarce.rows())).toEqual(texts(await ample.rows()))
    await ample.write(reports(4))
    await ample.step(ALL_BUCKETS.slice(0, 8))
    expect(ample.held.bytes({ parts, buckets: ALL_BUCKETS.slice(8) })).toBe(0)
  },
)

test.each([
  { projection: PRESENCE_PROJECTION, texts: presenceTexts, plain: plainPresence },
  {
    projection: latestProjection([]),
    texts: latestTexts,
    plain: (all: Parameters<typeof plainLatest>[0]) => plainLatest(all, ['vehicle_id']),
  },
])(
  'keys that all come once more are looked up in slices, and come to what they do in a batch: $projection.kind.name',
  async ({ projection, texts, plain }) => {
    const vehicles = KEYS_AT_ONCE + FILES
    const world = await openWorld(projection, Infinity)
    const first = reports(0, 1, vehicles)
    await world.write(first)
    await world.step()
    expect(world.mostKeys()).toBe(0)
    // Some of them corrected.
    await world.write(first.map((row, i) => (i % 2 === 0 ? row : { ...row, x: row.x + 1 })))
    await world.step()
    expect(world.mostKeys()).toBe(KEYS_AT_ONCE)
    expect(texts(await world.rows())).toEqual(plain(await world.distinct()))
  },
)
