/** Of a vehicle that reports evenly, this number of reports in a row must be missing for a gap. */
export const GAP_INTERVALS = 3

/** An interval of this length or less is never a gap, however often a vehicle reports: ms. */
export const MIN_GAP_MS = 60_000

const DAY_MS = 86_400_000

/** Days since the epoch, UTC. */
export const dateNumberOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)

/**
 * The cadence of the reports of a vehicle on one UTC date: the median interval between distinct times, of an even number of intervals the lower of
 * the two in the middle, so that it is one that occurred.
 * @param times ms, ascending; rows `[from, to)`. Equal times count once
 * @returns ms; undefined where there are fewer than two distinct times
 */
export const cadenceOf = (times: ArrayLike<number>, from: number, to: number): number | undefined => {
  const intervals = new Float64Array(Math.max(0, to - from - 1))
  let count = 0
  for (let row = from + 1; row < to; row++) {
    const interval = times[row] - times[row - 1]
    if (interval > 0) intervals[count++] = interval
  }
  if (count === 0) return undefined
  return intervals.subarray(0, count).toSorted()[(count - 1) >> 1]
}

/**
 * The longest interval between two reports of a vehicle on a date that is not a gap: `GAP_INTERVALS` times its cadence, at least `MIN_GAP_MS`; the latter
 * where there is no cadence. Most vehicles report so often that it is the latter, which needs no sorting.
 * @param knownMs the cadence over all reports of the date; undefined where it is not known: then that of the times `[from, to)` is taken
 */
export const cadenceGapMs = (times: ArrayLike<number>, from: number, to: number, knownMs?: number): number => {
  if (knownMs !== undefined) return Math.max(MIN_GAP_MS, GAP_INTERVALS * knownMs)
  let [short, all] = [0, 0]
  for (let row = from + 1; row < to; row++) {
    const interval = times[row] - times[row - 1]
    if (interval <= 0) continue
    all++
    if (interval * GAP_INTERVALS <= MIN_GAP_MS) short++
  }
  // The lower median is the interval number (all + 1) >> 1, counted from the shortest.
  if (short >= (all + 1) >> 1) return MIN_GAP_MS
  return Math.max(MIN_GAP_MS, GAP_INTERVALS * (cadenceOf(times, from, to) ?? 0))
}
