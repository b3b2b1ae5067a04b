import type { Positions } from '@fleetlake/columnar'
import type { MeasureValue } from '../rows/answer-measures.ts'
import { compareNumbers, compareTexts } from '../rows/compare.ts'

/** One report of a vehicle that is known. */
export interface Report {
  readonly vehicleType: string
  readonly eventTime: number
  readonly longitude: number
  readonly latitude: number
  readonly speed: number
  readonly heading: number
  /** Of each measure that was offered with it. */
  readonly measures: readonly MeasureValue[]
}

/** The report of each vehicle that is nearest to an instant, from one side of it, in columns. */
export interface NearestReports {
  /**
   * Keeps a row when it is nearer than what is held of the vehicle.
   * @param measures what gives the values of a row of each measure, as many and in the same order for all rows
   */
  offer(vehicle: number, rows: Positions, row: number, measures?: readonly ((row: number) => MeasureValue)[]): void
  get(vehicle: number): Report | undefined
}

const FIRST_VEHICLES = 1024
const NUMBERS = ['eventTime', 'longitude', 'latitude', 'speed', 'heading'] as const
const TIES = ['longitude', 'latitude', 'speed', 'heading'] as const

/**
 * @param nearer positive when a row of the first time is nearer than one of the second. Of two reports at one time the more eastern, then the more
 *   northern is held, and so on, so that the order in which rows come does not matter.
 */
export const createNearestReports = (nearer: (nextMs: number, heldMs: number) => number): NearestReports => {
  const types: string[] = []
  const codes = new Map<string, number>()
  let size = FIRST_VEHICLES
  let held = columnsOf(size)
  /** Code + 1 of the vehicle's type; 0 while nothing is held. */
  let type = new Uint32Array(size)
  /** By measure, then by vehicle. */
  const beside: MeasureValue[][] = []

  const grow = (vehicle: number): void => {
    while (size <= vehicle) size *= 2
    const larger = columnsOf(size)
    for (const name of NUMBERS) larger[name].set(held[name])
    held = larger
    const wider = new Uint32Array(size)
    wider.set(type)
    type = wider
  }

  const codeOf = (name: string): number => {
    const code = codes.get(name)
    if (code !== undefined) return code
    codes.set(name, types.push(name))
    return types.length
  }

  const isNearer = (
    vehicle: number,
    rows: Positions,
    row: number,
    measures: readonly ((row: number) => MeasureValue)[],
  ): boolean => {
    if (type[vehicle] === 0) return true
    const byTime = nearer(rows.eventTime[row], held.eventTime[vehicle])
    if (byTime !== 0) return byTime > 0
    for (const name of TIES) {
      const difference = compareNumbers(rows[name][row], held[name][vehicle])
      if (difference !== 0) return difference > 0
    }
    for (let i = 0; i < measures.length; i++) {
      const difference = compareValues(measures[i](row), beside[i][vehicle])
      if (difference !== 0) return difference > 0
    }
    return false
  }

  return {
    offer: (vehicle, rows, row, measures = []) => {
      if (vehicle >= size) grow(vehicle)
      while (beside.length < measures.length) beside.push([])
      if (!isNearer(vehicle, rows, row, measures)) return
      type[vehicle] = codeOf(rows.vehicleTypes[rows.vehicleType[row]])
      for (const name of NUMBERS) held[name][vehicle] = rows[name][row]
      for (let i = 0; i < measures.length; i++) beside[i][vehicle] = measures[i](row)
    },
    get: (vehicle) => {
      if (vehicle >= size || type[vehicle] === 0) return undefined
      return {
        vehicleType: types[type[vehicle] - 1],
        eventTime: held.eventTime[vehicle],
        longitude: held.longitude[vehicle],
        latitude: held.latitude[vehicle],
        speed: held.speed[vehicle],
        heading: held.heading[vehicle],
        measures: beside.map((values) => values[vehicle] ?? null),
      }
    },
  }
}

/** A value is nearer than none. */
const compareValues = (a: MeasureValue, b: MeasureValue): number => {
  if (a === null || b === null) return Number(b === null) - Number(a === null)
  return typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) : compareNumbers(Number(a), Number(b))
}

const columnsOf = (length: number): Record<(typeof NUMBERS)[number], Float64Array> => ({
  eventTime: new Float64Array(length),
  longitude: new Float64Array(length),
  latitude: new Float64Array(length),
  speed: new Float64Array(length),
  heading: new Float64Array(length),
})
