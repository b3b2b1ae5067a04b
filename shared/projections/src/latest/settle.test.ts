import { createMemoryStore, openTable } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { NOW_MS, type Row, SETTINGS, someRows, writeRows } from '../../../archive/src/testing/log-table.ts'
import { ALL_BUCKETS, bucketOf } from '../buckets.ts'
import type { FoldDeps } from '../engine/fold-deps.ts'
import { createHeldKeys } from '../fold/held-keys.ts'
import { openProjectionTable } from '../table/projection-table.ts'
import { latestTexts } from '../testing/table-rows.ts'
import { createWorld } from '../testing/world.ts'
import { foldLatestFiles } from './fold-files.ts'
import { LATEST } from './latest.ts'
import { type Settled, settle, type TiedAtOnce } from './settle.ts'

test('a key whose last reports retention took before they were folded stays known, however often it was reported', async () => {
  const buckets = [bucketOf('v-0')]
  const world = await createWorld(buckets)
  await world.step({ who: 0, buckets, isBehind: false, memory: Infinity, death: undefined })
  const [early, late] = ['2026-11-18', '2026-11-19'].map((date) =>
    someRows(1, '69y7p', Date.parse(`${date}T10:00:00Z`)),
  )
  await world.write([...early, ...late])
  await world.write(late)
  await world.dropDate('2026-11-19')
  const { latest } = await world.settle()
  const [{ vehicleId, time, x, y }] = late
  expect(latest).toEqual([
    JSON.stringify({ by: 'vehicle_id', key: vehicleId, vehicle: vehicleId, time, x, y, revision: null }),
  ])
})

/** What became of what a table of last positions has: it is as it was, corrected upwards or downwards, or gone. */
const FATES = ['same', 'news', 'wrong', 'gone'] as const
type Fate = (typeof FATES)[number]
const MOVED: Readonly<Record<Fate, number>> = { same: 0, news: 1, wrong: -1, gone: 0 }

interface Vehicle {
  readonly row: Row
  readonly fate: Fate
}

const [ROW] = someRows(1)
const VEHICLES: readonly Vehicle[] = Array.from({ length: 200 }, (_, i) => ({
  row: { ...ROW, vehicleId: `v-${i}`, x: ROW.x + 10, time: NOW_MS + (i % 7) * SETTINGS.windowMs },
  fate: FATES[i % FATES.length],
}))

const textOf = ({ vehicleId, time, x, y }: Row): string =>
  JSON.stringify({ by: 'vehicle_id', key: vehicleId, vehicle: vehicleId, time, x, y, revision: null })
const now = ({ row, fate }: Vehicle): Row => ({ ...row, x: row.x + MOVED[fate] })
const told = (settled: Settled) =>
  settled.status === 'split'
    ? { into: settled.into.map((buckets) => buckets.toSorted((a, b) => a - b)) }
    : { status: settled.status, add: latestTexts(LATEST.merge(settled.add)) }

/** Settles all keys of a table which has what some vehicles reported at first. */
const settleAll = async (
  vehicles: readonly Vehicle[],
  { buckets = ALL_BUCKETS, isAnew = false }: { readonly buckets?: readonly number[]; readonly isAnew?: boolean },
  atOnce: TiedAtOnce,
) => {
  const depsOf = async (rows: readonly Row[]): Promise<Omit<FoldDeps, 'table' | 'state'>> => {
    const moves = createMemoryStore()
    const archive = await openTable(moves, { create: SETTINGS, now: () => NOW_MS })
    await archive.commit({ parts: [{ add: await writeRows(moves, rows) }], operation: 'WRITE' })
    const snapshot = await archive.refresh()
    const signal = new AbortController().signal
    return { moves, snapshot, held: createHeldKeys(), memory: Infinity, onRows: () => {}, signal }
  }
  const table = (await openProjectionTable(createMemoryStore(), LATEST, { create: true, now: () => NOW_MS }))!
  const first = await depsOf(vehicles.map(({ row }) => row))
  const request = { files: [...first.snapshot.files()], buckets: ALL_BUCKETS, isAnew: false }
  const folded = await foldLatestFiles(['vehicle_id'], request, { ...first, table, state: table.state })
  if (!('add' in folded)) throw new TypeError(folded.status)
  const to = { version: 1, commit: 1, frontier: 0 }
  await table.commit({ buckets: ALL_BUCKETS, from: undefined, to, add: folded.add, operation: 'WRITE' })
  const deps = { ...(await depsOf(vehicles.filter(({ fate }) => fate !== 'gone').map(now))), table, state: table.state }
  return told(await settle({ buckets, tied: await table.rows(table.state, { buckets }), isAnew }, deps, atOnce))
}

test.each([
  { read: 1_000, compared: 1_000 },
  { read: 30, compared: 7 },
])('keys are settled alike however many are read and compared at once: $read, $compared', async (atOnce) => {
  const of = (...fates: readonly Fate[]): Vehicle[] => VEHICLES.filter(({ fate }) => fates.includes(fate))
  const textsOf = (vehicles: readonly Vehicle[]): string[] => vehicles.map((vehicle) => textOf(now(vehicle))).toSorted()
  const right = of('same', 'news', 'gone')
  expect(await settleAll(right, {}, atOnce)).toEqual({ status: 'folded', add: textsOf(of('news', 'gone')) })
  expect(await settleAll(VEHICLES, { isAnew: true }, atOnce)).toEqual({ status: 'folded', add: textsOf(VEHICLES) })
  const wrong = ALL_BUCKETS.filter((bucket) => of('wrong').some(({ row }) => bucketOf(row.vehicleId) === bucket))
  const others = ALL_BUCKETS.filter((bucket) => !wrong.includes(bucket))
  expect(await settleAll(VEHICLES, {}, atOnce)).toEqual({ into: [wrong, others] })
  const inWrong = VEHICLES.filter(({ row }) => wrong.includes(bucketOf(row.vehicleId)))
  expect(await settleAll(VEHICLES, { buckets: wrong }, atOnce)).toEqual({ status: 'whole', add: textsOf(inWrong) })
})
