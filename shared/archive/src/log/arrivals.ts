import { dateOf, dayOf, isLateArrival, periodOfDate } from '@fleetlake/core'
import type { Action, AddFile, Txn } from './actions.ts'

/**
 * When the last rows came into a date that had ended: the table keeps it as `fleetlake.arrived/<date>`, the number of the UTC day since 1970, written by
 * the commit that brings them. Without one the rows came while the date was young.
 */
const ARRIVED_APP = 'fleetlake.arrived/'
const DAY_MS = 86_400_000

/** The entries of a commit for the dates that it brings late rows into. @param add its files */
export const arrivalActions = (
  add: readonly Pick<AddFile, 'partitionValues'>[],
  txns: ReadonlyMap<string, number>,
  nowMs: number,
): Action[] => {
  const dates = new Set(add.map(({ partitionValues }) => partitionValues['date'] ?? ''))
  return [...dates].flatMap((date): { txn: Txn }[] => {
    const appId = `${ARRIVED_APP}${date}`
    const day = dayOf(nowMs)
    return isLateArrival(date, nowMs) && day > (txns.get(appId) ?? -1) ? [{ txn: { appId, version: day } }] : []
  })
}

/** The number of the day on which the last late rows of a date came; undefined when none did. */
export const arrivalDayOf = (txns: ReadonlyMap<string, number>, date: string): number | undefined =>
  txns.get(`${ARRIVED_APP}${date}`)

/** The newest date that retention took: the number of its day. */
const WENT_APP = 'fleetlake.went'

/** The entries of a commit for the dates that it takes out of the table. */
export const goneActions = (dates: readonly string[], txns: ReadonlyMap<string, number>): Action[] => {
  const newest = Math.max(...dates.map((date) => dayOf(periodOfDate(date).from)))
  return newest > (txns.get(WENT_APP) ?? -1) ? [{ txn: { appId: WENT_APP, version: newest } }] : []
}

/** The newest date that retention took out of a table; undefined when it took none. */
export const newestDateGone = (txns: ReadonlyMap<string, number>): string | undefined => {
  const day = txns.get(WENT_APP)
  return day === undefined ? undefined : dateOf(day * DAY_MS)
}
