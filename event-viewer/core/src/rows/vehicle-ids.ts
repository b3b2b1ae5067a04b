import type { Positions } from '@fleetlake/columnar'

// A byte order mark is a character of an id like any other.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The vehicle's id of row `i`. */
export const vehicleIdAt = ({ vehicleIdOffsets: at, vehicleIdBytes: bytes }: Positions, i: number): string =>
  utf8.decode(bytes.subarray(at[i], at[i + 1]))
