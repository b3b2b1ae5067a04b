import type { MeasureType } from '@fleetlake/columnar'
import type { Period } from '@fleetlake/core'
import type { AngleReading, Decimal, TimeReading } from '../values/readings.ts'

export type { AngleReading, Decimal, NumberUnit, TimeReading } from '../values/readings.ts'

/** Where a column of positions, or a measure, comes from. */
export interface PlannedField {
  /** A column's name, or a measure's. */
  readonly name: string
  /** Names of the input's fields that hold it; of those that a row has, the first counts. Two for a date and a time. */
  readonly sources: readonly string[]
  /** Why: said by the person, by the format, or a usual name. */
  readonly by: 'asked' | 'format' | 'name'
  /** As the input has it, such as `km/h`; undefined where numbers are already in the column's. */
  readonly unit?: string | undefined
  /** Values of it have units of their own, which count most. */
  readonly hasOwnUnits?: boolean | undefined
  /** Of a measure: what its values are. Those that it can't have are in the row's attributes. */
  readonly type?: MeasureType | undefined
}

/** How every row of an input is read; decided once, over a sample of its first rows, and told. */
export interface FieldPlan {
  readonly fields: readonly PlannedField[]
  readonly time: TimeReading
  /** The date's and the time's fields are joined by a blank. */
  readonly isTimeInTwo: boolean
  readonly longitude: AngleReading
  readonly latitude: AngleReading
  readonly decimal: Decimal
  /** "Not available" of AIS: speed 102.3 kn, course 360, heading 511, longitude 181, latitude 91. */
  readonly isAis: boolean
  /** Of all rows; then no field is read for it. */
  readonly vehicleId: string | undefined
  /** Of rows that have none. */
  readonly vehicleType: string | undefined
  /** When most rows of the sample are: by it a device's lost count of weeks is seen. Undefined where no time of the sample could be read. */
  readonly sampled: Period | undefined
  /** Sentences on what was taken and why, for the report. */
  readonly notes: readonly string[]
}
