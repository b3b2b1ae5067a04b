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
  IS_SILENT,
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
  /** In the order of their first report; and how many vehicles each has that report, and that are silent. */
  readonly types: readonly string[]
  readonly vehiclesByType: readonly number[]
  readonly silentByType: readonly number[]
  readonly silent: number
  readonly counts: LiveCounts
  /** Vehicles that were forgotten to make room, so far. */
  readonly evicted: number
  /** The number of the vehicle in a slot: never given again. */
  numberOf(slot: number): number
  /**
   * Invariant: a vehicle is where its report of the latest event time says; what is older, or as old, is counted and moves nothing. Rows are judged as the
   * collectors judge them; those of the past are counted and are no vehicle's place.
   */
  take(rows: Positions, bounds: RowBounds): void
  /**
   * Last positions that were asked for. Invariant: they are no events, none moves a vehicle back, and one that moves a vehicle has it there at once.
   * @param round the number of the question, for `forgetUnconfirmed`
   */
  takeLast(rows: Positions, bounds: LastBounds, round: number): void
  /** Slots whose vehicles have reported since it was asked last, and some that are free or given again. */
  takeNews(): readonly number[]
  /** Numbers of the vehicles that the page knows and that were forgotten since the last call. */
  takeForgotten(): readonly number[]
  /** Slots of vehicles that have fallen silent since the last call, and some that are free or given again. */
  takeSilenced(): readonly number[]
  /** Silent are vehicles from which nothing was heard since, or whose newest report is older than that; those whose newest report is older than `keptMs` are forgotten. */
  sweep(since: SilentBounds & { readonly keptMs: number }): void
  /**
   * Forgets the vehicles that the whole answer to a question did not name: the silent ones, and those from which nothing was heard since it was asked. They were erased, or
   * the person may no longer see them.
   * @param askedMs by this machine's clock
   */
  forgetUnconfirmed(round: number, askedMs: number): void
  forgetAll(): void
}

export interface SilentBounds {
  /** By this machine's clock. */
  readonly heardMs: number
  /** By the hub's. */
  readonly eventMs: number
}

/** ms since the epoch. */
export interface LastBounds extends SilentBounds {
  readonly nowMs: number
  /** The hub's clock. */
  readonly hubMs: number
  /** What is older is left out. */
  readonly keptMs: number
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
  const silentByType: number[] = []
  const counts = { events: 0, late: 0, invalid: 0, past: 0, liveMs: -Infinity }
  let numbers = new Uint32Array(1024)
  /** By slot: the last question whose answer named the vehicle. */
  let confirmed = new Uint32Array(1024)
  let nextNumber = 0
  let silent = 0
  let evicted = 0
  let news: number[] = []
  let silenced: number[] = []
  let forgotten: number[] = []

  const typeIndexOf = (name: string): number => {
    const index = typeIndexes.get(name)
    if (index !== undefined) return index
    if (types.length >= MAX_TYPES - 1 && name !== FURTHER_TYPES) return typeIndexOf(FURTHER_TYPES)
    typeIndexes.set(name, types.length)
    vehiclesByType.push(0)
    silentByType.push(0)
    return types.push(name) - 1
  }

  const tally = (state: number, by: 1 | -1): void => {
    const isSilent = (state & IS_SILENT) !== 0
    ;(isSilent ? silentByType : vehiclesByType)[typeOfState(state)] += by
    if (isSilent) silent += by
  }

  const forgetIn = (slot: number): void => {
    const state = records.wide[slot * WIDE + STATE]
    if ((state & IS_TOLD) !== 0) forgotten.push(numbers[slot])
    tally(state, -1)
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
    evicted += left
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
      const moreConfirmed = new Uint32Array(more.length)
      moreConfirmed.set(confirmed)
      confirmed = moreConfirmed
    }
    confirmed[slot] = 0
    numbers[slot] = nextNumber++
    records.wide[slot * WIDE + EVENT_TIME] = -Infinity
    records.wide[slot * WIDE + HEARD] = -Infinity
    records.wide[slot * WIDE + STATE] = type * FLAGS
    vehiclesByType[type]++
    return slot
  }

  const retyped = (state: number, type: number): number => {
    tally(state, -1)
    const next = type * FLAGS + ((state % FLAGS) | IS_RETYPED)
    tally(next, 1)
    return next
  }

  /** Has the vehicle in a slot where a row says, of a type. */
  const move = (slot: number, rows: Positions, row: number, type: number, nowMs: number): void => {
    const { wide, narrow } = records
    const at = slot * WIDE
    wide[at + EVENT_TIME] = rows.eventTime[row]
    wide[at + LONGITUDE] = roundDegrees(rows.longitude[row])
    wide[at + LATITUDE] = roundDegrees(rows.latitude[row])
    wide[at + MOVED] = nowMs
    narrow[slot * NARROW + SPEED] = knownSpeed(rows.speed[row])
    narrow[slot * NARROW + HEADING] = knownHeading(rows.heading[row])
    let state = wide[at + STATE]
    if (typeOfState(state) !== type) state = retyped(state, type)
    if ((state & IS_NEWS) === 0) {
      state += IS_NEWS
      news.push(slot)
    }
    wide[at + STATE] = state
  }

  const setSilent = (slot: number, isSilent: boolean): void => {
    const at = slot * WIDE + STATE
    const state = records.wide[at]
    if (((state & IS_SILENT) !== 0) === isSilent) return
    tally(state, -1)
    records.wide[at] = isSilent ? state + IS_SILENT : state - IS_SILENT
    tally(records.wide[at], 1)
    // What is news is told anyway.
    if (isSilent && (state & (IS_TOLD | IS_NEWS)) === IS_TOLD) silenced.push(slot)
  }

  return {
    ids,
    records,
    types,
    vehiclesByType,
    silentByType,
    get silent() {
      return silent
    },
    counts,
    get evicted() {
      return evicted
    },
    numberOf: (slot) => numbers[slot],
    take: (sent, { nowMs, latestMs, recentMs }) => {
      const { rows, faultAt } = judgeRows(sent, latestMs)
      const { vehicleIdBytes, vehicleIdOffsets, vehicleType, eventTime } = rows
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
        const { wide } = records
        const at = slot * WIDE
        wide[at + HEARD] = nowMs
        if (time <= wide[at + EVENT_TIME]) {
          counts.late++
          continue
        }
        // It is at once where it is after a gap: how it came there is not known.
        const sinceMs = time - wide[at + EVENT_TIME]
        if (sinceMs < Infinity && intervals.add(slot, sinceMs)) wide[at + GIVEN] = nowMs
        setSilent(slot, false)
        move(slot, rows, i, type, nowMs)
      }
      counts.events += rows.length
    },
    takeLast: (sent, { nowMs, hubMs, heardMs, eventMs, keptMs }, round) => {
      const { rows, faultAt } = judgeRows(sent, Infinity)
      const { vehicleIdBytes, vehicleIdOffsets, vehicleType, eventTime } = rows
      for (let i = 0; i < rows.length; i++) {
        const time = eventTime[i]
        if (time < keptMs || faultAt(i) !== undefined) continue
        const from = vehicleIdOffsets[i]
        const to = vehicleIdOffsets[i + 1]
        const type = typeIndexOf(rows.vehicleTypes[vehicleType[i]])
        let slot = ids.find(vehicleIdBytes, from, to)
        if (slot < 0) slot = add(vehicleIdBytes, from, to, type)
        confirmed[slot] = round
        const { wide } = records
        const at = slot * WIDE
        if (time <= wide[at + EVENT_TIME]) continue
        const heard = nowMs - Math.max(0, hubMs - time)
        wide[at + HEARD] = Math.max(wide[at + HEARD], heard)
        wide[at + GIVEN] = nowMs
        // What was between it and the one before is not known.
        intervals.clear(slot)
        move(slot, rows, i, type, nowMs)
        setSilent(slot, wide[at + HEARD] < heardMs || time < eventMs)
      }
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
    takeSilenced: () => {
      const taken = silenced
      silenced = []
      return taken
    },
    sweep: ({ heardMs: heardSinceMs, eventMs, keptMs }) =>
      everySlot((slot, heardMs) => {
        const time = records.wide[slot * WIDE + EVENT_TIME]
        const isSilent =
          (records.wide[slot * WIDE + STATE] & IS_SILENT) !== 0 || heardMs < heardSinceMs || time < eventMs
        if (!isSilent) return
        if (time < keptMs) forgetIn(slot)
        else setSilent(slot, true)
      }),
    forgetUnconfirmed: (round, askedMs) =>
      everySlot((slot, heardMs) => {
        const isSilent = (records.wide[slot * WIDE + STATE] & IS_SILENT) !== 0
        if ((isSilent || heardMs < askedMs) && confirmed[slot] !== round) forgetIn(slot)
      }),
    forgetAll: () => everySlot(forgetIn),
  }
}
