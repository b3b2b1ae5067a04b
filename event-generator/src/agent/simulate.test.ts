import { expect, test } from 'vitest'
import type { Router } from '../batching/router.ts'
import { encodeVehicleIds } from '../batching/vehicle-ids.ts'
import { createReportColumns } from '../core/report-columns.ts'
import { createPace } from './pace.ts'
import { simulate } from './simulate.ts'
import type { Slice } from './slices.ts'

const START = Date.UTC(2026, 0, 5)

/** One vehicle a slice, one report a tick at the tick's begin. */
const slice = (vehicle: number, intervalMs: number): Slice => {
  const share = { first: vehicle, stride: 1, count: 1 }
  const tick = (k: number, out: Slice['reports']): void => {
    out.length = 1
    out.vehicle[0] = vehicle
    out.time[0] = START + k * intervalMs
  }
  return {
    fleet: { size: 1, types: ['car'], tick },
    reports: createReportColumns(1),
    ids: encodeVehicleIds(share, 'v-'),
    first: vehicle,
    stride: 1,
    next: 0,
  }
}

/** Notes which report went through, and when by the clock; has no room at the given reports, once each. */
const noting = (
  now: () => number,
  fullAt: readonly number[] = [],
): Router & { noted: { report: number; at: number }[]; flushes: number } => {
  const full = new Set(fullAt)
  const router = {
    noted: [] as { report: number; at: number }[],
    flushes: 0,
    route: ({ reports }: Slice, row: number, before: number): number => {
      if (row >= reports.length || reports.time[row] >= before) return row
      if (full.delete(reports.time[row] - START)) return row
      router.noted.push({ report: reports.time[row] - START, at: now() })
      return row + 1
    },
    flush: () => void router.flushes++,
  }
  return router as Router & typeof router
}

const asFastAsPossible = createPace({ startTime: START, speedFactor: Infinity, beganMs: 0 })

test('every report of every tick goes through once, in the order of the ticks, full partitions or not', async () => {
  const router = noting(() => 0, [10, 30])
  let waits = 0
  const whenRoom = async (): Promise<void> => void waits++
  const signal = new AbortController().signal
  await simulate([slice(0, 10)], 5, { router, pace: asFastAsPossible, whenRoom, now: () => 0, signal })
  expect(router.noted.map(({ report }) => report)).toEqual([0, 10, 20, 30, 40])
  expect({ waits, flushes: router.flushes }).toEqual({ waits: 2, flushes: 1 })
})

test('in real time no report goes through before its time, and batches are flushed meanwhile', async () => {
  const beganMs = performance.now()
  const now = (): number => performance.now()
  const router = noting(() => now() - beganMs)
  const pace = createPace({ startTime: START, speedFactor: 10, beganMs })
  const signal = new AbortController().signal
  await simulate([slice(0, 5000), slice(1, 5000)], 4, { router, pace, whenRoom: async () => {}, now, signal })
  expect(router.noted.map(({ report }) => report)).toEqual([0, 0, 5000, 5000, 10_000, 10_000, 15_000, 15_000])
  expect(router.noted.filter(({ report, at }) => at < report / 10)).toEqual([])
  expect(router.flushes).toBeGreaterThanOrEqual(2)
})

test('a stop ends a wait for room and a wait for the clock, and publishes what was made', async () => {
  for (const speedFactor of [Infinity, 0.001]) {
    const aborter = new AbortController()
    const router = noting(() => 0, [10])
    const whenRoom = (): Promise<void> => {
      setImmediate(() => aborter.abort())
      return speedFactor === Infinity ? new Promise(() => {}) : Promise.resolve()
    }
    const pace = createPace({ startTime: START, speedFactor, beganMs: performance.now() })
    const now = (): number => performance.now()
    await simulate([slice(0, 10)], 5, { router, pace, whenRoom, now, signal: aborter.signal })
    expect({ reports: router.noted.map(({ report }) => report), flushes: router.flushes }).toEqual({
      reports: [0],
      flushes: 1,
    })
  }
})
