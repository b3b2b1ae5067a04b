import type { Positions } from '@fleetlake/columnar'

// A byte order mark is a character of an id like any other.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Whether row `i`, not the first, is of the same vehicle as the row before it. */
export const isSameVehicle = ({ vehicleIdOffsets: at, vehicleIdBytes: bytes }: Positions, i: number): boolean => {
  const size = at[i + 1] - at[i]
  if (at[i] - at[i - 1] !== size) return false
  for (let k = size - 1; k >= 0; k--) if (bytes[at[i] + k] !== bytes[at[i - 1] + k]) return false
  return true
}

/** The vehicle's id of row `i`. */
export const vehicleIdAt = ({ vehicleIdOffsets: at, vehicleIdBytes: bytes }: Positions, i: number): string =>
  utf8.decode(bytes.subarray(at[i], at[i + 1]))
