import { type Period, periodOfDate } from '@fleetlake/core'
import type { Snapshot } from '@fleetlake/archive'

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
