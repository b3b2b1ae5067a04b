import { judgeRows, knownHeading, knownSpeed, type Positions } from '@fleetlake/columnar'
import { roundDegrees } from '@fleetlake/core'
import { createRecentIntervals } from './recent-intervals.ts'
import { createIdTable, type IdTable } from '@fleetlake/columnar'
import {
  createVehicleRecords,
  EVENT_TIME,
  FLAGS,
  GIVEN,
  HEADING,
  HEARD,
  IS_NEWS,
  IS_RETYPED,
  IS_TOLD,
  LATITUDE,
  LONGITUDE,
  MOVED,
  NARROW,
  SPEED,
  STATE,
  typeOfState,
  type VehicleRecords,
  WIDE,
} from './vehicle-records.ts'

/** The vehicles that report, each with its newest report, by slot; the slots of forgotten vehicles are given again. */
export interface LiveVehicles {
  readonly ids: IdTable
  readonly records: VehicleRecords
  /** In the order of their first report; and how many vehicles each has. */
  readonly types: readonly string[]
  readonly vehiclesByType: readonly number[]
  readonly counts: LiveCounts
  /** The number of the vehicle in a slot: never given again. */
  numberOf(slot: number): number
  /**
   * Invariant: a vehicle is where its report of the latest event time says; what is older, or as old, is counted and moves nothing. Rows are judged as the
   * collectors judge them; those of the past are counted and are no vehicle's place.
   */
  take(rows: Positions, bounds: RowBounds): void
  /** Slots whose vehicles have reported since it was asked last, and some that are free or given again. */
  takeNews(): readonly number[]
  /** Numbers of the vehicles that the page knows and that were forgotten since the last call. */
  takeForgotten(): readonly number[]
  /** Forgets the vehicles that have not reported since, and those whose newest report is older than that. */
  forget(since: { readonly heardMs: number; readonly eventMs: number }): void
}

/** Which rows are believed, and which are live; ms since the epoch. */
export interface RowBounds {
  /** When they came, by this machine's clock. */
  readonly nowMs: number
  /** The latest event time that the archive believes: what is later is invalid. */
  readonly latestMs: number
  /** What is older is of the past. */
  readonly recentMs: number
}

export interface LiveCounts {
  readonly events: number
  readonly late: number
  readonly invalid: number
  readonly past: number
  /** When the last report came that is neither invalid nor of the past; -Infinity before the first. */
  readonly liveMs: number
}

export interface LiveVehiclesOptions {
  /** Of vehicles and of the bytes of their ids; beyond, a sixteenth is forgotten: those that were silent for longest. */
  readonly maxVehicles: number
  readonly maxIdBytes: number
}

const MAX_TYPES = 256
const FURTHER_TYPES = 'further types'

export const createLiveVehicles = ({ maxVehicles, maxIdBytes }: LiveVehiclesOptions): LiveVehicles => {
  const ids = createIdTable()
  const records = createVehicleRecords()
  const intervals = createRecentIntervals()
  const types: string[] = []
  const typeIndexes = new Map<string, number>()
  const vehiclesByType: number[] = []
  const counts = { events: 0, late: 0, invalid: 0, past: 0, liveMs: -Infinity }
  let numbers = new Uint32Array(1024)
  let nextNumber = 0
  let news: number[] = []
  let forgotten: number[] = []

  const typeIndexOf = (name: string): number => {
    const index = typeIndexes.get(name)
    if (index !== undefined) return index
    if (types.length >= MAX_TYPES - 1 && name !== FURTHER_TYPES) return typeIndexOf(FURTHER_TYPES)
    typeIndexes.set(name, types.length)
    vehiclesByType.push(0)
    return types.push(name) - 1
  }

  const forgetIn = (slot: number): void => {
    const state = records.wide[slot * WIDE + STATE]
    if ((state & IS_TOLD) !== 0) forgotten.push(numbers[slot])
    vehiclesByType[typeOfState(state)]--
    ids.remove(slot)
  }

  /** Calls `each` for the vehicles that are known. */
  const everySlot = (each: (slot: number, heardMs: number) => void): void => {
    for (let slot = 0; slot < ids.limit; slot++) if (ids.has(slot)) each(slot, records.wide[slot * WIDE + HEARD])
  }

  const forgetLongestSilent = (): void => {
    const heard = new Float64Array(ids.size)
    let count = 0
    everySlot((_, heardMs) => {
      heard[count++] = heardMs
    })
    let left = Math.max(1, count >> 4)
    const last = heard.toSorted()[left - 1]
    everySlot((slot, heardMs) => {
      if (heardMs >= last) return
      forgetIn(slot)
      left--
    })
    everySlot((slot, heardMs) => {
      if (heardMs !== last || left-- <= 0) return
      forgetIn(slot)
    })
  }

  const add = (bytes: Uint8Array, from: number, to: number, type: number): number => {
    while (ids.size > 0 && (ids.size >= maxVehicles || ids.textBytes + to - from > maxIdBytes)) forgetLongestSilent()
    const slot = ids.numberOf(bytes, from, to)
    records.reserve(ids.limit)
    intervals.reserve(ids.limit)
    intervals.clear(slot)
    if (ids.limit > numbers.length) {
      const more = new Uint32Array(numbers.length * 2)
      more.set(numbers)
      numbers = more
    }
    numbers[slot] = nextNumber++
    records.wide[slot * WIDE + EVENT_TIME] = -Infinity
    records.wide[slot * WIDE + STATE] = type * FLAGS
    vehiclesByType[type]++
    return slot
  }

  const retyped = (state: number, type: number): number => {
    vehiclesByType[typeOfState(state)]--
    vehiclesByType[type]++
    return type * FLAGS + ((state % FLAGS) | IS_RETYPED)
  }

  return {
    ids,
    records,
    types,
    vehiclesByType,
    counts,
    numberOf: (slot) => numbers[slot],
    take: (sent, { nowMs, latestMs, recentMs }) => {
      const { rows, faultAt } = judgeRows(sent, latestMs)
      const { vehicleIdBytes, vehicleIdOffsets, vehicleType, eventTime, longitude, latitude, speed, heading } = rows
      const typeOf = rows.vehicleTypes.map(() => -1)
      for (let i = 0; i < rows.length; i++) {
        const from = vehicleIdOffsets[i]
        const to = vehicleIdOffsets[i + 1]
        const time = eventTime[i]
        if (faultAt(i) !== undefined) {
          counts.invalid++
          continue
        }
        if (time < recentMs) {
          counts.past++
          continue
        }
        counts.liveMs = nowMs
        // A dictionary may hold types that no vehicle has.
        if (typeOf[vehicleType[i]] < 0) typeOf[vehicleType[i]] = typeIndexOf(rows.vehicleTypes[vehicleType[i]])
        const type = typeOf[vehicleType[i]]
        let slot = ids.find(vehicleIdBytes, from, to)
        if (slot < 0) slot = add(vehicleIdBytes, from, to, type)
        const { wide, narrow } = records
        const at = slot * WIDE
        wide[at + HEARD] = nowMs
        if (time <= wide[at + EVENT_TIME]) {
          counts.late++
          continue
        }
        // It is at once where it is after a gap: how it came there is not known.
        const sinceMs = time - wide[at + EVENT_TIME]
        if (sinceMs < Infinity && intervals.add(slot, sinceMs)) wide[at + GIVEN] = nowMs
        wide[at + EVENT_TIME] = time
        wide[at + LONGITUDE] = roundDegrees(longitude[i])
        wide[at + LATITUDE] = roundDegrees(latitude[i])
        wide[at + MOVED] = nowMs
        narrow[slot * NARROW + SPEED] = knownSpeed(speed[i])
        narrow[slot * NARROW + HEADING] = knownHeading(heading[i])
        let state = wide[at + STATE]
        if (typeOfState(state) !== type) state = retyped(state, type)
        if ((state & IS_NEWS) === 0) {
          state += IS_NEWS
          news.push(slot)
        }
        wide[at + STATE] = state
      }
      counts.events += rows.length
    },
    takeNews: () => {
      const taken = news
      news = []
      return taken
    },
    takeForgotten: () => {
      const taken = forgotten
      forgotten = []
      return taken
    },
    forget: ({ heardMs: heardSinceMs, eventMs }) =>
      everySlot((slot, heardMs) => {
        if (heardMs < heardSinceMs || records.wide[slot * WIDE + EVENT_TIME] < eventMs) forgetIn(slot)
      }),
  }
}
