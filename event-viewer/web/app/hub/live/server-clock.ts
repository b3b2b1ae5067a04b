/** The hub's clock, estimated from its messages: the browser's own may be hours off. */
export interface ServerClock {
  /** @param aheadMs how far ahead of the browser's clock that of the hub is taken to be before the first message */
  assume(aheadMs: number): void
  /** @param storedMs when the hub stored what has come now, by its own clock; ms since the epoch */
  hear(storedMs: number, nowMs: number): void
  /** What the hub's clock says about now; what was assumed before the first message. */
  at(nowMs: number): number
}

/** A clock that was set is known again after twice this. */
const REMEMBER_MS = 60_000

/** Messages take time to arrive: the one that took the least gives the best estimate. */
export const createServerClock = (): ServerClock => {
  let [ahead, aheadBefore] = [-Infinity, -Infinity]
  let since = -Infinity
  let assumed = 0
  return {
    assume: (aheadMs) => {
      assumed = aheadMs
    },
    hear: (storedMs, nowMs) => {
      if (nowMs - since > REMEMBER_MS || nowMs < since) {
        aheadBefore = ahead
        ahead = -Infinity
        since = nowMs
      }
      ahead = Math.max(ahead, storedMs - nowMs)
    },
    at: (nowMs) => {
      const best = Math.max(ahead, aheadBefore)
      return nowMs + (best === -Infinity ? assumed : best)
    },
  }
}
