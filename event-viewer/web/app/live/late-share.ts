import type { LiveCounters } from './live-frame.ts'

type Counted = Pick<LiveCounters, 'events' | 'lateEvents'>

const OVER_MS = 5_000

/** The part of the reports of the last five seconds that were late, 0 to 1; 0 without reports. */
export const createLateShare = (): ((counters: Counted, nowMs: number) => number) => {
  let samples: (Counted & { readonly atMs: number })[] = []
  return ({ events, lateEvents }, nowMs) => {
    const recent = samples.filter(({ atMs }) => nowMs - atMs <= OVER_MS)
    samples = [...recent, { events, lateEvents, atMs: nowMs }]
    const [first] = samples
    return events === first.events ? 0 : (lateEvents - first.lateEvents) / (events - first.events)
  }
}
