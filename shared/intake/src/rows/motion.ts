import { bearingDegrees, distanceM } from '@fleetlake/core'
import type { RowColumns } from '@fleetlake/contracts'
import { createMarkedPlaces, type LastPlaces } from './marked-places.ts'

/** Rows of vehicles by columns. */
export interface MovedRows extends RowColumns {
  /** 1 for each row that counts. */
  readonly isStored: Uint8Array
  /** Of each row the vehicle's number, dense from 0. */
  readonly vehicles: Int32Array
  /** Of each row what its vehicle is, and of each of these how fast it can be, m/s. */
  readonly types: Int32Array
  readonly fastestMps: readonly number[]
  /** Whether the input has a field of them. What it has none for is derived; what a field does not say of a row stays unknown. */
  readonly hasSpeed: boolean
  readonly hasHeading: boolean
}

/** How vehicles moved from row to row. Rows of a vehicle are in the order of time; of one that is not nothing is known. */
export interface Motions {
  /**
   * Takes the next rows, and fills in what is derived from a vehicle's row before.
   * @returns how many of them are farther from the row before than such a vehicle can have come
   */
  follow(rows: MovedRows): number
  forget(): void
  /** Keeps where the vehicles are now, beside what follows. */
  mark(): void
  /** Where they were when that was called last: views that last until it is called again. */
  marked(): LastPlaces
  /** Begins with vehicles that are somewhere. */
  restore(places: LastPlaces): void
}

/** Of one degree of latitude or of the equator. */
const DEGREE_M = 111_320
const SLACK = 1.001
/** Beyond it two positions say nothing of how a vehicle drove between them. */
const MAX_GAP_MS = 5 * 60_000
const MAX_DERIVED_MPS = 100
/** Many clocks count seconds: two reports of one second may be a second apart. */
const LEAST_SECONDS = 1

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
  const marks = createMarkedPlaces()

  const makeRoom = (vehicle: number): void => {
    while (vehicle >= times.length) {
      times = grown(times)
      longitudes = grown(longitudes)
      latitudes = grown(latitudes)
    }
    while (vehicles <= vehicle) times[vehicles++] = NaN
  }
  return {
    follow: (rows) => {
      const { isStored, vehicles: numbers, types, fastestMps, hasSpeed, hasHeading } = rows
      const { eventTime, longitude, latitude, speed, heading } = rows
      let implausible = 0
      for (let row = 0; row < isStored.length; row++) {
        if (isStored[row] === 0) continue
        const vehicle = numbers[row]
        if (vehicle >= vehicles) makeRoom(vehicle)
        const x = longitude[row]
        const y = latitude[row]
        const fromX = longitudes[vehicle]
        const fromY = latitudes[vehicle]
        const elapsedMs = eventTime[row] - times[vehicle]
        times[vehicle] = eventTime[row]
        longitudes[vehicle] = x
        latitudes[vehicle] = y
        marks.moved(vehicle)
        if (!(elapsedMs > 0)) continue
        const most = fastestMps[types[row]] * Math.max(LEAST_SECONDS, elapsedMs / 1000)
        const isDerived = elapsedMs <= MAX_GAP_MS && !(hasSpeed && hasHeading)
        const east = Math.abs(x - fromX)
        // Never less than the way by more than a part in a thousand: mostly no distance need be computed.
        const metresAtMost = ((east > 180 ? 360 - east : east) + Math.abs(y - fromY)) * DEGREE_M
        if (!isDerived && metresAtMost * SLACK < most) continue
        const metres = distanceM(fromX, fromY, x, y)
        if (metres > most) implausible++
        const mps = metres / (elapsedMs / 1000)
        if (!isDerived || mps > MAX_DERIVED_MPS) continue
        // To 0.1 m/s and whole degrees: more exact than GPS is.
        if (!hasSpeed) speed[row] = Math.round(mps * 10) / 10
        if (!hasHeading && (x !== fromX || y !== fromY))
          heading[row] = Math.round(bearingDegrees(fromX, fromY, x, y)) % 360
      }
      return implausible
    },
    forget: () => {
      vehicles = 0
      marks.forget()
    },
    mark: () => marks.mark({ times, longitudes, latitudes }, vehicles),
    marked: marks.marked,
    restore: (places) => {
      if (places.times.length > 0) makeRoom(places.times.length - 1)
      times.set(places.times)
      longitudes.set(places.longitudes)
      latitudes.set(places.latitudes)
    },
  }
}
