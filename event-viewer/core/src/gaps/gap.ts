import { plainDuration } from '../human.ts'
import { cadenceGapMs, dateNumberOf, GAP_INTERVALS, MIN_GAP_MS } from './cadence.ts'

/**
 * What is a gap: between two reports that are further apart than this many ms the place of the vehicle is not known. `automatic` takes it from
 * the cadence of the vehicle on each UTC date.
 */
export type Gap = 'automatic' | number

/** The lengths that counted as gaps: of several vehicles and dates, from the shortest to the longest. */
export interface GapsUsed {
  readonly rule: Gap
  readonly fromMs: number
  readonly toMs: number
}

/** The longest interval within a date that is not a gap; times `[from, to)` are those of one vehicle on one UTC date. */
export const gapOfDate = (gap: Gap, times: ArrayLike<number>, from: number, to: number): number =>
  gap === 'automatic' ? cadenceGapMs(times, from, to) : gap

/** The longest interval from a report of one date to one of another that is not a gap: the longer of the two dates' gaps counts. */
export const gapBetweenDates = (beforeMs: number, afterMs: number): number => Math.max(beforeMs, afterMs)

/**
 * The reports of one vehicle, in rows `[from, to)`, date by date.
 * @param visit rows `[first, end)` of a date; the longest interval within it that is not a gap; likewise from the row before `first`, where there is one
 */
export const eachDate = (
  gap: Gap,
  times: ArrayLike<number>,
  [from, to]: readonly [from: number, to: number],
  visit: (first: number, end: number, gapMs: number, beforeMs: number) => void,
): void => {
  let beforeMs = 0
  for (let first = from; first < to;) {
    const date = dateNumberOf(times[first])
    let end = first + 1
    while (end < to && dateNumberOf(times[end]) === date) end++
    const gapMs = gapOfDate(gap, times, first, end)
    visit(first, end, gapMs, gapBetweenDates(beforeMs, gapMs))
    beforeMs = gapMs
    first = end
  }
}

/** Adds up what was used. */
export const createGapsUsed = (rule: Gap): { add(gapMs: number): void; used(): GapsUsed | undefined } => {
  let [fromMs, toMs] = [Infinity, 0]
  return {
    add: (gapMs) => {
      if (gapMs < fromMs) fromMs = gapMs
      if (gapMs > toMs) toMs = gapMs
    },
    used: () => (fromMs > toMs ? undefined : { rule, fromMs, toMs }),
  }
}

/** `6 min`, or `1 min to 30 min` where they differ. */
export const gapLengthText = ({ fromMs, toMs }: Pick<GapsUsed, 'fromMs' | 'toMs'>): string => {
  const [shortest, longest] = [plainDuration(fromMs), plainDuration(toMs)]
  return shortest === longest ? longest : `${shortest} to ${longest}`
}

/** `gaps: longer than 6 min, 3 × the median interval of each vehicle and date`. */
export const gapsText = (used: GapsUsed): string => {
  const longer = `gaps: longer than ${gapLengthText(used)}`
  if (used.rule !== 'automatic') return longer
  return `${longer}, ${GAP_INTERVALS} × the median interval of each vehicle and date and ${plainDuration(MIN_GAP_MS)} at least`
}

/** The same for machines. */
export const gapsFacts = ({ rule, fromMs, toMs }: GapsUsed): object => ({
  rule: rule === 'automatic' ? rule : 'fixed',
  fromMs,
  toMs,
})
