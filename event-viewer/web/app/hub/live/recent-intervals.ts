import { cadenceGapMs, MIN_GAP_MS } from '@fleetlake/viewer-core'

/** How often vehicles report, by slot: the newest intervals of each between reports of its own, ms of event time. */
export interface RecentIntervals {
  /** Of a vehicle of which nothing is known yet. */
  clear(slot: number): void
  /** @returns whether the interval, which is the newest, is a gap: longer than three times the median of those that are held, and than a minute */
  add(slot: number, intervalMs: number): boolean
  reserve(slots: number): void
}

/** 16 bytes a vehicle. */
export const RECENT_INTERVALS = 4

export const createRecentIntervals = (): RecentIntervals => {
  let intervals = new Float32Array(1024 * RECENT_INTERVALS)
  // Times that are so far apart; only where a gap is possible at all.
  const times = new Float64Array(RECENT_INTERVALS + 1)

  const isGap = (at: number, intervalMs: number): boolean => {
    let count = 1
    for (let i = 0; i < RECENT_INTERVALS && intervals[at + i] > 0; i++) {
      times[count] = times[count - 1] + intervals[at + i]
      count++
    }
    return intervalMs > cadenceGapMs(times, 0, count)
  }

  return {
    clear: (slot) => void intervals.fill(0, slot * RECENT_INTERVALS, (slot + 1) * RECENT_INTERVALS),
    add: (slot, intervalMs) => {
      const at = slot * RECENT_INTERVALS
      for (let i = RECENT_INTERVALS - 1; i > 0; i--) intervals[at + i] = intervals[at + i - 1]
      intervals[at] = intervalMs
      return intervalMs > MIN_GAP_MS && isGap(at, intervalMs)
    },
    reserve: (slots) => {
      if (slots * RECENT_INTERVALS <= intervals.length) return
      const more = new Float32Array(intervals.length * 2)
      more.set(intervals)
      intervals = more
    },
  }
}
