import { isSameVehicle, type MeasureSpec, type Positions } from '@fleetlake/columnar'
import { createAnswerMeasures, type MeasureValue, valuesOf } from '../rows/answer-measures.ts'
import { vehicleIdAt } from '../rows/vehicle-ids.ts'
import { dateNumberOf } from './cadence.ts'
import { createGapsUsed, type Gap, gapBetweenDates, gapOfDate, type GapsUsed } from './gap.ts'
import type { KnownCadences } from './known-cadences.ts'

/** The reports of one vehicle on one UTC date, in columns; they are lent until the next. */
export interface VehicleDate {
  readonly vehicleId: string
  /** Whether the reports before were of the same vehicle. */
  readonly isContinued: boolean
  readonly length: number
  /** Index into `types` of each report. */
  readonly type: Uint32Array
  readonly types: readonly string[]
  readonly eventTime: Float64Array
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  readonly speed: Float32Array
  readonly heading: Float32Array
  /** The measures of the reports. */
  readonly beside: readonly ReportMeasure[]
  /** The longest interval that is not a gap: between two of these reports, and from the one before to the first. */
  readonly gapMs: number
  readonly gapBeforeMs: number
}

/** A measure of reports that are looked at one by one. */
export interface ReportMeasure {
  readonly spec: MeasureSpec
  /** As many as there are reports, or more. */
  readonly values: MeasureValue[]
}

export interface DateReaderOptions {
  readonly gap: Gap
  /** Looked at when a date is given. */
  readonly cadences?: KnownCadences | undefined
  /** Held at once: rows, and bytes of their measures. Of a date with more, the cadence is that of the first ones, and the date is given in parts. */
  readonly maxRows?: number
  readonly maxBytes?: number
  readonly onDate: (date: VehicleDate) => void
}

export interface DateReader {
  /**
   * Rows come sorted by vehicle and time.
   * @throws FleetError `query.invalid` for a measure that the first rows did not have
   */
  add(rows: Positions): void
  end(): void
  /** Undefined before the first row. */
  used(): GapsUsed | undefined
  /** Of the rows, in their order. */
  measures(): readonly MeasureSpec[]
}

/** A report each second, all day; 4 MB. */
const MAX_ROWS = 100_000
/** Attributes of a report each 20 s, all day, at their longest. */
export const MAX_HELD_BYTES = 64 * 1024 * 1024
const FIRST_ROWS = 4096

/** What a value takes, about: a letter takes two bytes at most. */
export const valueBytes = (value: MeasureValue): number => (typeof value === 'string' ? 32 + 2 * value.length : 8)

/** Holds back the rows of one vehicle and date: what is a gap among them is known when all of them are. */
export const createDateReader = ({
  gap,
  cadences,
  maxRows = MAX_ROWS,
  maxBytes = MAX_HELD_BYTES,
  onDate,
}: DateReaderOptions): DateReader => {
  const gaps = createGapsUsed(gap)
  const types: string[] = []
  const codes = new Map<string, number>()
  const answer = createAnswerMeasures()
  let columns = columnsOf(Math.min(maxRows, FIRST_ROWS))
  let beside: readonly ReportMeasure[] = []
  let length = 0
  let vehicleId = ''
  let date = NaN
  /** Of the measures that are held. */
  let besideBytes = 0
  /** Whether reports of the vehicle were given already; the gap of the date before; that of this one, once it is known. */
  let isContinued = false
  let beforeMs = 0
  let gapMs: number | undefined

  const give = (): void => {
    if (length === 0) return
    const isFirstPart = gapMs === undefined
    const { eventTime, longitude, latitude, speed, heading, type } = columns
    const knownMs = cadences?.get(date)?.get(vehicleId)
    gapMs ??= gapOfDate(gap, eventTime, [0, length], knownMs)
    gaps.add(gapMs, knownMs !== undefined)
    onDate({
      vehicleId,
      isContinued,
      length,
      type: type.subarray(0, length),
      types,
      eventTime: eventTime.subarray(0, length),
      longitude: longitude.subarray(0, length),
      latitude: latitude.subarray(0, length),
      speed: speed.subarray(0, length),
      heading: heading.subarray(0, length),
      beside,
      gapMs,
      gapBeforeMs: isFirstPart ? gapBetweenDates(beforeMs, gapMs) : gapMs,
    })
    isContinued = true
    length = 0
    besideBytes = 0
    for (const { values } of beside) values.length = 0
  }

  const codeOf = (name: string): number => {
    const known = codes.get(name)
    if (known !== undefined) return known
    codes.set(name, types.length)
    return types.push(name) - 1
  }

  const reserve = (): void => {
    if (length === maxRows) return give()
    if (length < columns.eventTime.length) return
    const longer = columnsOf(Math.min(maxRows, length * 2))
    for (const name of COLUMNS) longer[name].set(columns[name])
    longer.type.set(columns.type)
    columns = longer
  }

  return {
    add: (rows) => {
      const typeCodes = rows.vehicleTypes.map(codeOf)
      const readers = answer.columns(rows).map((column) => (column === undefined ? () => null : valuesOf(column)))
      if (beside.length === 0) beside = answer.specs()!.map((spec) => ({ spec, values: [] }))
      for (let row = 0; row < rows.length; row++) {
        const id = row > 0 && isSameVehicle(rows, row) ? vehicleId : vehicleIdAt(rows, row)
        const rowDate = dateNumberOf(rows.eventTime[row])
        if (id !== vehicleId) {
          give()
          ;[vehicleId, date, isContinued, beforeMs, gapMs] = [id, rowDate, false, 0, undefined]
        } else if (rowDate !== date) {
          give()
          ;[date, beforeMs, gapMs] = [rowDate, gapMs ?? 0, undefined]
        }
        const said = readers.map((read) => read(row))
        const rowBytes = said.reduce<number>((sum, value) => sum + valueBytes(value), 0)
        if (besideBytes + rowBytes > maxBytes) give()
        reserve()
        for (const name of COLUMNS) columns[name][length] = rows[name][row]
        columns.type[length] = typeCodes[rows.vehicleType[row]]
        for (let i = 0; i < said.length; i++) beside[i].values[length] = said[i]
        besideBytes += rowBytes
        length++
      }
    },
    end: give,
    used: gaps.used,
    measures: () => answer.specs() ?? [],
  }
}

const COLUMNS = ['eventTime', 'longitude', 'latitude', 'speed', 'heading'] as const
type Columns = Pick<VehicleDate, (typeof COLUMNS)[number] | 'type'>

const columnsOf = (length: number): Columns => ({
  eventTime: new Float64Array(length),
  longitude: new Float64Array(length),
  latitude: new Float64Array(length),
  speed: new Float32Array(length),
  heading: new Float32Array(length),
  type: new Uint32Array(length),
})
