import { dayOf } from '@fleetlake/core'
import type { Positions } from './positions.ts'

const DAY_MS = 86_400_000

type Ids = Pick<Positions, 'vehicleIdOffsets' | 'vehicleIdBytes'>

/** Whether row `i`, not the first, is of the same vehicle as the row before it. */
export const isSameVehicle = ({ vehicleIdOffsets: at, vehicleIdBytes: bytes }: Ids, i: number): boolean => {
  const size = at[i + 1] - at[i]
  if (at[i] - at[i - 1] !== size) return false
  for (let k = size - 1; k >= 0; k--) if (bytes[at[i] + k] !== bytes[at[i - 1] + k]) return false
  return true
}

/** Whether two texts of one size are the same, four bytes at a time. */
const isSameText = (view: DataView, from: number, other: number, size: number): boolean => {
  let k = size - 4
  for (; k >= 0; k -= 4) if (view.getInt32(from + k) !== view.getInt32(other + k)) return false
  for (k += 3; k >= 0; k--) if (view.getUint8(from + k) !== view.getUint8(other + k)) return false
  return true
}

/**
 * Runs of rows of one vehicle and one UTC date, in the order of the rows: a vehicle's date that is left and come back to is in several. Each row of an answer passes here.
 * @returns the first row of each
 */
export const vehicleDateRuns = (rows: Ids & Pick<Positions, 'length' | 'eventTime'>): Uint32Array => {
  const { length, eventTime, vehicleIdOffsets: at, vehicleIdBytes: bytes } = rows
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts = new Uint32Array(length)
  let runs = 0
  let [dateFrom, dateTo] = [Infinity, -Infinity]
  for (let row = 0; row < length; row++) {
    const time = eventTime[row]
    if (time >= dateFrom && time < dateTo) {
      const size = at[row + 1] - at[row]
      if (at[row] - at[row - 1] === size && isSameText(view, at[row], at[row - 1], size)) continue
    }
    starts[runs++] = row
    dateFrom = dayOf(time) * DAY_MS
    dateTo = dateFrom + DAY_MS
  }
  return starts.subarray(0, runs)
}
