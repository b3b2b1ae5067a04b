import type { Metrics } from '@fleetlake/service'

/**
 * Tells, when it is asked, for how long tables have not had all of the archive. Nothing is told of one before its first step; one whose steps fail or do not end falls behind.
 * @returns to be called as a step of a projection begins, and once it has folded all that was committed at a moment, ms since the epoch
 */
export const tellLag = (
  metrics: Metrics,
  now: () => number = Date.now,
): ((projection: string, atMs: number, isFolded: boolean) => void) => {
  const foldedMs = new Map<string, number>()
  metrics.onScrape(() =>
    metrics.replace(
      'fleetlake_projection_lag_seconds',
      [...foldedMs].map(([projection, ms]) => [Math.max(0, now() - ms) / 1000, { projection }]),
    ),
  )
  return (projection, atMs, isFolded) => {
    if (isFolded || !foldedMs.has(projection)) foldedMs.set(projection, atMs)
  }
}
