/** The distinct times of each vehicle that are nearest to an instant, from one side of it. */
export interface NearestTimes {
  offer(vehicle: number, timeMs: number): void
  /** The nearest first. */
  get(vehicle: number): Float64Array
}

/** The number of reports from which the cadence is computed; 64 bytes a vehicle. */
export const NEAREST_TIMES = 8

const FIRST_VEHICLES = 1024

/** @param nearer positive when the first time is nearer than the second */
export const createNearestTimes = (nearer: (nextMs: number, heldMs: number) => number): NearestTimes => {
  let counts = new Uint8Array(FIRST_VEHICLES)
  let times = new Float64Array(FIRST_VEHICLES * NEAREST_TIMES)

  const reserve = (vehicle: number): void => {
    if (vehicle < counts.length) return
    const size = 2 ** Math.ceil(Math.log2(vehicle + 1))
    const [more, longer] = [new Uint8Array(size), new Float64Array(size * NEAREST_TIMES)]
    more.set(counts)
    longer.set(times)
    counts = more
    times = longer
  }

  return {
    offer: (vehicle, timeMs) => {
      reserve(vehicle)
      const [from, count] = [vehicle * NEAREST_TIMES, counts[vehicle]]
      let place = count
      while (place > 0 && nearer(timeMs, times[from + place - 1]) > 0) place--
      if (place === NEAREST_TIMES || (place > 0 && times[from + place - 1] === timeMs)) return
      const kept = Math.min(count, NEAREST_TIMES - 1)
      times.copyWithin(from + place + 1, from + place, from + kept)
      times[from + place] = timeMs
      counts[vehicle] = kept + 1
    },
    get: (vehicle) => {
      const from = vehicle * NEAREST_TIMES
      return vehicle < counts.length ? times.subarray(from, from + counts[vehicle]) : new Float64Array(0)
    },
  }
}
