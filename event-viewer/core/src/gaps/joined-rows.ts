import { createGapsUsed, eachDate, type Gap, type GapsUsed } from './gap.ts'
import type { KnownCadences } from './known-cadences.ts'

/** Between which rows there is no gap. */
export interface JoinedRows {
  /** 1 where the next row is of the same vehicle and there is no gap in between; a byte a row. */
  readonly isJoined: Uint8Array
  /** Undefined without rows. */
  readonly used: GapsUsed | undefined
}

/** Rows by vehicle and time, as `FoundRows` has them. */
export interface RowTimes {
  /** Rows of vehicle v: `[start[v], start[v + 1])`. */
  readonly start: ArrayLike<number>
  readonly eventTime: ArrayLike<number>
  /** Of the vehicles; only asked where cadences are known. */
  readonly ids?: readonly string[]
  readonly cadences?: KnownCadences | undefined
}

/** One pass over the times, in columns: some ms for a million rows. Two rows at one time are joined. */
export const joinRows = ({ start, eventTime, ids = [], cadences }: RowTimes, gap: Gap): JoinedRows => {
  const isJoined = new Uint8Array(eventTime.length)
  const gaps = createGapsUsed(gap)
  for (let vehicle = 0; vehicle + 1 < start.length; vehicle++) {
    const from = start[vehicle]
    const knownOn = (date: number): number | undefined => cadences?.get(date)?.get(ids[vehicle])
    const rows = [from, start[vehicle + 1]] as const
    eachDate({ gap, times: eventTime, rows, knownOn }, ({ first, end, gapMs, beforeMs, isKnown }) => {
      gaps.add(gapMs, isKnown)
      if (first > from && eventTime[first] - eventTime[first - 1] <= beforeMs) isJoined[first - 1] = 1
      for (let row = first + 1; row < end; row++)
        if (eventTime[row] - eventTime[row - 1] <= gapMs) isJoined[row - 1] = 1
    })
  }
  return { isJoined, used: gaps.used() }
}
