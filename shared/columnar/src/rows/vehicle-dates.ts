import { dayOf } from '@fleetlake/core'
import type { Positions } from './positions.ts'

type Ids = Pick<Positions, 'vehicleIdOffsets' | 'vehicleIdBytes'>

/** Whether row `i`, not the first, is of the same vehicle as the row before it. */
export const isSameVehicle = ({ vehicleIdOffsets: at, vehicleIdBytes: bytes }: Ids, i: number): boolean => {
  const size = at[i + 1] - at[i]
  if (at[i] - at[i - 1] !== size) return false
  for (let k = size - 1; k >= 0; k--) if (bytes[at[i] + k] !== bytes[at[i - 1] + k]) return false
  return true
}

/**
 * Runs of rows of one vehicle and one UTC date, in the order of the rows: a vehicle's date that is left and come back to is in several.
 * @returns the first row of each
 */
export const vehicleDateRuns = (rows: Ids & Pick<Positions, 'length' | 'eventTime'>): Uint32Array => {
  const { length, eventTime } = rows
  const starts = new Uint32Array(length)
  let runs = 0
  let date = Number.NaN
  for (let row = 0; row < length; row++) {
    const here = dayOf(eventTime[row])
    if (row > 0 && here === date && isSameVehicle(rows, row)) continue
    starts[runs++] = row
    date = here
  }
  return starts.subarray(0, runs)
}
