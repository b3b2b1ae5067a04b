import { bucketOfBytes } from '../buckets.ts'
import type { ProjectionState } from '../table/projection-log.ts'
import type { ProjectionTable } from '../table/projection-table.ts'
import { eachCadence } from './cadence.ts'
import { presenceColumns } from './presence-columns.ts'

/** ms, by day since 1970-01-01 and vehicle id. */
export type Cadences = ReadonlyMap<number, ReadonlyMap<string, number>>

export interface CadenceSelection {
  /** All when missing. */
  readonly vehicleIds?: readonly string[] | undefined
  /** Days since 1970-01-01, `[from, to)`. */
  readonly dates: { readonly from: number; readonly to: number }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * How often vehicles report on some dates, over all their reports that a state of presence has folded. Invariant: nothing is said of a date that the vehicle's bucket has not folded.
 * @throws FleetError `table.invalid` for a file that is not as it was written, `table.unsupported`, `store.failed`
 */
export const readCadences = async (
  table: ProjectionTable,
  state: ProjectionState,
  { vehicleIds, dates }: CadenceSelection,
): Promise<Cadences> => {
  const columns = presenceColumns(
    await table.rows(state, { dates, ...(vehicleIds === undefined ? {} : { keys: vehicleIds }) }),
  )
  const found = new Map<number, Map<string, number>>()
  eachCadence(columns, (row, cadence) => {
    const [day, id] = [columns.day[row], columns.vehicleIds.at(columns.vehicle[row])]
    const frontier = state.offset(bucketOfBytes(id))?.frontier ?? Infinity
    if (cadence === undefined || day < frontier) return
    const ofDay = found.get(day) ?? new Map<string, number>()
    found.set(day, ofDay.set(decoder.decode(id), cadence))
  })
  return found
}
