import { type Period, periodOfDate } from '@fleetlake/core'
import type { Snapshot } from '@fleetlake/archive'

/**
 * The first date of the table, where a period begins before it: retention took what was before, or there never was anything.
 * @param from of the period, RFC 3339
 */
export const unknownBefore = ({ dates }: Pick<Snapshot, 'dates'>, from: string): string | undefined => {
  let oldest: string | undefined
  for (const date of dates.keys()) if (oldest === undefined || date < oldest) oldest = date
  return oldest !== undefined && Date.parse(from) < Date.parse(oldest) ? oldest : undefined
}

/**
 * What is to be said of a period that reaches into dates which retention took: what came late stays longer than what came in time, so that some rows of such dates may be
 * there still.
 */
export const goneDatesNote = (
  { newestDateGone }: Pick<Snapshot, 'newestDateGone'>,
  { from }: Pick<Period, 'from'>,
): string | undefined =>
  newestDateGone === undefined || from >= periodOfDate(newestDateGone).to
    ? undefined
    : `retention has taken dates up to ${newestDateGone}: positions of those dates may be gone`
