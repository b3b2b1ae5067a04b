import { type Area, contains, type Positions, toDegrees, toMicroDegrees } from '@fleetlake/core'
import { type PositionRow, positionsOfRows } from '@fleetlake/contracts'
import { bearingDegrees, distanceM } from '../great-circle.ts'
import { compareTexts } from '../rows/compare.ts'
import { createIdDictionary } from '../rows/id-dictionary.ts'
import { isSameVehicle } from '../rows/vehicle-ids.ts'
import { createNearestReports, type Report } from './nearest-reports.ts'

export interface InstantOptions {
  /** ms since the epoch */
  readonly atMs: number
  /** Between two reports further apart it is not said where the vehicle was. */
  readonly gapMs: number
  /** Nor between two that it would have to be faster between. */
  readonly maxSpeedMps: number
}

export interface InstantAnswer {
  /** Vehicles inside at the instant, sorted by id. */
  readonly rows: Positions
  /** Of those in `rows`: how many reported at that very ms. */
  readonly exact: number
  /** Vehicles of which it is not known where they were, though a report next to the instant lies inside. */
  readonly unknown: number
}

/**
 * Where each vehicle was at an instant: where it reported from at that very ms, else on the straight line in longitude and latitude between its
 * last report before and its first after, in proportion to the time, rounded like every position. Speed and heading are those of the line.
 * Holds two reports a vehicle, whatever comes.
 */
export const createPositionsAt = (
  options: InstantOptions,
): { add(rows: Positions): void; finish(area: Area): InstantAnswer } => {
  const { atMs } = options
  const dictionary = createIdDictionary()
  const before = createNearestReports((next, held) => next - held)
  const after = createNearestReports((next, held) => held - next)
  return {
    add: (rows) => {
      const { vehicleIdOffsets: at, vehicleIdBytes: bytes } = rows
      let vehicle = -1
      for (let row = 0; row < rows.length; row++) {
        if (row === 0 || !isSameVehicle(rows, row)) vehicle = dictionary.numberOf(bytes, at[row], at[row + 1])
        const side = rows.eventTime[row] <= atMs ? before : after
        side.offer(vehicle, rows, row)
      }
    },
    finish: (area) => {
      const found: PositionRow[] = []
      let [exact, unknown] = [0, 0]
      dictionary.ids().forEach((vehicleId, vehicle) => {
        const [last, first] = [before.get(vehicle), after.get(vehicle)]
        const place = placeAt(last, first, options)
        if (place === undefined) {
          if (isIn(area, last) || isIn(area, first)) unknown++
          return
        }
        if (!isIn(area, place)) return
        if (last?.eventTime === atMs) exact++
        found.push({ vehicleId, ...place, eventTime: atMs })
      })
      return { rows: positionsOfRows(found.toSorted((a, b) => compareTexts(a.vehicleId, b.vehicleId))), exact, unknown }
    },
  }
}

const isIn = (area: Area, report: Report | undefined): boolean =>
  report !== undefined && contains(area, toMicroDegrees(report.longitude), toMicroDegrees(report.latitude))

const placeAt = (
  last: Report | undefined,
  first: Report | undefined,
  { atMs, gapMs, maxSpeedMps }: InstantOptions,
): Report | undefined => {
  if (last === undefined || last.eventTime === atMs) return last
  if (first === undefined) return undefined
  const betweenMs = first.eventTime - last.eventTime
  const meters = distanceM(last.longitude, last.latitude, first.longitude, first.latitude)
  const speed = meters / (betweenMs / 1000)
  if (betweenMs > gapMs || speed > maxSpeedMps) return undefined
  const share = (atMs - last.eventTime) / betweenMs
  return {
    vehicleType: last.vehicleType,
    eventTime: atMs,
    longitude: toDegrees(longitudeBetween(toMicroDegrees(last.longitude), toMicroDegrees(first.longitude), share)),
    latitude: toDegrees(between(toMicroDegrees(last.latitude), toMicroDegrees(first.latitude), share)),
    speed,
    heading:
      meters === 0 ? last.heading : bearingDegrees(last.longitude, last.latitude, first.longitude, first.latitude),
  }
}

/** Whole millionths of a degree. */
const between = (from: number, to: number, share: number): number => from + Math.round((to - from) * share) + 0

const HALF_TURN = 180e6

/** The shorter way around. */
const longitudeBetween = (from: number, to: number, share: number): number => {
  const east = to - from
  if (Math.abs(east) <= HALF_TURN) return between(from, to, share)
  const x = between(from, to - Math.sign(east) * 2 * HALF_TURN, share)
  return Math.abs(x) <= HALF_TURN ? x : x - Math.sign(x) * 2 * HALF_TURN
}
