import type { ArchiveSummary } from '../../../api/archive-summary.ts'
import type { Period } from '../../shell/period.ts'
import type { Until, When } from './search-request.ts'

export interface PeriodContext {
  readonly now: number
  /** Undefined when the archive could not be asked. */
  readonly archive: Pick<ArchiveSummary, 'oldest' | 'newest'> | undefined
  /** Nothing before it may be searched, ms since the epoch; anything when missing. */
  readonly earliest?: number | undefined
}

const DAY_MS = 86_400_000

/**
 * What a period means at an instant, as far back as may be searched; one that ends before that stays as it is. Undefined for one that ends with an archive of which nothing is known, or
 * that has no events.
 */
export const resolvePeriod = (when: When, context: PeriodContext): Period | undefined => {
  const period = meantPeriod(when, context)
  const { earliest = -Infinity } = context
  return period === undefined || period.to <= earliest ? period : { ...period, from: Math.max(period.from, earliest) }
}

const meantPeriod = (when: When, { now, archive }: PeriodContext): Period | undefined => {
  switch (when.kind) {
    case 'exact':
      return { from: when.from, to: when.to }
    case 'last': {
      const end = when.until === 'now' ? now : afterNewest(archive)
      return end === undefined ? undefined : { from: Math.max(0, end - when.ms), to: end }
    }
    case 'today':
      return { from: midnight(now, 0), to: midnight(now, 1) }
    case 'yesterday':
      return { from: midnight(now, -1), to: midnight(now, 0) }
    case 'all':
      // Rows that are not archived yet are found too, and some clocks run ahead.
      return { from: 0, to: Math.max(now + DAY_MS, afterNewest(archive) ?? 0) }
  }
}

/** The next whole second, as people write times: a period ends before its end. */
const afterNewest = (archive: PeriodContext['archive']): number | undefined =>
  archive === undefined || archive.newest === null ? undefined : nextSecond(archive.newest)

export const nextSecond = (timeMs: number): number => (Math.floor(timeMs / 1000) + 1) * 1000

/** Of this machine's zone, some days after that of an instant; a day may have 23 or 25 hours. */
const midnight = (timeMs: number, days: number): number => {
  const date = new Date(timeMs)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
}

/** When nothing has come for longer than this, hours are counted back from the newest event, and from the clock otherwise. */
const STILL_MS = 15 * 60_000

export const usualUntil = ({ now, archive }: PeriodContext): Until => {
  const newest = archive?.newest ?? undefined
  return newest !== undefined && now - newest > STILL_MS ? 'newest' : 'now'
}

/** The default period of a search. */
export const usualPeriod = (context: PeriodContext): When => ({
  kind: 'last',
  ms: 3_600_000,
  until: usualUntil(context),
})
