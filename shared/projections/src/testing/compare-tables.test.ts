import { createMemoryStore, openTable } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { NOW_MS, type Row, SETTINGS, writeRows } from '../../../archive/src/testing/log-table.ts'
import { ALL_BUCKETS } from '../buckets.ts'
import { latestProjection, PRESENCE_PROJECTION } from '../engine/projection.ts'
import { stepBuckets } from '../engine/step-buckets.ts'
import { createHeldKeys } from '../fold/held-keys.ts'
import { openProjectionTable } from '../table/projection-table.ts'
import { compareTables } from './compare-tables.ts'

const DATE = '2026-11-20'
const row = (vehicleId: string, time: number): Row => ({
  vehicleId,
  vehicleType: 'bus',
  time,
  x: 1_000_000,
  y: 1_000_000,
  speed: 1,
  heading: 1,
})

test('the comparison waits for tables that have not taken in all, and finds rows that are missing', async () => {
  const stores = { moves: createMemoryStore(), presence: createMemoryStore(), latest: createMemoryStore() }
  const table = await openTable(stores.moves, { create: SETTINGS, now: () => NOW_MS })
  const noon = Date.parse(`${DATE}T12:00:00Z`)
  const write = async (...rows: Row[]): Promise<void> => {
    expect(
      await table.commit({ parts: [{ add: await writeRows(stores.moves, rows) }], operation: 'WRITE' }),
    ).toMatchObject({
      status: 'committed',
    })
  }
  const projections = [
    { projection: PRESENCE_PROJECTION, store: stores.presence },
    { projection: latestProjection([]), store: stores.latest },
  ]
  const fold = async (): Promise<void> => {
    for (const { projection, store } of projections) {
      const own = (await openProjectionTable(store, projection.kind, { create: true }))!
      let isComplete = false
      while (!isComplete) {
        const report = await stepBuckets(ALL_BUCKETS, {
          moves: stores.moves,
          snapshot: table.snapshot,
          projection,
          table: own,
          held: createHeldKeys(),
          memory: Infinity,
          maxLagMs: Infinity,
          now: Date.now,
          signal: new AbortController().signal,
          tell: () => undefined,
          onRows: () => undefined,
        })
        ;({ isComplete } = report)
      }
    }
  }
  let pauses = 0
  const pause = async (): Promise<void> => {
    pauses++
    await fold()
  }
  const compare = (date?: string) => compareTables(stores, { bys: ['vehicle_id'], pause, ...(date && { date }) })
  await write(row('a', noon), row('b', noon))
  expect([await compare(), await compare(DATE), pauses > 0]).toEqual([[], [], true])
  await write(row('a', noon - 86_400_000), row('c', noon))
  const presence = (await openProjectionTable(stores.presence, PRESENCE_PROJECTION.kind))!
  await fold()
  const state = await presence.refresh()
  const at = state.offset(0)!
  await presence.commit({ buckets: ALL_BUCKETS, from: at, to: at, replace: {}, operation: 'DELETE' })
  expect(await compare()).toEqual([
    expect.stringMatching(/^presence has 0 rows where 4 are due: without \{"vehicle":"./),
  ])
  expect(await compare(DATE)).toEqual([expect.stringMatching(/^presence has 0 rows where 3 are due/)])
})
