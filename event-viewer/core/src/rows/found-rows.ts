import type { KnownCadences } from '../gaps/known-cadences.ts'
import type { MeasureColumn, ValueArrays } from '@fleetlake/columnar'

/**
 * Rows that were found: columns, sorted by vehicle and then by time, which ascends within a vehicle; `start` says where each vehicle's rows are. Rows that are equal
 * (duplicates) are there as often as they came.
 */
export interface FoundRows extends ValueArrays {
  readonly length: number
  /** Of each vehicle, sorted as JavaScript sorts texts. */
  readonly ids: readonly string[]
  /** Index into `types` of each vehicle, of its first row. */
  readonly type: Uint16Array
  /** Sorted by name. */
  readonly types: readonly string[]
  /** Index into `types` of each row; only where some vehicle's rows are not all of one type. */
  readonly rowType?: Uint16Array
  /** Rows of vehicle v: `[start[v], start[v + 1])`; one longer than `ids`. */
  readonly start: Uint32Array
  /** The measures of the rows, in the order of the answer. */
  readonly measures: readonly MeasureColumn[]
  /** How often the vehicles report, where the finders know it. */
  readonly cadences?: KnownCadences
}
