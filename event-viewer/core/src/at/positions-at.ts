import { type Area, bearingDegrees, contains, distanceM, toDegrees, toMicroDegrees } from '@fleetlake/core'
import { isSameVehicle, measureOfValues, type Positions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { createGapsUsed, type Gap, type GapsUsed } from '../gaps/gap.ts'
import { joinRows } from '../gaps/joined-rows.ts'
import type { KnownCadences } from '../gaps/known-cadences.ts'
import { createAnswerMeasures, type MeasureValue, valuesOf } from '../rows/answer-measures.ts'
import { compareTexts } from '../rows/compare.ts'
import { createIdTable, textsToStrings } from '@fleetlake/columnar'
import { createNearestReports, type Report } from './nearest-reports.ts'
import { createNearestTimes } from './nearest-times.ts'

export interface InstantOptions {
  /** ms since the epoch */
  readonly atMs: number
  /** Across a gap the place is not known. The cadence is that of the vehicle's reports that are nearest to the instant, eight on either side, where that of all reports is not known. */
  readonly gap: Gap
  /** Filled before the answer is finished. */
  readonly cadences?: KnownCadences | undefined
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
  /** What counted as a gap; undefined if no vehicle has reports before and after. */
  readonly used: GapsUsed | undefined
}

/**
 * Where each vehicle was at an instant: where it reported from at that very ms, else on the straight line in longitude and latitude between its
 * last report before and its first after, in proportion to the time, rounded like every position. Speed and heading are those of the line, measures those of
 * the report at that very ms, else of the last one before.
 * Holds two reports a vehicle, and the times of sixteen, whatever comes.
 */
export const createPositionsAt = (
  options: InstantOptions,
): { add(rows: Positions): void; finish(area: Area): InstantAnswer } => {
  const { atMs, gap, cadences } = options
  const dictionary = createIdTable()
  const answer = createAnswerMeasures()
  const before = createNearestReports((next, held) => next - held)
  const after = createNearestReports((next, held) => held - next)
  const timesBefore = createNearestTimes((next, held) => next - held)
  const timesAfter = createNearestTimes((next, held) => held - next)
  const gaps = createGapsUsed(gap)
  /** Whether there is no gap at the instant. */
  const isJoined = (vehicle: number, vehicleId: string): boolean => {
    const earlier = timesBefore.get(vehicle).toReversed()
    const eventTime = Float64Array.of(...earlier, ...timesAfter.get(vehicle))
    const joined = joinRows({ start: [0, eventTime.length], eventTime, ids: [vehicleId], cadences }, gap)
    if (joined.used !== undefined) gaps.addUsed(joined.used)
    return joined.isJoined[earlier.length - 1] === 1
  }
  return {
    add: (rows) => {
      const { vehicleIdOffsets: at, vehicleIdBytes: bytes } = rows
      const measures = answer.columns(rows).map((column) => (column === undefined ? () => null : valuesOf(column)))
      let vehicle = -1
      for (let row = 0; row < rows.length; row++) {
        if (row === 0 || !isSameVehicle(rows, row)) vehicle = dictionary.numberOf(bytes, at[row], at[row + 1])
        const isBefore = rows.eventTime[row] <= atMs
        if (isBefore) before.offer(vehicle, rows, row, measures)
        else after.offer(vehicle, rows, row)
        const times = isBefore ? timesBefore : timesAfter
        times.offer(vehicle, rows.eventTime[row])
      }
    },
    finish: (area) => {
      const found: { readonly row: PositionRow; readonly values: readonly MeasureValue[] }[] = []
      let [exact, unknown] = [0, 0]
      textsToStrings(dictionary.texts()).forEach((vehicleId, vehicle) => {
        const [last, first] = [before.get(vehicle), after.get(vehicle)]
        const place = placeAt(last, first, { ...options, isJoined: () => isJoined(vehicle, vehicleId) })
        if (place === undefined) {
          if (isIn(area, last) || isIn(area, first)) unknown++
          return
        }
        if (!isIn(area, place)) return
        if (last?.eventTime === atMs) exact++
        const { measures: values, ...at } = place
        found.push({ row: { vehicleId, ...at, eventTime: atMs }, values })
      })
      const sorted = found.toSorted((a, b) => compareTexts(a.row.vehicleId, b.row.vehicleId))
      const measures = (answer.specs() ?? []).map((spec, i) =>
        measureOfValues(
          spec,
          sorted.map(({ values }) => values[i] ?? null),
        ),
      )
      const rows = { ...positionsOfRows(sorted.map(({ row }) => row)), measures }
      return { rows, exact, unknown, used: gaps.used() }
    },
  }
}

const isIn = (area: Area, report: Report | undefined): boolean =>
  report !== undefined && contains(area, toMicroDegrees(report.longitude), toMicroDegrees(report.latitude))

const placeAt = (
  last: Report | undefined,
  first: Report | undefined,
  { atMs, maxSpeedMps, isJoined }: Omit<InstantOptions, 'gap'> & { readonly isJoined: () => boolean },
): Report | undefined => {
  if (last === undefined || last.eventTime === atMs) return last
  if (first === undefined) return undefined
  const betweenMs = first.eventTime - last.eventTime
  const meters = distanceM(last.longitude, last.latitude, first.longitude, first.latitude)
  const speed = meters / (betweenMs / 1000)
  if (speed > maxSpeedMps || !isJoined()) return undefined
  const share = (atMs - last.eventTime) / betweenMs
  return {
    vehicleType: last.vehicleType,
    measures: last.measures,
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
