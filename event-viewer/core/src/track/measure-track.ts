import {
  hasSameValues,
  IDENTITY_KEYS,
  isSameReport,
  type MeasureSpec,
  newValueArrays,
  type Positions,
} from '@fleetlake/columnar'
import { createDateReader, type ReportMeasure, type VehicleDate } from '../gaps/date-reader.ts'
import type { Gap, GapsUsed } from '../gaps/gap.ts'
import type { KnownCadences } from '../gaps/known-cadences.ts'
import { distanceM } from '@fleetlake/core'

export interface Stop {
  /** ms since the epoch: of the first report there and of the last. */
  readonly fromMs: number
  readonly toMs: number
  /** Where the first report there was, degrees. */
  readonly longitude: number
  readonly latitude: number
}

/** The last value of a measure that was reported, and when. */
export interface LastValue {
  readonly spec: MeasureSpec
  readonly value: string | number | boolean
  readonly timeMs: number
}

/** The summary of one vehicle's reports in a period. */
export interface TrackMeasures {
  readonly vehicleTypes: readonly string[]
  /** Duplicates count once. */
  readonly reports: number
  readonly first: { readonly timeMs: number; readonly longitude: number; readonly latitude: number }
  readonly last: { readonly timeMs: number; readonly longitude: number; readonly latitude: number }
  /** Great circles between reports; a gap counts for nothing. NaN for not known, where no two reports are without a gap between them. */
  readonly distanceM: number
  /** Time between reports; a gap counts for nothing. */
  readonly seenMs: number
  readonly gaps: number
  /** What was taken for a gap. */
  readonly used: GapsUsed
  /** Of the speeds that were reported, m/s; NaN when none was. */
  readonly maxSpeedMps: number
  readonly stops: readonly Stop[]
  /** Of the measures that the reports have, in their order; those without a value left out. */
  readonly lastValues: readonly LastValue[]
}

export interface TrackOptions {
  /** What is a gap. */
  readonly gap: Gap
  /** Filled before the first report is added. */
  readonly cadences?: KnownCadences | undefined
  /** Minimum duration of a stop. */
  readonly stopMs: number
  /** Reports within this distance of the first are one place. */
  readonly stopRadiusM: number
}

/** Sums up the reports of one vehicle, which come sorted by time. A gap ends a stop. */
export const createTrackMeter = ({
  gap,
  cadences,
  stopMs,
  stopRadiusM,
}: TrackOptions): { add(rows: Positions): void; finish(): TrackMeasures | undefined } => {
  const types = new Set<string>()
  const stops: Stop[] = []
  let [reports, meters, seenMs, gaps, joints, maxSpeedMps] = [0, 0, 0, 0, 0, NaN]
  let first: TrackMeasures['first'] | undefined
  let last: TrackMeasures['last'] = { timeMs: 0, longitude: 0, latitude: 0 }
  /** The last report, as one row. */
  const lastReport = newValueArrays(1)
  let lastBeside: readonly ReportMeasure[] = []
  /** By place among the measures. */
  const lastValues: LastValue[] = []
  /** Where the vehicle may be standing, and since when. */
  let anchor = last

  const leave = (): void => {
    if (last.timeMs - anchor.timeMs < stopMs) return
    stops.push({ fromMs: anchor.timeMs, toMs: last.timeMs, longitude: anchor.longitude, latitude: anchor.latitude })
  }

  const step = (here: TrackMeasures['last'], gapMs: number): void => {
    const sinceMs = here.timeMs - last.timeMs
    const isGap = sinceMs > gapMs
    if (isGap) gaps++
    else {
      joints++
      seenMs += sinceMs
      meters += distanceM(last.longitude, last.latitude, here.longitude, here.latitude)
    }
    if (isGap || distanceM(anchor.longitude, anchor.latitude, here.longitude, here.latitude) > stopRadiusM) {
      leave()
      anchor = here
    }
  }

  const addDate = (date: VehicleDate): void => {
    for (let row = 0; row < date.length; row++) {
      types.add(date.types[date.type[row]])
      for (let i = 0; i < date.beside.length; i++) {
        const { spec, values } = date.beside[i]
        const value = values[row]
        if (value !== null) lastValues[i] = { spec, value, timeMs: date.eventTime[row] }
      }
      const here = { timeMs: date.eventTime[row], longitude: date.longitude[row], latitude: date.latitude[row] }
      if (
        first !== undefined &&
        isSameReport(date, row, lastReport, 0) &&
        hasSameValues(date.beside, row, lastBeside, 0)
      )
        continue
      for (const key of IDENTITY_KEYS) lastReport[key][0] = date[key][row]
      if (lastBeside.length < date.beside.length) lastBeside = date.beside.map(({ spec }) => ({ spec, values: [] }))
      for (let i = 0; i < lastBeside.length; i++) lastBeside[i].values[0] = date.beside[i].values[row]
      if (first === undefined) anchor = first = here
      else step(here, row === 0 ? date.gapBeforeMs : date.gapMs)
      last = here
      reports++
      const speed = date.speed[row]
      if (speed >= maxSpeedMps || Number.isNaN(maxSpeedMps)) maxSpeedMps = speed
    }
  }
  const reader = createDateReader({ gap, cadences, onDate: addDate })

  return {
    add: reader.add,
    finish: () => {
      reader.end()
      const used = reader.used()
      if (first === undefined || used === undefined) return undefined
      leave()
      return {
        vehicleTypes: [...types],
        reports,
        first,
        last,
        distanceM: joints === 0 ? NaN : meters,
        seenMs,
        gaps,
        used,
        maxSpeedMps,
        stops,
        // Without the holes of those that have no value.
        lastValues: Object.values(lastValues),
      }
    },
  }
}
