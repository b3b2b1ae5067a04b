import { DAY_MS } from './calendar.ts'
import { GPS_EPOCH_MS } from './leap-seconds.ts'

/** Why an instant is more likely a device's fault than a time: it is counted and told, and not changed. */
export type Suspicion =
  /** A clock that was never set: it began at 1970. */
  | 'epoch-1970'
  /** A receiver of GPS that knew no time yet: it began at 1980-01-06. */
  | 'epoch-gps'
  /** A receiver that has lost count of weeks: 1,024 weeks (19.6 years) or a multiple too early. */
  | 'gps-week-rollover'

export const GPS_ROLLOVER_MS: number = 1024 * 7 * DAY_MS
const MOST_ROLLOVERS = 2

/** Days on which the count of weeks began again: what receivers without a fix say. */
const ROLLOVERS: readonly number[] = [1, 2].map((k) => GPS_EPOCH_MS + k * GPS_ROLLOVER_MS)

const isWithin = (ms: number, from: number, to: number): boolean => ms >= from && ms < to

/**
 * What makes an instant suspicious, if anything.
 * @param ms since the epoch
 * @param around when the other rows are, as `mostOf` gives it, or when the file was written; missing where that is not known
 */
export const suspicionOf = (
  ms: number,
  around?: { readonly from: number; readonly to: number },
): Suspicion | undefined => {
  if (isWithin(ms, 0, DAY_MS)) return 'epoch-1970'
  if (isWithin(ms, GPS_EPOCH_MS, GPS_EPOCH_MS + DAY_MS)) return 'epoch-gps'
  if (around === undefined || ms >= around.from - DAY_MS) return undefined
  const isFirstDay = ROLLOVERS.some((from) => isWithin(ms, from, from + DAY_MS))
  if (isFirstDay && around.from - ms > 365 * DAY_MS) return 'gps-week-rollover'
  for (let k = 1; k <= MOST_ROLLOVERS; k++) {
    const mended = ms + k * GPS_ROLLOVER_MS
    if (isWithin(mended, around.from - DAY_MS, around.to + DAY_MS)) return 'gps-week-rollover'
  }
  return undefined
}

/** The period of most instants: from the one that a twentieth of them precedes to the one that a twentieth follows. Undefined when there are none. */
export const mostOf = (instants: readonly number[]): { readonly from: number; readonly to: number } | undefined => {
  const sorted = instants.filter((ms) => Number.isFinite(ms)).toSorted((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const cut = Math.floor(sorted.length / 20)
  return { from: sorted[cut], to: sorted[sorted.length - 1 - cut] }
}
