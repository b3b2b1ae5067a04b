/** Positions as the graphics card takes them: 32-bit numbers are precise to millimetres only near an origin. */
export interface FoundPoints {
  /** Mercator, 0 to 1 around the globe and from north to south. */
  readonly originX: number
  readonly originY: number
  /** x and y of each row, from the origin, in `unit`s. */
  readonly offsets: Float32Array
  /** Slot of each row's colour. */
  readonly slots: Uint8Array
}

export const mercatorX = (longitude: number): number => (longitude + 180) / 360

/** The poles are where the map ends. */
export const mercatorY = (latitude: number): number => {
  const sin = Math.sin((Math.max(-85.05112878, Math.min(85.05112878, latitude)) * Math.PI) / 180)
  return 0.5 - (0.25 * Math.log((1 + sin) / (1 - sin))) / Math.PI
}

const ROWS_PER_STEP = 20_000

/**
 * Yields now and then, for `runInSlices`.
 * @param slotOf the colour of a vehicle type, 0–255
 */
export function* foundPoints(
  { length, longitude, latitude, start, type, types, rowType }: FoundRows,
  slotOf: (type: string) => number,
): Generator<void, FoundPoints> {
  const [originX, originY] = length === 0 ? [0.5, 0.5] : [mercatorX(longitude[0]), mercatorY(latitude[0])]
  const offsets = new Float32Array(length * 2)
  const slots = new Uint8Array(length)
  const slotOfType = types.map(slotOf)
  let vehicle = 0
  for (let row = 0; row < length; row++) {
    while (start[vehicle + 1] <= row) vehicle++
    offsets[2 * row] = mercatorX(longitude[row]) - originX
    offsets[2 * row + 1] = mercatorY(latitude[row]) - originY
    slots[row] = slotOfType[rowType === undefined ? type[vehicle] : rowType[row]]
    if (row % ROWS_PER_STEP === 0) yield
  }
  return { originX, originY, offsets, slots }
}
import type { FoundRows } from '@fleetlake/viewer-core'
