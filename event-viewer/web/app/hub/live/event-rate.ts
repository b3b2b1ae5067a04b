/** Events a second over the last seconds, in bounded memory. */
export interface EventRate {
  add(events: number, nowMs: number): void
  perSecond(nowMs: number): number
}

const BIN_MS = 100
const BINS = 30

/** Counts in bins of a tenth of a second; the one that is being filled is not looked at. */
export const createEventRate = (): EventRate => {
  const counts = new Float64Array(BINS + 1)
  let newest = -Infinity

  const advance = (nowMs: number): void => {
    const bin = Math.floor(nowMs / BIN_MS)
    // A clock that was set back: the bins that were ahead of it mean nothing any more.
    if (bin > newest + BINS || bin < newest - BINS) counts.fill(0)
    else for (let i = newest + 1; i <= bin; i++) counts[i % counts.length] = 0
    newest = bin
  }

  return {
    add: (events, nowMs) => {
      advance(nowMs)
      counts[newest % counts.length] += events
    },
    perSecond: (nowMs) => {
      advance(nowMs)
      const all = counts.reduce((sum, count) => sum + count, 0)
      return ((all - counts[newest % counts.length]) * 1000) / (BINS * BIN_MS)
    },
  }
}
