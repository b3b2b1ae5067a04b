import type { Positions } from '@fleetlake/core'
import { isSameVehicle, vehicleIdAt } from '../rows/vehicle-ids.ts'

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
}

export interface StretchOptions {
  /** Two reports further apart are in two stretches. */
  readonly gapMs: number
  /** A longer one is cut; the report at the cut is in both parts. At least 2. */
  readonly maxReports?: number
  /** Whether one that crosses the antimeridian is cut there. */
  readonly isCutAtAntimeridian?: boolean
  readonly onStretch: (stretch: Stretch) => void
}

/** Six days of a report each 5 s; as text some 20 MB. */
const MAX_REPORTS = 100_000
const FIRST_REPORTS = 4096

/**
 * Cuts rows that come sorted by vehicle and time into stretches. Doubles (the same vehicle, time and place) count once; two places at one
 * time are in two stretches, and so are two types of a vehicle.
 */
export const createStretches = ({
  gapMs,
  maxReports = MAX_REPORTS,
  isCutAtAntimeridian = false,
  onStretch,
}: StretchOptions): { add(rows: Positions): void; end(): void } => {
  let columns = columnsOf(Math.min(maxReports, FIRST_REPORTS))
  let length = 0
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
    })
    isContinued = true
    length = 0
  }

  const append = (from: ReportColumns, row: number): void => {
    if (length === columns.eventTime.length) {
      const longer = columnsOf(Math.min(maxReports, length * 2))
      for (const name of COLUMNS) longer[name].set(columns[name])
      columns = longer
    }
    for (const name of COLUMNS) columns[name][length] = from[name][row]
    length++
  }

  /** @returns undefined for a double */
  const follows = (rows: Positions, row: number): boolean | undefined => {
    const last = length - 1
    const sinceMs = rows.eventTime[row] - columns.eventTime[last]
    const east = rows.longitude[row] - columns.longitude[last]
    if (sinceMs === 0 && east === 0 && rows.latitude[row] === columns.latitude[last]) return undefined
    if (isCutAtAntimeridian && Math.abs(east) > 180) return false
    return sinceMs > 0 && sinceMs <= gapMs
  }

  const addRow = (rows: Positions, row: number): void => {
    if (length > 0) {
      const isNext = follows(rows, row)
      if (isNext === undefined) return
      if (!isNext) close()
      else if (length === maxReports) {
        const last = length - 1
        close()
        append(columns, last)
      }
    }
    append(rows, row)
  }

  return {
    add: (rows) => {
      for (let row = 0; row < rows.length; row++) {
        const type = rows.vehicleTypes[rows.vehicleType[row]]
        const isSame = row > 0 && isSameVehicle(rows, row)
        const id = isSame ? vehicleId : vehicleIdAt(rows, row)
        if (id !== vehicleId || type !== vehicleType) {
          close()
          isContinued = false
          ;[vehicleId, vehicleType] = [id, type]
        }
        addRow(rows, row)
      }
    },
    end: close,
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
