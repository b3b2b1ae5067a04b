import { bearingDegrees, distanceM } from '@fleetlake/core'

/** How vehicles moved from row to row. Rows of a vehicle are in the order of time; of one that is not nothing is known. */
export interface Motions {
  /**
   * Takes the next row of a vehicle, which the other members then speak of.
   * @param vehicle its number, dense from 0
   * @param longitude,latitude degrees
   */
  next(vehicle: number, timeMs: number, longitude: number, latitude: number): void
  /** Since the vehicle's row before, ms; NaN where there is none or it is not earlier. */
  elapsedMs(): number
  /** From the row before, metres: quick, and never less than it was by more than a part in a thousand, nor much more than twice as much. */
  metresAtMost(): number
  metres(): number
  /** Degrees clockwise from north, whole; NaN where the vehicle has not moved. */
  heading(): number
  forget(): void
}

/** Of one degree of latitude or of the equator. */
const DEGREE_M = 111_320

const grown = (values: Float64Array): Float64Array<ArrayBuffer> => {
  const more = new Float64Array(2 * values.length)
  more.set(values)
  return more
}

export const createMotions = (): Motions => {
  let times = new Float64Array(1_024)
  let longitudes = new Float64Array(1_024)
  let latitudes = new Float64Array(1_024)
  let vehicles = 0
  let [elapsed, x, y, fromX, fromY] = [NaN, 0, 0, 0, 0]

  return {
    next: (vehicle, timeMs, longitude, latitude) => {
      while (vehicle >= times.length) {
        times = grown(times)
        longitudes = grown(longitudes)
        latitudes = grown(latitudes)
      }
      // Numbers are dense: a vehicle that comes first has the next one.
      while (vehicles <= vehicle) times[vehicles++] = NaN
      elapsed = timeMs - times[vehicle]
      if (!(elapsed > 0)) elapsed = NaN
      fromX = longitudes[vehicle]
      fromY = latitudes[vehicle]
      x = longitude
      y = latitude
      times[vehicle] = timeMs
      longitudes[vehicle] = longitude
      latitudes[vehicle] = latitude
    },
    elapsedMs: () => elapsed,
    metresAtMost: () => {
      const east = Math.abs(x - fromX)
      return ((east > 180 ? 360 - east : east) + Math.abs(y - fromY)) * DEGREE_M
    },
    metres: () => distanceM(fromX, fromY, x, y),
    heading: () => (x === fromX && y === fromY ? NaN : Math.round(bearingDegrees(fromX, fromY, x, y)) % 360),
    forget: () => {
      vehicles = 0
    },
  }
}
