import { dateOf, periodOfDate, staysUntilMs } from '@fleetlake/core'
import { parquetCodec } from '@fleetlake/columnar/formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCheckpoint } from '../log/make-checkpoint.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { openTable } from '../table.ts'
import { SETTINGS, someRows, writeRows } from '../testing/log-table.ts'
import { DAY_MS, HOUR_MS } from '../testing/maintained-table.ts'
import { createMaintenance } from './maintain-table.ts'

const START_MS = Date.UTC(2026, 10, 21, 10)
const DATES = ['2008-02-02', '2008-02-03', '2026-11-18', '2026-11-20', '2026-11-21']

interface Coming {
  /** Since the one before. */
  readonly afterMs: number
  readonly date: string
}

const comings: fc.Arbitrary<Coming[]> = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 40 * HOUR_MS }), date: fc.constantFrom(...DATES) }),
  { minLength: 1, maxLength: 6 },
)

test('whenever rows come into whatever date, they are there until what was promised when they came, and go then', async () => {
  await fc.assert(
    fc.asyncProperty(comings, fc.constantFrom(HOUR_MS, DAY_MS, 3 * DAY_MS, 400 * DAY_MS), async (all, retentionMs) => {
      let nowMs = START_MS
      const store = createMemoryStore()
      const table = await openTable(store, { create: SETTINGS, now: () => nowMs, checkpointEvery: 3, makeCheckpoint })
      const maintenance = createMaintenance(
        {
          targetBytes: 1 << 20,
          quietMs: 0,
          memory: 1 << 26,
          retentionMs,
          logRetentionMs: 30 * DAY_MS,
          graceMs: 2 * HOUR_MS,
          vacuumEveryMs: 0,
        },
        { table, store, codec: parquetCodec, now: () => nowMs, signal: new AbortController().signal },
      )
      const promised = new Map<string, number>()
      const check = async (): Promise<void> => {
        await maintenance.run()
        const due = [...promised].filter(([, untilMs]) => untilMs > nowMs).map(([date]) => date)
        expect([...table.snapshot.dates.keys()].toSorted()).toEqual(due.toSorted())
        for (const [date, untilMs] of promised) if (untilMs <= nowMs) promised.delete(date)
      }
      for (const { afterMs, date } of all) {
        nowMs += afterMs
        const rows = someRows(5, '69y7p', periodOfDate(date).from + 12 * HOUR_MS)
        const add = await writeRows(store, rows, nowMs)
        expect(await table.commit({ parts: [{ add }], operation: 'WRITE' })).toMatchObject({ status: 'committed' })
        const untilMs = staysUntilMs(dateOf(rows[0].time), { retentionMs, nowMs })
        promised.set(date, Math.max(untilMs, promised.get(date) ?? 0))
        await check()
      }
      for (const untilMs of [...promised.values()].toSorted((a, b) => a - b)) {
        nowMs = Math.max(nowMs, untilMs - 1)
        await check()
        nowMs = Math.max(nowMs, untilMs)
        await check()
      }
      expect(table.snapshot.totals.files).toBe(0)
      await table.close()
    }),
    { numRuns: 8 },
  )
})
