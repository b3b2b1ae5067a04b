import type { LiveFrame, LiveReports, LiveRequest } from './live-frame.ts'
import type { LiveVehicles } from './live-vehicles.ts'
import { viewOf, wantsTheSame } from './live-view.ts'
import {
  EVENT_TIME,
  FLAGS,
  GIVEN,
  HEADING,
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
  WIDE,
} from './vehicle-records.ts'

/** Cuts what the page does not know yet, and wants to, into frames. */
export interface LiveFrames {
  /** How many of the vehicles that the page knows, and that are not silent, are in view. */
  countInView(): number
  setRequest(request: LiveRequest): void
  take(): Omit<LiveFrame, 'types' | 'counters'>
}

const utf8 = new TextEncoder()

/** @param maxFresh maximum number of new vehicles in a frame, unless it is whole: the rest follows in the next frames */
export const createLiveFrames = ({ ids, records, types, ...vehicles }: LiveVehicles, maxFresh: number): LiveFrames => {
  let wanted: LiveRequest = {}
  let view = viewOf({})
  let follow = new Uint8Array(0)
  let [isReset, isViewNew] = [true, false]
  /** Slots of vehicles that are wanted, and were one too many for the last frame. */
  let waiting: number[] = []

  /** Slots of the vehicles that the page gets, and of those that are new to it; numbers of those that it loses. */
  const choose = (): {
    readonly given: number[]
    readonly fresh: number[]
    readonly gone: number[]
    readonly silent: number[]
  } => {
    const { wide } = records
    const followed = follow.length === 0 ? -1 : ids.find(follow, 0, follow.length)
    const wantsType = types.map((type) => view.wantsType(type))
    const news = [...waiting, ...vehicles.takeNews()]
    waiting = []
    const gone = [...vehicles.takeForgotten()]
    const silenced = vehicles.takeSilenced()
    const isAll = isReset || isViewNew
    const count = isAll ? ids.limit : news.length
    const given: number[] = []
    const fresh: number[] = []
    const silent: number[] = []
    for (let i = 0; i < count; i++) {
      const slot = isAll ? i : news[i]
      if (!ids.has(slot)) continue
      const at = slot * WIDE
      const state = wide[at + STATE]
      const type = typeOfState(state)
      const isTold = (state & IS_TOLD) !== 0
      const silence = state & IS_SILENT
      const isWanted =
        slot === followed || (wantsType[type] && view.contains(wide[at + LONGITUDE], wide[at + LATITUDE]))
      if (isWanted && !isTold && !isReset && fresh.length >= maxFresh) {
        wide[at + STATE] = type * FLAGS + silence + IS_NEWS
        waiting.push(slot)
        continue
      }
      wide[at + STATE] = type * FLAGS + silence + (isWanted ? IS_TOLD : 0)
      if (!isWanted) {
        if (isTold) gone.push(vehicles.numberOf(slot))
        continue
      }
      const isFresh = isReset || !isTold
      if (isFresh) wide[at + GIVEN] = wide[at + MOVED]
      if (isFresh || (state & IS_RETYPED) !== 0) fresh.push(slot)
      if (isFresh || (state & IS_NEWS) !== 0) {
        given.push(slot)
        if (silence !== 0) silent.push(vehicles.numberOf(slot))
      }
    }
    for (const slot of silenced) {
      if (!ids.has(slot) || (wide[slot * WIDE + STATE] & IS_SILENT) === 0) continue
      if ((wide[slot * WIDE + STATE] & IS_TOLD) !== 0) silent.push(vehicles.numberOf(slot))
    }
    return { given, fresh, gone, silent }
  }

  const reportsOf = (slots: readonly number[]): LiveReports => {
    const { wide, narrow } = records
    const { length } = slots
    const reports = {
      length,
      vehicle: new Uint32Array(length),
      eventTime: new Float64Array(length),
      longitude: new Float64Array(length),
      latitude: new Float64Array(length),
      speed: new Float32Array(length),
      heading: new Float32Array(length),
      glideMs: new Float32Array(length),
    }
    for (let i = 0; i < length; i++) {
      const at = slots[i] * WIDE
      reports.vehicle[i] = vehicles.numberOf(slots[i])
      reports.eventTime[i] = wide[at + EVENT_TIME]
      reports.longitude[i] = wide[at + LONGITUDE]
      reports.latitude[i] = wide[at + LATITUDE]
      reports.speed[i] = narrow[slots[i] * NARROW + SPEED]
      reports.heading[i] = narrow[slots[i] * NARROW + HEADING]
      // A clock that was set back must not turn a glide around.
      reports.glideMs[i] = Math.max(0, wide[at + MOVED] - wide[at + GIVEN])
      wide[at + GIVEN] = wide[at + MOVED]
    }
    return reports
  }

  return {
    countInView: () => {
      const { shows = () => true } = view
      let count = 0
      for (let slot = 0; slot < ids.limit; slot++) {
        const at = slot * WIDE
        if (!ids.has(slot) || (records.wide[at + STATE] & (IS_TOLD | IS_SILENT)) !== IS_TOLD) continue
        if (shows(records.wide[at + LONGITUDE], records.wide[at + LATITUDE])) count++
      }
      return count
    },
    setRequest: (request) => {
      isViewNew ||= !wantsTheSame(wanted, request)
      wanted = request
      view = viewOf(request)
      follow = utf8.encode(request.follow ?? '')
      isReset ||= request.isReset === true
    },
    take: () => {
      const { given, fresh, gone, silent } = choose()
      const frame = {
        isWhole: isReset,
        reports: reportsOf(given),
        fresh: {
          vehicle: Uint32Array.from(fresh, vehicles.numberOf),
          id: fresh.map((slot) => ids.text(slot)),
          type: Uint16Array.from(fresh, (slot) => typeOfState(records.wide[slot * WIDE + STATE])),
        },
        // A page that drops everything needs no list of what to drop.
        gone: Uint32Array.from(isReset ? [] : gone),
        silent: Uint32Array.from(silent),
      }
      isReset = false
      isViewNew = false
      return frame
    },
  }
}
