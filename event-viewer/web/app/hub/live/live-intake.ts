import type { Positions } from '@fleetlake/columnar'
import { decodeMove } from '@fleetlake/contracts'
import { createEventRate } from './event-rate.ts'
import { findIds } from './find-ids.ts'
import { createFollowedVehicle } from './followed-measures.ts'
import type { LiveCounters, LiveFrame, LiveRequest, LiveVehicle } from './live-frame.ts'
import { createLiveFrames } from './live-frames.ts'
import { createLiveVehicles, type RowBounds } from './live-vehicles.ts'
import { createReportLag } from './report-lag.ts'
import { createServerClock } from './server-clock.ts'
import {
  EVENT_TIME,
  HEADING,
  IS_SILENT,
  LATITUDE,
  LONGITUDE,
  NARROW,
  SPEED,
  STATE,
  typeOfState,
  WIDE,
} from './vehicle-records.ts'

/** What is known of the vehicles that report, kept in the worker; it never looks at a clock itself. */
export interface LiveIntake {
  /** What the page wants from now on; until then it wants everything. */
  setRequest(request: LiveRequest): void
  /**
   * Takes a `move`; what can't be read is counted, never thrown.
   * @param payload an Arrow IPC stream of positions, or one position as JSON
   */
  take(payload: Uint8Array, arrival: Arrival): void
  /**
   * Takes last positions that were asked for: they are no events, and none is late, of the past, or behind.
   * @param round the number of the question, 1 or more
   */
  takeLast(rows: Positions, round: number, nowMs: number): void
  /** All last positions have come that there are: of a vehicle that was not among them, and was not heard since they were asked for, nothing is known any more. */
  endLast(round: number, askedMs: number): void
  /** Vehicles that were forgotten to make room, so far. */
  evicted(): number
  /** Of no vehicle anything is known any more: the person may see others now. */
  forgetAll(): void
  /** @param aheadMs how far ahead of this machine's clock that of the hub is taken to be until a message tells it */
  assumeHubAhead(aheadMs: number): void
  /** The hub's clock, as far as it is known. */
  hubMs(nowMs: number): number
  /** Call it ten times a second, with new reports or without. @returns undefined when there is nothing to send */
  takeFrame(nowMs: number): LiveFrame | undefined
  /** Of all vehicles, silent ones too: those whose id begins with the text, then those that contain it; upper and lower case are the same. */
  find(text: string, max: number): LiveVehicle[]
  vehicle(id: string): LiveVehicle | undefined
}

/** How a message came. */
export interface Arrival {
  /** This machine's clock, ms since the epoch. */
  readonly nowMs: number
  /** When the hub stored the message, by the hub's clock; collectors judge its rows by this time. Where the hub does not give it, this machine's clock is used. */
  readonly storedMs?: number | undefined
  /** How far ahead of that a report may be, as for the collectors. */
  readonly futureToleranceMs: number
  /** What is not taken by the collectors is not shown either. */
  readonly contentType: string | undefined
}

export interface LiveIntakeOptions {
  /** Vehicles at most, and bytes of their ids; beyond, a sixteenth is forgotten: those that were silent for longest. */
  readonly maxVehicles?: number
  readonly maxIdBytes?: number
  /** A vehicle from which nothing comes for this long is silent. */
  readonly silentMs?: number
  /** Maximum number of new vehicles in a frame, unless it is whole: many at once would hold the page up. */
  readonly maxFresh?: number
}

const SILENT_MS = 15 * 60_000
export const MAX_VEHICLES = 2_000_000
const MAX_ALL_ID_BYTES = 128 * 1024 * 1024
const MAX_FRESH = 10_000
const SWEEP_MS = 5_000
/** Reports whose event time is older than this are of the past, as those of an import are: they are not a vehicle's place now. */
const RECENT_MS = 3_600_000
/** Rows of a message that the lag is measured by. */
const LAG_SAMPLES = 8
/** Without reports there is still a frame this often: it shows that the page listens, and how the lag grows. */
const QUIET_MS = 1_000
const COUNT_MS = 400

const utf8 = new TextEncoder()

/**
 * Memory is bounded by the number of vehicles, silent ones too, and the bytes of their ids, whatever the number of reports: about 150 bytes and its id for
 * each vehicle, and as much again while a table grows; measures are kept of the vehicle that is followed alone; a frame takes 40 bytes for each vehicle in view that reported.
 */
export const createLiveIntake = (options: LiveIntakeOptions = {}): LiveIntake => {
  const { maxVehicles = MAX_VEHICLES, maxIdBytes = MAX_ALL_ID_BYTES } = options
  const { silentMs = SILENT_MS, maxFresh = MAX_FRESH } = options
  const rate = createEventRate()
  const lag = createReportLag()
  const clock = createServerClock()
  const vehicles = createLiveVehicles({ maxVehicles, maxIdBytes })
  const frames = createLiveFrames(vehicles, maxFresh)
  const followed = createFollowedVehicle()
  const { ids, records, types, counts } = vehicles
  let unreadable = 0
  let [sweptMs, framedMs, framedRate] = [-Infinity, -Infinity, 0]
  let [countedMs, inView] = [-Infinity, 0]
  let lagMs: number | undefined
  let keptMs = 0

  const addLag = ({ length, eventTime }: Positions, { nowMs, latestMs, recentMs }: RowBounds): void => {
    const step = Math.max(1, Math.floor(length / LAG_SAMPLES))
    const serverMs = clock.at(nowMs)
    for (let i = 0; i < length; i += step) {
      const time = eventTime[i]
      if (time >= recentMs && time <= latestMs) lag.add(serverMs - time, Math.min(step, length - i), nowMs)
    }
  }
  const takeRows = (rows: Positions, { nowMs, storedMs = nowMs, futureToleranceMs }: Arrival): void => {
    const bounds = { nowMs, latestMs: storedMs + futureToleranceMs, recentMs: storedMs - RECENT_MS }
    vehicles.take(rows, bounds)
    followed.take(rows, bounds)
    addLag(rows, bounds)
    rate.add(rows.length, nowMs)
  }

  /** Silent before these. */
  const silentBounds = (nowMs: number) => {
    const hubMs = clock.at(nowMs)
    return {
      nowMs,
      hubMs,
      heardMs: nowMs - silentMs,
      eventMs: hubMs - RECENT_MS,
      keptMs: keptMs === 0 ? Infinity : hubMs - keptMs,
    }
  }

  const inViewAt = (nowMs: number): number => {
    if (nowMs - countedMs >= COUNT_MS || nowMs < countedMs) {
      countedMs = nowMs
      inView = frames.countInView()
      lagMs = lag.medianMs(nowMs)
    }
    return inView
  }

  const countersAt = (nowMs: number): LiveCounters => ({
    // Counts the lag as well.
    inView: inViewAt(nowMs),
    vehicles: ids.size - vehicles.silent,
    vehiclesByType: [...vehicles.vehiclesByType],
    silent: vehicles.silent,
    silentByType: [...vehicles.silentByType],
    eventsPerSecond: rate.perSecond(nowMs),
    lagMs: lagMs ?? null,
    silentMs: counts.liveMs === -Infinity ? null : Math.max(0, nowMs - counts.liveMs),
    events: counts.events,
    lateEvents: counts.late,
    pastEvents: counts.past,
    invalidEvents: counts.invalid + unreadable,
  })

  const vehicleIn = (slot: number): LiveVehicle => ({
    vehicle: vehicles.numberOf(slot),
    id: ids.text(slot),
    type: types[typeOfState(records.wide[slot * WIDE + STATE])],
    eventTime: records.wide[slot * WIDE + EVENT_TIME],
    longitude: records.wide[slot * WIDE + LONGITUDE],
    latitude: records.wide[slot * WIDE + LATITUDE],
    speed: records.narrow[slot * NARROW + SPEED],
    heading: records.narrow[slot * NARROW + HEADING],
    isSilent: (records.wide[slot * WIDE + STATE] & IS_SILENT) !== 0,
  })

  return {
    setRequest: (request) => {
      frames.setRequest(request)
      followed.follow(request.follow)
      countedMs = -Infinity
      const next = request.keptMs ?? 0
      if (next !== keptMs) sweptMs = -Infinity
      keptMs = next
    },
    takeLast: (rows, round, nowMs) => {
      if (keptMs > 0) vehicles.takeLast(rows, silentBounds(nowMs), round)
    },
    endLast: vehicles.forgetUnconfirmed,
    evicted: () => vehicles.evicted,
    forgetAll: vehicles.forgetAll,
    assumeHubAhead: clock.assume,
    hubMs: clock.at,
    take: (payload, arrival) => {
      if (arrival.storedMs !== undefined) clock.hear(arrival.storedMs, arrival.nowMs)
      const { rows } = decodeMove(payload, arrival.contentType)
      if (rows === undefined) unreadable++
      else takeRows(rows, arrival)
    },
    takeFrame: (nowMs) => {
      if (nowMs - sweptMs >= SWEEP_MS || nowMs < sweptMs) {
        vehicles.sweep(silentBounds(nowMs))
        sweptMs = nowMs
      }
      const cut = frames.take()
      const counters = countersAt(nowMs)
      const said = followed.takeNews()
      const isCut =
        cut.isWhole || cut.reports.length > 0 || cut.fresh.id.length > 0 || cut.gone.length > 0 || cut.silent.length > 0
      const isNews = isCut || said !== undefined
      const isDue = nowMs - framedMs >= QUIET_MS || nowMs < framedMs || counters.eventsPerSecond !== framedRate
      if (!isNews && !isDue) return undefined
      framedMs = nowMs
      framedRate = counters.eventsPerSecond
      return { ...cut, types: [...types], counters, ...(said === undefined ? {} : { followed: said }) }
    },
    find: (text, max) => findIds(ids, text, max).map(vehicleIn),
    vehicle: (id) => {
      const bytes = utf8.encode(id)
      const slot = ids.find(bytes, 0, bytes.length)
      return slot < 0 ? undefined : vehicleIn(slot)
    },
  }
}
