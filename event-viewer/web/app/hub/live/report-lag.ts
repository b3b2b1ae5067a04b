/** How far reports are behind when they come: the median over the last seconds, so that one wrong clock decides nothing. */
export interface ReportLag {
  /**
   * @param lagMs from the time of the report to its coming; negative for a clock that is ahead
   * @param reports how many reports this one stands for
   */
  add(lagMs: number, reports: number, nowMs: number): void
  /** Of the reports of the last three seconds; while none come, what it was last; undefined before the first. */
  medianMs(nowMs: number): number | undefined
}

const OVER_MS = 3_000
/** The newest are kept: they are enough for a median, however many come in three seconds. */
const MOST_SAMPLES = 4_096

export const createReportLag = (): ReportLag => {
  const lags = new Float64Array(MOST_SAMPLES)
  const weights = new Float64Array(MOST_SAMPLES)
  const times = new Float64Array(MOST_SAMPLES).fill(-Infinity)
  let next = 0
  let median: number | undefined

  return {
    add: (lagMs, reports, nowMs) => {
      lags[next] = lagMs
      weights[next] = reports
      times[next] = nowMs
      next = (next + 1) % MOST_SAMPLES
    },
    medianMs: (nowMs) => {
      const recent: number[] = []
      let total = 0
      for (let i = 0; i < MOST_SAMPLES; i++) {
        // A clock that was set back leaves samples that are ahead of it.
        if (nowMs - times[i] > OVER_MS || times[i] > nowMs) continue
        recent.push(i)
        total += weights[i]
      }
      recent.sort((a, b) => lags[a] - lags[b])
      let passed = 0
      for (const i of recent) {
        passed += weights[i]
        if (2 * passed < total) continue
        median = lags[i]
        break
      }
      return median
    },
  }
}
