import type { VehiclesState } from './vehicles-state.ts'

/** Where vehicles are, by number: as long as there are vehicles, or longer. */
export type LastPlaces = Pick<VehiclesState, 'times' | 'longitudes' | 'latitudes'>

/** Keeps where vehicles were at an instant. Invariant: to mark costs as much as the rows since, not as there are vehicles. */
export interface MarkedPlaces {
  /** A row has moved a vehicle. */
  moved(vehicle: number): void
  /** All vehicles have other numbers from now on. */
  forget(): void
  /** @param vehicles how many there are */
  mark(places: LastPlaces, vehicles: number): void
  /** As it was marked last: views that last until the next time. */
  marked(): LastPlaces
}

export const createMarkedPlaces = (): MarkedPlaces => {
  let kept: LastPlaces = { times: new Float64Array(0), longitudes: new Float64Array(0), latitudes: new Float64Array(0) }
  let count = 0
  let since = new Int32Array(1_024)
  let moves = 0
  /** Nothing is marked, or with other numbers. */
  let isAnew = true

  const copyAll = ({ times, longitudes, latitudes }: LastPlaces): void => {
    kept = { times: times.slice(), longitudes: longitudes.slice(), latitudes: latitudes.slice() }
  }
  const copyMoved = ({ times, longitudes, latitudes }: LastPlaces, vehicles: number): void => {
    // A vehicle may have come of which no row was taken.
    for (let vehicle = count; vehicle < vehicles; vehicle++) kept.times[vehicle] = times[vehicle]
    for (let i = 0; i < moves; i++) {
      const vehicle = since[i]
      kept.times[vehicle] = times[vehicle]
      kept.longitudes[vehicle] = longitudes[vehicle]
      kept.latitudes[vehicle] = latitudes[vehicle]
    }
  }
  return {
    moved: (vehicle) => {
      if (isAnew) return
      if (moves === since.length) {
        const more = new Int32Array(2 * since.length)
        more.set(since)
        since = more
      }
      since[moves++] = vehicle
    },
    forget: () => {
      isAnew = true
      moves = 0
    },
    mark: (places, vehicles) => {
      if (isAnew || kept.times.length < vehicles) copyAll(places)
      else copyMoved(places, vehicles)
      isAnew = false
      moves = 0
      count = vehicles
    },
    marked: () => ({
      times: kept.times.subarray(0, count),
      longitudes: kept.longitudes.subarray(0, count),
      latitudes: kept.latitudes.subarray(0, count),
    }),
  }
}
