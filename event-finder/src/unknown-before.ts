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
