import type { FoundRows } from '@fleetlake/viewer-core'
import { rowAt } from './report-times.ts'

/** What is known of one vehicle at an instant; times are ms since the epoch. */
export interface VehicleNow {
  readonly id: string
  readonly type: string
  /** Of the last report by then, while the vehicle is somewhere; NaN for not known. */
  readonly speed: number
  readonly heading: number
  /** It is nowhere: before its first report, after its last, or in a gap. */
  readonly isNowhere: boolean
  /** The reports before and after; undefined where there is none. */
  readonly last: number | undefined
  readonly next: number | undefined
}

export interface VehicleAt {
  readonly vehicle: number
  readonly time: number
  /** As `joinRows` gives it. */
  readonly isJoined: Uint8Array
}

export const describeVehicle = (rows: FoundRows, { vehicle, time, isJoined }: VehicleAt): VehicleNow => {
  const row = rowAt(rows, vehicle, time)
  const last = row < rows.start[vehicle] ? undefined : rows.eventTime[row]
  const next = row + 1 < rows.start[vehicle + 1] ? rows.eventTime[row + 1] : undefined
  const isSomewhere = last === time || (last !== undefined && isJoined[row] === 1)
  return {
    id: rows.ids[vehicle],
    type: rows.types[rows.rowType?.[Math.max(row, rows.start[vehicle])] ?? rows.type[vehicle]],
    speed: isSomewhere ? rows.speed[row] : NaN,
    heading: isSomewhere ? rows.heading[row] : NaN,
    isNowhere: !isSomewhere,
    last,
    next,
  }
}

/** Why a vehicle is not shown, for people; undefined while it is shown. */
export const nowhereText = (
  { isNowhere, last, next }: Pick<VehicleNow, 'isNowhere' | 'last' | 'next'>,
  textOf: (time: number) => string,
): string | undefined => {
  if (!isNowhere) return undefined
  if (last === undefined) return next === undefined ? 'It has no report.' : `Its first report is at ${textOf(next)}.`
  if (next === undefined) return `Its last report was at ${textOf(last)}.`
  return `It did not report from ${textOf(last)} to ${textOf(next)}.`
}
