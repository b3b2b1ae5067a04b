/** The key of a row of presence within its date: the cell, which has no slash, and the vehicle. UTF-8 bytes. */

export const SLASH = 0x2f

export const presenceKey = (cell: Uint8Array, vehicle: Uint8Array): Uint8Array => {
  const key = new Uint8Array(cell.length + 1 + vehicle.length)
  key.set(cell)
  key[cell.length] = SLASH
  key.set(vehicle, cell.length + 1)
  return key
}

export const cellOfKey = (key: Uint8Array): Uint8Array => key.subarray(0, key.indexOf(SLASH))
export const vehicleOfKey = (key: Uint8Array): Uint8Array => key.subarray(key.indexOf(SLASH) + 1)
