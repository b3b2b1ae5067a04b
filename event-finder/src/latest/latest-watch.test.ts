import {
  createMemoryStore,
  dropOldDates,
  type MemoryObjects,
  openTable,
  readChanges,
  type Snapshot,
  writeChunk,
} from '@fleetlake/archive'
import { bytesOfStrings, positionsOfRows, type Rows, rowsOfArrays, textAt, textsOfStrings } from '@fleetlake/columnar'
import { openCodec } from '@fleetlake/columnar/formats'
import { cellBounds, parseCell, windowStart } from '@fleetlake/core'
import { ALL_BUCKETS, LATEST, latestBatch, openProjectionTable, type ProjectionTable } from '@fleetlake/projections'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HeldTail, type Missing, holdNothing, holdTail } from '../tail/held-tail.ts'
import { createTailBlock } from '../tail/tail-block.ts'
import { holdLatest } from './latest-rows.ts'
import { createLatestWatch } from './latest-watch.ts'
import { rowsOfFile } from './rows-of-file.ts'

const DAY_MS = 86_400_000
const WINDOW_MS = 12 * 3_600_000
const START_MS = Date.parse('2026-01-05T00:00:00Z')
const CELL = '6c9x1'
const VEHICLES = ['v-1', 'v-2', 'v-3', 'v-4', 'v-5']

/** Of a vehicle, at a minute: no two of one vehicle are of one minute. */
interface Report {
  readonly vehicle: number
  readonly minute: number
}

type Step =
  | { readonly kind: 'archive'; readonly reports: readonly Report[] }
  | { readonly kind: 'tail'; readonly reports: readonly Report[] }
  /** Another program removes what was archived last that is still there. */
  | { readonly kind: 'remove' }
  /** The projector folds all that is archived. */
  | { readonly kind: 'fold' }
  | { readonly kind: 'ask'; readonly isNew: boolean; readonly keys: readonly number[] | undefined }

const reports = fc.array(fc.record({ vehicle: fc.nat(4), minute: fc.nat(600) }), { minLength: 1, maxLength: 6 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('archive' as const), reports }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('tail' as const), reports }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'fold' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      isNew: fc.boolean(),
      keys: fc.option(fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }), { nil: undefined }),
    }),
  },
)

const timeOf = ({ minute }: Report): number => START_MS + minute * 60_000
const { west, east, south, north } = cellBounds(parseCell(CELL), CELL.length)
const [X, Y] = [Math.round((west + east) * 5e5), Math.round((south + north) * 5e5)]

const rowsOf = (some: readonly Report[]): Rows => {
  const sorted = some.toSorted((a, b) => a.vehicle - b.vehicle || a.minute - b.minute)
  return rowsOfArrays({
    length: sorted.length,
    vehicleIds: textsOfStrings(VEHICLES),
    vehicle: Int32Array.from(sorted, ({ vehicle }) => vehicle),
    vehicleTypes: ['bus'],
    vehicleType: new Int32Array(sorted.length),
    eventTime: Float64Array.from(sorted, timeOf),
    longitude: new Int32Array(sorted.length).fill(X),
    latitude: new Int32Array(sorted.length).fill(Y),
  })
}

const NO_TAIL = holdNothing()

/** A stream, some messages a block, of which the tail is all. */
const startStream = () => {
  const blocks = [createTailBlock(0)]
  const at = () => blocks.at(-1)!.to
  return {
    add: (some: readonly Report[]): void => {
      if (at() - blocks.at(-1)!.from === 3) blocks.push(createTailBlock(at()))
      const message = some.map((each) => ({
        vehicleId: VEHICLES[each.vehicle],
        vehicleType: 'bus',
        eventTime: timeOf(each),
        longitude: X / 1e6,
        latitude: Y / 1e6,
        speed: 0,
        heading: 0,
      }))
      blocks.at(-1)!.add(positionsOfRows(message), Infinity)
    },
    hold: (): HeldTail => {
      const held = blocks.map((block) => ({ block, after: 0, through: at(), release: () => undefined }))
      return holdTail({ blocks: held, messages: at(), missing: [], formers: [] })
    },
  }
}

const lastOf = (some: Iterable<Report>): Map<string, number> => {
  const found = new Map<string, number>()
  for (const each of some)
    found.set(VEHICLES[each.vehicle], Math.max(timeOf(each), found.get(VEHICLES[each.vehicle]) ?? 0))
  return found
}

const codec = await openCodec('parquet')

/** What was archived at once, and its files. */
interface Archived {
  readonly reports: readonly Report[]
  readonly paths: readonly string[]
}

/** An archive, and its projection once one is folded. */
const startWorld = async (
  disk: MemoryObjects = new Map(),
  latestStore = createMemoryStore(),
  before: readonly Archived[] = [],
) => {
  const store = createMemoryStore(disk)
  const table = await openTable(store, { create: { geohashLength: 5, windowMs: WINDOW_MS } })
  const commits = [...before]
  const archived = (): Report[] => commits.flatMap(({ reports: some }) => some)
  const archive = async (some: readonly Report[]): Promise<void> => {
    const add = []
    for (const [start, group] of Map.groupBy(some, (each) => windowStart(timeOf(each), WINDOW_MS)))
      add.push(await writeChunk(rowsOf(group), { cell: CELL, windowStart: start }, { store, codec }))
    await table.commit({ parts: [{ add }], operation: 'WRITE' })
    commits.push({ reports: some, paths: add.map(({ path }) => path) })
  }
  const remove = async (): Promise<void> => {
    const { paths } = commits.pop()!
    await table.commit({ parts: [], remove: [...paths], operation: 'DELETE' })
  }
  /** All that is there. */
  const retain = async (): Promise<void> => {
    await dropOldDates(table, { retentionMs: 0, nowMs: Infinity })
  }
  /**
   * @param frontier days since 1970-01-01
   * @param by the columns that rows are keyed by beside the vehicle
   */
  const fold = async (frontier = 0, by: readonly string[] = []): Promise<void> => {
    const latest = (await openProjectionTable(latestStore, LATEST, { create: true }))!
    const { version } = table.snapshot
    const [{ commit }] = (await readChanges(store, version - 1, version))!
    const last = [...lastOf(archived())]
    const { length } = last
    const ids = { codes: Int32Array.from(last.keys()), texts: bytesOfStrings(last.map(([id]) => id)) }
    const zeros = new Int32Array(length)
    const made = await latest.commit({
      buckets: ALL_BUCKETS,
      from: latest.state.offset(0),
      to: { version, commit, frontier, by },
      replace: {},
      add: latestBatch({
        length,
        by: zeros,
        bys: bytesOfStrings(['vehicle_id']),
        key: ids.codes,
        keys: ids.texts,
        vehicle: ids.codes,
        vehicleIds: ids.texts,
        vehicleType: zeros,
        vehicleTypes: bytesOfStrings(['bus']),
        eventTime: Float64Array.from(last, ([, time]) => time),
        longitude: new Int32Array(length).fill(X),
        latitude: new Int32Array(length).fill(Y),
        speed: new Float32Array(length).fill(NaN),
        heading: new Float32Array(length).fill(NaN),
        revision: new Float64Array(length).fill(NaN),
      }),
      operation: 'WRITE',
    })
    expect(made.status).toBe('committed')
  }
  const open = () => openProjectionTable(latestStore, LATEST)
  const watch = (opened: () => Promise<ProjectionTable | undefined> = open) =>
    createLatestWatch({
      open: opened,
      changes: (after, to) => readChanges(store, after, to),
      rowsOf: (file, measures) => rowsOfFile(store, file, measures),
    })
  return { table, latestStore, commits, archived, archive, remove, retain, fold, open, watch }
}

type World = Awaited<ReturnType<typeof startWorld>>
type Watch = ReturnType<World['watch']>

interface Asking {
  readonly tail?: HeldTail
  readonly keys?: readonly string[] | undefined
}

/** What is told of a version: times by vehicle, and what is missing. */
const ask = async (watch: Watch, snapshot: Snapshot, { tail = NO_TAIL, keys }: Asking = {}) => {
  const { rows, missing } = await watch.find({ snapshot, tail }, { by: 'vehicle_id', keys })
  const told = new Map(
    Array.from({ length: rows.length }, (_, i) => [textAt(rows.vehicleIds, rows.vehicle[i]), rows.eventTime[i]]),
  )
  return { told, missing }
}

test('no last position is older than what is archived and in the tail, and none is of rows that were removed, whatever was folded, asked and started again', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (story) => {
      const world = await startWorld()
      let watch = world.watch()
      const tail: Report[] = []
      const stream = startStream()
      let [isFolded, isRemoved] = [false, false]
      for (const each of story) {
        if (each.kind === 'archive') await world.archive(each.reports)
        else if (each.kind === 'tail') {
          tail.push(...each.reports)
          stream.add(each.reports)
        } else if (each.kind === 'remove') {
          if (world.commits.length === 0) continue
          await world.remove()
          isRemoved = true
        } else if (each.kind === 'fold') {
          if (world.commits.length === 0) continue
          await world.fold()
          ;[isFolded, isRemoved] = [true, false]
        } else {
          if (each.isNew) watch = world.watch()
          const keys = each.keys?.map((key) => VEHICLES[key])
          const { told, missing } = await ask(watch, world.table.snapshot, { tail: stream.hold(), keys })
          const known = lastOf([...(isFolded ? world.archived() : []), ...tail])
          const wanted = new Map([...known].filter(([id]) => keys === undefined || keys.includes(id)))
          if (isFolded && !isRemoved) expect({ told, missing }).toEqual({ told: wanted, missing: [] })
          else {
            // What was archived since it was first asked may be known, too, and what was removed.
            for (const [id, time] of wanted) expect(told.get(id)).toBeGreaterThanOrEqual(time)
            expect(missing).not.toEqual([])
            expect(missing).toEqual(missing.map(() => expect.objectContaining({ path: 'latest' })))
          }
        }
      }
    }),
    { numRuns: 60 },
  ))

test('rows that another program removed do not come back, however many versions later they are looked for', async () => {
  const world = await startWorld()
  const watch = world.watch()
  await world.archive([{ vehicle: 0, minute: 1 }])
  await world.archive([{ vehicle: 0, minute: 5 }])
  await world.fold()
  await ask(watch, world.table.snapshot)
  await world.remove()
  for (let minute = 0; minute < 65; minute++) await world.archive([{ vehicle: 1, minute }])
  await world.fold()
  expect(await ask(watch, world.table.snapshot)).toEqual({ told: lastOf(world.archived()), missing: [] })
})

test('what retention takes stays known, and what another program takes of such a date is told', async () => {
  const world = await startWorld()
  const watches = [world.watch(), world.watch()]
  await world.archive([{ vehicle: 0, minute: 1 }])
  await world.fold()
  await world.retain()
  const known = { told: lastOf(world.archived()), missing: [] }
  expect(await ask(watches[0], world.table.snapshot)).toEqual(known)
  await world.archive([{ vehicle: 1, minute: 2 }])
  await ask(watches[0], world.table.snapshot)
  await world.remove()
  for (const watch of watches)
    expect((await ask(watch, world.table.snapshot)).missing).toEqual([
      { path: 'latest', reason: expect.stringContaining('another program has removed positions in version 4') },
    ])
})

test('last positions by another column are whole where the projector keeps them by it, and told to be missing where it does not', async () => {
  const world = await startWorld()
  await world.archive([{ vehicle: 0, minute: 1 }])
  let reads = 0
  const open = async (): Promise<ProjectionTable | undefined> => {
    const table = await world.open()
    const read: ProjectionTable['read'] = (...asked) => {
      reads++
      return table!.read(...asked)
    }
    return table && { ...table, read }
  }
  const missingBy = async (watch: Watch): Promise<readonly Missing[]> =>
    (await watch.find({ snapshot: world.table.snapshot, tail: NO_TAIL }, { by: 'state', keys: undefined })).missing
  const watch = world.watch(open)
  await world.fold()
  expect(await missingBy(watch)).toEqual([
    { path: 'latest', reason: expect.stringContaining('keeps no last positions by "state"') },
  ])
  expect(reads).toBe(0)
  await world.fold(0, ['state'])
  expect(await missingBy(watch)).toEqual([])
  expect(reads).toBe(1)
  await world.fold()
  expect(await missingBy(world.watch())).toHaveLength(1)
})

test('while there is no table, what was archived between two questions is known as well', async () => {
  const world = await startWorld()
  const watch = world.watch()
  await world.archive([{ vehicle: 0, minute: 1 }])
  await ask(watch, world.table.snapshot)
  for (const vehicle of [1, 2]) await world.archive([{ vehicle, minute: 2 }])
  const { told, missing } = await ask(watch, world.table.snapshot, {
    tail: holdLatest(rowsOf([{ vehicle: 3, minute: 3 }]), NO_TAIL, []),
  })
  expect([[...told.keys()], missing.length]).toEqual([['v-2', 'v-3', 'v-4'], 1])
})

test('a table that is not complete is read again once it has changed, and no sooner', async () => {
  const world = await startWorld()
  let reads = 0
  const watch = world.watch(async () => {
    const table = await world.open()
    const read: ProjectionTable['read'] = (...asked) => {
      reads++
      return table!.read(...asked)
    }
    return table && { ...table, read }
  })
  const askAll = async (): Promise<unknown> => {
    const { told, missing } = await ask(watch, world.table.snapshot)
    return { told, missing: missing.length, reads }
  }
  await world.archive([{ vehicle: 0, minute: 1 }])
  await world.fold(START_MS / DAY_MS + 1)
  await askAll()
  await world.archive([{ vehicle: 1, minute: 2 }])
  expect(await askAll()).toEqual({ told: lastOf(world.archived()), missing: 1, reads: 1 })
  await world.fold()
  expect(await askAll()).toEqual({ told: lastOf(world.archived()), missing: 0, reads: 2 })
})

test('what was folded of another copy of the archive is not taken for what this one holds', async () => {
  const disk: MemoryObjects = new Map()
  const former = await startWorld(disk)
  await former.archive([{ vehicle: 0, minute: 1 }])
  const [copy, commits] = [new Map(disk), [...former.commits]]
  await former.archive([{ vehicle: 0, minute: 5 }])
  await former.fold()
  const restored = await startWorld(copy, former.latestStore, commits)
  const watch = restored.watch()
  const unarchived = [{ vehicle: 4, minute: 9 }]
  const tail = holdLatest(rowsOf(unarchived), NO_TAIL, [])
  const nothing = { told: lastOf(unarchived), missing: [expect.objectContaining({ path: 'latest' })] }
  expect(await ask(watch, restored.table.snapshot, { tail })).toEqual(nothing)
  for (const vehicle of [1, 2]) {
    await restored.archive([{ vehicle, minute: 2 }])
    expect(await ask(watch, restored.table.snapshot, { tail })).toEqual(nothing)
  }
  await restored.fold()
  expect(await ask(watch, restored.table.snapshot)).toEqual({ told: lastOf(restored.archived()), missing: [] })
})

test('of a tail one piece is folded in a turn', async () => {
  const world = await startWorld()
  await world.archive([{ vehicle: 0, minute: 1 }])
  await world.fold()
  let turn = 0
  let next: NodeJS.Immediate
  const count = (): void => {
    turn++
    next = setImmediate(count)
  }
  next = setImmediate(count)
  const turns: number[] = []
  const tail: HeldTail = {
    ...NO_TAIL,
    *pieces() {
      for (const vehicle of [0, 1, 2, 3]) {
        turns.push(turn)
        yield* holdLatest(rowsOf([{ vehicle, minute: 9 }]), NO_TAIL, []).pieces()
      }
    },
  }
  const { rows } = await world
    .watch()
    .find({ snapshot: world.table.snapshot, tail }, { by: 'vehicle_id', keys: undefined })
  clearImmediate(next)
  expect([rows.length, new Set(turns).size]).toEqual([4, 4])
})

test('what was folded of a tail is not folded again while what it was folded into is held', async () => {
  const world = await startWorld()
  const watch = world.watch()
  const stream = startStream()
  let rows = 0
  const askAll = async (): Promise<unknown> => {
    const held = stream.hold()
    const tail: HeldTail = {
      ...held,
      *pieces(taken) {
        for (const piece of held.pieces(taken)) {
          rows += piece.rows.length
          yield piece
        }
      },
    }
    return { told: (await ask(watch, world.table.snapshot, { tail })).told, rows }
  }
  const sent = [0, 1, 2, 3, 4].map((vehicle) => ({ vehicle, minute: 9 }))
  await world.archive([sent[4]])
  await world.fold()
  for (const report of sent.slice(0, 3)) stream.add([report])
  await askAll()
  expect(await askAll()).toEqual({ told: lastOf(sent.filter(({ vehicle }) => vehicle !== 3)), rows: 3 })
  stream.add([sent[3]])
  const all = lastOf(sent)
  expect(await askAll()).toEqual({ told: all, rows: 4 })
  watch.forget()
  expect(await askAll()).toEqual({ told: all, rows: 8 })
})

test('a table that is ahead of the version that is asked of has all of it', async () => {
  const world = await startWorld()
  await world.archive([{ vehicle: 0, minute: 1 }])
  const { snapshot } = world.table
  await world.archive([{ vehicle: 0, minute: 5 }])
  await world.fold()
  expect(await ask(world.watch(), snapshot)).toEqual({ told: lastOf(world.archived()), missing: [] })
})

test('what is being read of an archive that was replaced meanwhile is not held', async () => {
  const world = await startWorld()
  await world.archive([{ vehicle: 0, minute: 1 }])
  await world.fold()
  const [opening, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let opened = 0
  const watch = world.watch(async () => {
    opened++
    opening.resolve()
    await gate.promise
    return world.open()
  })
  const asked = ask(watch, world.table.snapshot)
  await opening.promise
  watch.forget()
  gate.resolve()
  await asked
  await ask(watch, world.table.snapshot)
  expect(opened).toBe(2)
})
