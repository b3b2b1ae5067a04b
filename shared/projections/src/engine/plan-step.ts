import type { Chunk, VersionChanges } from '@fleetlake/archive'
import { dayOf, periodOfDate } from '@fleetlake/core'
import { type BucketOffset, isSameBy } from '../table/offsets.ts'

/** The frontier of a projection whose every date is folded. */
export const ALL_DATES = 0

/** Days since 1970-01-01 of a date; what was before counts as that day. */
export const dayOfDate = (date: string): number => Math.max(ALL_DATES, dayOf(periodOfDate(date).from))

/** Where some buckets of a projection are, and what became of the table of positions since. */
export interface StepFacts {
  /** Undefined of buckets that nobody has folded yet. */
  readonly offset: BucketOffset | undefined
  /** The columns by which rows are to be keyed, beside the vehicle; sorted. */
  readonly by: readonly string[]
  /** The version that is folded up to. */
  readonly to: number
  /** The number of the commit that is now where the offset's was, be it later than `to`; undefined when the log has none. */
  readonly commitNow: number | undefined
  /** From the offset's version to `to`; undefined when one of them is not in the log any more. */
  readonly changes: readonly VersionChanges[] | undefined
  /** The newest day that retention has taken; undefined when it took none. */
  readonly newestDayGone: number | undefined
  /** Paths of files that came since and can't be had any more. */
  readonly lost: ReadonlySet<string>
  readonly nowMs: number
  /** What waits for longer is not followed commit by commit. */
  readonly maxLagMs: number
}

/**
 * - rest: all is folded, or another projector has folded more than the version: what it took in is not to be lost.
 * - build: all dates are read, the newest first, and nothing of what the buckets hold counts but rows of dates that retention took, which nothing else has: of those dates that `forget` does not name. `why` is for people.
 * - fold: the rows of these files are folded on, in this order; what the buckets hold of the days of `replaced` is made anew.
 */
export type Step =
  | { readonly do: 'rest' }
  | { readonly do: 'build'; readonly why: string; readonly forget: Forgotten }
  | { readonly do: 'fold'; readonly files: readonly Chunk[]; readonly replaced: readonly string[] }

/** 'all' of another archive. Of the same one the dates of which another program took rows: those are not to stay. */
export type Forgotten = 'all' | readonly string[]

const duration = (ms: number): string => `${(ms / 86_400_000).toFixed(1)} days`

const namesOf = (by: readonly string[] = []): string => (by.length === 0 ? 'none' : by.join(', '))

/** Why a projection can't go on from its offset; undefined when it can. */
const whyAnew = ({ offset, by, to, commitNow, changes, nowMs, maxLagMs }: StepFacts): string | undefined => {
  if (offset === undefined) return 'it is new'
  if (!isSameBy(offset.by, by))
    return `projector.latestBy was changed: ${namesOf(offset.by)} before, ${namesOf(by)} now`
  if (commitNow === undefined) {
    if (offset.version > to)
      return `the archive is an older copy: it ends at version ${to}, and version ${offset.version} was folded`
    return offset.version === to
      ? undefined
      : `version ${offset.version}, which was folded last, is not in the log any more`
  }
  if (commitNow !== offset.commit)
    return `the archive is another copy: its version ${offset.version} is not the one that was folded`
  if (changes === undefined) return `versions after ${offset.version} are not in the log any more`
  const waitedMs = nowMs - (changes[0]?.madeMs ?? nowMs)
  if (waitedMs > maxLagMs)
    return `version ${offset.version + 1} has waited for ${duration(waitedMs)}, the limit is ${duration(maxLagMs)}`
  return undefined
}

/** Another projector, which knew a later version of the same archive, has moved them. */
const isAhead = ({ offset, to, commitNow }: StepFacts): boolean =>
  offset !== undefined && offset.version > to && offset.commit === commitNow

/** As far as the log tells: it may not reach back any more. */
const isSameArchive = ({ offset, to, commitNow }: StepFacts): boolean =>
  offset !== undefined && offset.version <= to && (commitNow === undefined || commitNow === offset.commit)

const forgottenBy = (facts: StepFacts): Forgotten => {
  if (!isSameArchive(facts)) return 'all'
  const dates = new Set<string>()
  for (const { isRetention, removed } of facts.changes ?? []) {
    for (const { place } of isRetention ? [] : removed) {
      if (place === undefined) return 'all'
      dates.add(place.date)
    }
  }
  return [...dates].toSorted()
}

/**
 * What is to be done so that buckets come from their offset to a version. Invariant: every row that came or went in between is folded, or made part of what is read
 * again; but rows of days before the frontier, which are read once it comes to them, and of days up to the newest that retention has taken, of which presence says nothing: what comes into them late is left out.
 * @param hasDates whether rows are of a date: then what went concerns its date alone
 */
export const planStep = (facts: StepFacts, hasDates: boolean): Step => {
  if (isAhead(facts)) return { do: 'rest' }
  const build = (why: string): Step => ({ do: 'build', why, forget: forgottenBy(facts) })
  const anew = whyAnew(facts)
  if (anew !== undefined) return build(anew)
  const { offset, to, changes = [], newestDayGone = -1, lost } = facts
  const { version, frontier } = offset!
  if (version === to) return { do: 'rest' }
  const isGone = (day: number): boolean => day <= newestDayGone
  const files: Chunk[] = []
  const replaced = new Set<string>()
  for (const { version: removedIn, isRetention, added, removed } of changes) {
    for (const file of added) {
      const day = dayOfDate(file.date)
      if (day < frontier || (hasDates && isGone(day))) continue
      if (lost.has(file.path)) replaced.add(file.date)
      else files.push(file)
    }
    for (const { place } of isRetention ? [] : removed) {
      if (place === undefined) return build(`version ${removedIn} took rows away and does not say of which date`)
      const day = dayOfDate(place.date)
      // What stays of dates that retention took is there before the frontier comes to them.
      if (isGone(day) ? !hasDates : day >= frontier) replaced.add(place.date)
    }
  }
  if (replaced.size > 0 && !hasDates)
    return build(`rows of ${[...replaced].toSorted()[0]} were taken away, or are in other files by now`)
  if (replaced.size > 1) return build(`rows of ${replaced.size} dates were taken away, or are in other files by now`)
  return { do: 'fold', files: files.filter(({ date }) => !replaced.has(date)), replaced: [...replaced] }
}

/**
 * The next date that a projection that is being built is to read.
 * @param dates of the table of positions
 * @returns undefined when there is none: then all dates are folded
 */
export const nextDate = (dates: Iterable<string>, frontier: number, newestDayGone = -1): string | undefined => {
  let next: string | undefined
  for (const date of dates) {
    const day = dayOfDate(date)
    if (day < frontier && day > newestDayGone && (next === undefined || date > next)) next = date
  }
  return next
}
