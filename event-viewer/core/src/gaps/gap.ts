import { plainDuration } from '../human.ts'
import { cadenceGapMs, dateNumberOf, GAP_INTERVALS, MIN_GAP_MS } from './cadence.ts'

/**
 * What is a gap: between two reports that are further apart than this many ms the place of the vehicle is not known. `automatic` takes it from
 * the cadence of the vehicle on each UTC date.
 */
export type Gap = 'automatic' | number

/** Whose cadence it was: of all reports of the dates, of those that were found, or of some dates the one and of others the other. */
export type CadenceReports = 'all' | 'found' | 'both'

/** The lengths that counted as gaps: of several vehicles and dates, from the shortest to the longest. */
export interface GapsUsed {
  readonly rule: Gap
  readonly fromMs: number
  readonly toMs: number
  /** Of the automatic rule alone. */
  readonly reports?: CadenceReports
}

/**
 * The longest interval within a date that is not a gap; times `[from, to)` are those of one vehicle on one UTC date.
 * @param knownMs its cadence over all reports of the date, where that is known
 */
export const gapOfDate = (
  gap: Gap,
  times: ArrayLike<number>,
  [from, to]: readonly [from: number, to: number],
  knownMs: number | undefined,
): number => (gap === 'automatic' ? cadenceGapMs(times, from, to, knownMs) : gap)

/** The longest interval from a report of one date to one of another that is not a gap: the longer of the two dates' gaps counts. */
export const gapBetweenDates = (beforeMs: number, afterMs: number): number => Math.max(beforeMs, afterMs)

/** Rows `[first, end)` of a vehicle on a date. */
export interface DateGap {
  readonly first: number
  readonly end: number
  /** The longest interval within it that is not a gap, and from the row before `first`, where there is one. */
  readonly gapMs: number
  readonly beforeMs: number
  /** Whether the cadence is that of all reports of the date. */
  readonly isKnown: boolean
}

/**
 * The reports of one vehicle, in rows `[from, to)`, date by date.
 * @param knownOn the cadence over all reports of a date by its number, where that is known
 * @param visit a date's rows, and what is a gap among them
 */
export const eachDate = (
  {
    gap,
    times,
    rows: [from, to],
    knownOn,
  }: {
    readonly gap: Gap
    readonly times: ArrayLike<number>
    readonly rows: readonly [from: number, to: number]
    readonly knownOn: (date: number) => number | undefined
  },
  visit: (date: DateGap) => void,
): void => {
  let beforeMs = 0
  for (let first = from; first < to;) {
    const date = dateNumberOf(times[first])
    let end = first + 1
    while (end < to && dateNumberOf(times[end]) === date) end++
    const knownMs = knownOn(date)
    const gapMs = gapOfDate(gap, times, [first, end], knownMs)
    visit({ first, end, gapMs, beforeMs: gapBetweenDates(beforeMs, gapMs), isKnown: knownMs !== undefined })
    beforeMs = gapMs
    first = end
  }
}

/** Adds up what was used. */
export const createGapsUsed = (
  rule: Gap,
): {
  /** @param isKnown whether the cadence is that of all reports of the date */
  add(gapMs: number, isKnown: boolean): void
  addUsed(used: GapsUsed): void
  used(): GapsUsed | undefined
} => {
  let [fromMs, toMs] = [Infinity, 0]
  let [known, found] = [0, 0]
  const reportsOf = (): CadenceReports => {
    if (known > 0 && found > 0) return 'both'
    return known > 0 ? 'all' : 'found'
  }
  return {
    add: (gapMs, isKnown) => {
      if (gapMs < fromMs) fromMs = gapMs
      if (gapMs > toMs) toMs = gapMs
      if (isKnown) known++
      else found++
    },
    addUsed: (used) => {
      fromMs = Math.min(fromMs, used.fromMs)
      toMs = Math.max(toMs, used.toMs)
      if (used.reports !== 'found') known++
      if (used.reports !== 'all') found++
    },
    used: () => {
      if (fromMs > toMs) return undefined
      return rule === 'automatic' ? { rule, fromMs, toMs, reports: reportsOf() } : { rule, fromMs, toMs }
    },
  }
}

const REPORTS: Readonly<Record<CadenceReports, string>> = {
  all: ', over all its reports',
  found: '',
  both: ', over all its reports where that is known',
}

/** `6 min`, or `1 min to 30 min` where they differ. */
export const gapLengthText = ({ fromMs, toMs }: Pick<GapsUsed, 'fromMs' | 'toMs'>): string => {
  const [shortest, longest] = [plainDuration(fromMs), plainDuration(toMs)]
  return shortest === longest ? longest : `${shortest} to ${longest}`
}

/** `gaps: longer than 6 min, 3 × the median interval of each vehicle and date and 1 min at least, over all its reports`. */
export const gapsText = (used: GapsUsed): string => {
  const longer = `gaps: longer than ${gapLengthText(used)}`
  if (used.rule !== 'automatic') return longer
  return `${longer}, ${GAP_INTERVALS} × the median interval of each vehicle and date and ${plainDuration(MIN_GAP_MS)} at least${REPORTS[used.reports ?? 'found']}`
}

/** The same for machines. */
export const gapsFacts = ({ rule, fromMs, toMs, reports }: GapsUsed): object => ({
  rule: rule === 'automatic' ? rule : 'fixed',
  fromMs,
  toMs,
  ...(reports === undefined ? {} : { reports }),
})
