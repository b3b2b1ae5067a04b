import { hasSameValues, isSameReport, type MeasureSpec, type Positions } from '@fleetlake/columnar'
import {
  createDateReader,
  MAX_HELD_BYTES,
  type ReportMeasure,
  valueBytes,
  type VehicleDate,
} from '../gaps/date-reader.ts'
import type { Gap, GapsUsed } from '../gaps/gap.ts'
import type { KnownCadences } from '../gaps/known-cadences.ts'

/** Reports of one vehicle without a gap: times ascend strictly. Columns are lent: they hold until the next stretch. */
export interface Stretch {
  readonly vehicleId: string
  readonly vehicleType: string
  /** Whether the stretch before was of the same vehicle, as the same type. */
  readonly isContinued: boolean
  readonly length: number
  readonly eventTime: Float64Array
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  readonly speed: Float32Array
  readonly heading: Float32Array
  /** The measures of the reports. */
  readonly beside: readonly ReportMeasure[]
}

export interface StretchOptions {
  /** Two reports with a gap between them are in two stretches. */
  readonly gap: Gap
  readonly cadences?: KnownCadences | undefined
  /** A longer one is cut; the report at the cut is in both parts. At least 2. */
  readonly maxReports?: number
  /** The same of what its measures take. */
  readonly maxBytes?: number
  /** Whether one that crosses the antimeridian is cut there. */
  readonly isCutAtAntimeridian?: boolean
  readonly onStretch: (stretch: Stretch) => void
}

/** Six days of a report each 5 s; as text some 20 MB. */
const MAX_REPORTS = 100_000
const FIRST_REPORTS = 4096

export interface Stretches {
  /** @throws FleetError `query.invalid` for a measure that the first rows did not have */
  add(rows: Positions): void
  end(): void
  used(): GapsUsed | undefined
  /** Of the rows, in their order. */
  measures(): readonly MeasureSpec[]
}

/**
 * Cuts rows that come sorted by vehicle and time into stretches. Duplicates (the same vehicle, time, place and measures) count once; two reports at one
 * time that differ are in two stretches, and so are two types of a vehicle.
 */
export const createStretches = ({
  gap,
  cadences,
  maxReports = MAX_REPORTS,
  maxBytes = MAX_HELD_BYTES,
  isCutAtAntimeridian = false,
  onStretch,
}: StretchOptions): Stretches => {
  let columns = columnsOf(Math.min(maxReports, FIRST_REPORTS))
  let beside: readonly ReportMeasure[] = []
  let length = 0
  /** Of the measures of the stretch. */
  let besideBytes = 0
  let [vehicleId, vehicleType] = ['', '']
  let isContinued = false

  const close = (): void => {
    if (length === 0) return
    const { eventTime, longitude, latitude, speed, heading } = columns
    onStretch({
      vehicleId,
      vehicleType,
      isContinued,
      length,
      eventTime: eventTime.subarray(0, length),
      longitude: longitude.subarray(0, length),
      latitude: latitude.subarray(0, length),
      speed: speed.subarray(0, length),
      heading: heading.subarray(0, length),
      beside,
    })
    isContinued = true
    length = 0
    besideBytes = 0
  }

  const append = (from: ReportColumns, said: readonly ReportMeasure[], row: number): void => {
    if (length === columns.eventTime.length) {
      const longer = columnsOf(Math.min(maxReports, length * 2))
      for (const name of COLUMNS) longer[name].set(columns[name])
      columns = longer
    }
    for (const name of COLUMNS) columns[name][length] = from[name][row]
    for (let i = 0; i < beside.length; i++) {
      const value = said[i].values[row]
      beside[i].values[length] = value
      besideBytes += valueBytes(value)
    }
    length++
  }

  /** @returns undefined for a duplicate */
  const follows = (date: VehicleDate, row: number): boolean | undefined => {
    const last = length - 1
    if (isSameReport(date, row, columns, last) && hasSameValues(date.beside, row, beside, last)) return undefined
    const sinceMs = date.eventTime[row] - columns.eventTime[last]
    const east = date.longitude[row] - columns.longitude[last]
    if (isCutAtAntimeridian && Math.abs(east) > 180) return false
    return sinceMs > 0 && sinceMs <= (row === 0 ? date.gapBeforeMs : date.gapMs)
  }

  const addRow = (date: VehicleDate, row: number): void => {
    if (length > 0) {
      const isNext = follows(date, row)
      if (isNext === undefined) return
      if (!isNext) close()
      else if (length === maxReports || (length > 1 && besideBytes >= maxBytes)) {
        const last = length - 1
        close()
        append(columns, beside, last)
      }
    }
    append(date, date.beside, row)
  }

  const reader = createDateReader({
    gap,
    cadences,
    onDate: (date) => {
      if (beside.length < date.beside.length) beside = date.beside.map(({ spec }) => ({ spec, values: [] }))
      for (let row = 0; row < date.length; row++) {
        const type = date.types[date.type[row]]
        if (date.vehicleId !== vehicleId || type !== vehicleType) {
          close()
          isContinued = false
          ;[vehicleId, vehicleType] = [date.vehicleId, type]
        }
        addRow(date, row)
      }
    },
  })
  return {
    add: reader.add,
    end: () => {
      reader.end()
      close()
    },
    used: reader.used,
    measures: reader.measures,
  }
}

const COLUMNS = ['eventTime', 'longitude', 'latitude', 'speed', 'heading'] as const
type ReportColumns = Pick<Stretch, (typeof COLUMNS)[number]>

const columnsOf = (length: number): ReportColumns => ({
  eventTime: new Float64Array(length),
  longitude: new Float64Array(length),
  latitude: new Float64Array(length),
  speed: new Float32Array(length),
  heading: new Float32Array(length),
})
