import { orAborted } from '@fleetlake/core'
import { setTimeout } from 'node:timers/promises'
import type { Router } from '../batching/router.ts'
import { createBreather } from './breather.ts'
import type { Pace } from './pace.ts'
import type { Slice } from './slices.ts'

/** In real time batches go out at least this often, full or not. */
const FLUSH_MS = 1000
/** The longest sleep between two looks at the clock. */
const NAP_MS = 250

export interface SimulationDeps {
  readonly router: Router
  readonly pace: Pace
  /** Resolves once every partition has room. */
  whenRoom(): Promise<void>
  /** Monotonic, ms. */
  now(): number
  /** Aborted: stops between two rows; what is in the batches is published still. */
  readonly signal: AbortSignal
}

/** Makes the reports of every tick in turn and puts them into batches as they are due. All batches are published at the end. */
export const simulate = async (slices: readonly Slice[], ticks: number, deps: SimulationDeps): Promise<void> => {
  const { router, pace, now, signal, whenRoom } = deps
  const { isDue, breathe } = createBreather()
  let flushedAt = now()

  /** Puts what is due into batches, until a partition has no room. */
  const routeDue = (): 'all' | 'early' | 'full' => {
    const before = pace.dueBefore(now())
    let routed: 'all' | 'early' = 'all'
    for (const slice of slices) {
      const { reports } = slice
      slice.next = router.route(slice, slice.next, before)
      if (slice.next === reports.length) continue
      if (reports.time[slice.next] < before) return 'full'
      routed = 'early'
    }
    return routed
  }

  const sleepUntilDue = async (): Promise<void> => {
    const clock = now()
    let waitMs = NAP_MS
    for (const { reports, next } of slices) {
      if (next < reports.length) waitMs = Math.min(waitMs, pace.waitMs(reports.time[next], clock))
    }
    await setTimeout(waitMs, undefined, { signal }).catch(() => {})
  }

  const flushInTime = (): void => {
    if (pace.dueBefore(now()) === Infinity || now() - flushedAt < FLUSH_MS) return
    router.flush()
    flushedAt = now()
  }

  for (let tick = 0; tick < ticks && !signal.aborted; tick++) {
    for (const slice of slices) {
      slice.fleet.tick(tick, slice.reports)
      slice.next = 0
      if (isDue()) await breathe()
    }
    for (;;) {
      const routed = routeDue()
      if (routed === 'all') break
      await orAborted(whenRoom(), signal)
      if (signal.aborted) break
      flushInTime()
      if (routed === 'early') await sleepUntilDue()
      if (signal.aborted) break
    }
    flushInTime()
  }
  router.flush()
}
