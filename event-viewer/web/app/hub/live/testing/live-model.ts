import type { PositionRow } from '@fleetlake/columnar'
import type { LiveRequest } from '../live-frame.ts'

export type ModelRow = PositionRow

export interface ModelArrival {
  readonly nowMs: number
  /** By the hub's clock, which goes as fast as this one. */
  readonly storedMs: number
  readonly futureToleranceMs: number
}

const RECENT_MS = 3_600_000

interface ModelVehicle {
  readonly number: number
  row: PositionRow
  heardMs: number
  movedMs: number
  givenMs: number
  isNews: boolean
  /** Its type has changed since the page got it. */
  isRetyped: boolean
  isTold: boolean
  /** The newest intervals of event time, four at most. */
  intervals: number[]
}

/** A frame as `LiveFrame` says, with objects for rows, sorted by vehicle. */
export interface ModelFrame {
  readonly isNews: boolean
  readonly frame: unknown
}

/** The intake as one would write it first: a map of objects, all of them looked at for each frame. */
export const createLiveModel = (
  silentMs: number,
): {
  setRequest(request: LiveRequest): void
  take(rows: readonly ModelRow[], arrival: ModelArrival): void
  takeFrame(nowMs: number): ModelFrame
} => {
  const vehicles = new Map<string, ModelVehicle>()
  const types: string[] = []
  const heard: { atMs: number; events: number }[] = []
  let request: LiveRequest = {}
  let [isReset, nextNumber, sweptMs] = [true, 0, -Infinity]
  let [events, lateEvents, invalidEvents] = [0, 0, 0]
  const lags: { atMs: number; lagMs: number }[] = []
  let [lagMs, liveMs, aheadMs, pastEvents]: [number | null, number | null, number, number] = [null, null, 0, 0]
  let goneNumbers: number[] = []
  let [countedMs, inView] = [-Infinity, 0]

  const isIn = (bounds: LiveRequest['bounds'], { longitude, latitude }: PositionRow): boolean => {
    if (bounds === undefined) return true
    const [west, south, east, north] = bounds
    const to = east < west ? east + 360 : east
    const turns = [-720, -360, 0, 360, 720]
    return (
      latitude >= south && latitude <= north && turns.some((turn) => longitude + turn >= west && longitude + turn <= to)
    )
  }
  const isWanted = ({ row }: ModelVehicle): boolean =>
    row.vehicleId === request.follow ||
    (isIn(request.bounds, row) && (request.types === undefined || request.types.includes(row.vehicleType)))

  return {
    setRequest: (next) => {
      request = next
      countedMs = -Infinity
      isReset ||= next.isReset === true
    },
    take: (rows, { nowMs, storedMs, futureToleranceMs }) => {
      aheadMs = storedMs - nowMs
      for (const sent of rows) {
        const { vehicleId, speed = NaN, heading = NaN } = sent
        const row = { ...sent, vehicleId: vehicleId.trim(), speed: speed < 0 ? NaN : speed, heading: heading % 360 }
        const { eventTime, longitude, latitude } = row
        const isInTime = eventTime >= 0 && eventTime <= storedMs + futureToleranceMs
        // The lag is measured before a place is looked at.
        if (isInTime && eventTime >= storedMs - RECENT_MS) lags.push({ atMs: nowMs, lagMs: storedMs - eventTime })
        const isSomewhere =
          Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && (longitude !== 0 || latitude !== 0)
        if (!isInTime || !isSomewhere) {
          invalidEvents++
          continue
        }
        if (eventTime < storedMs - RECENT_MS) {
          pastEvents++
          continue
        }
        liveMs = nowMs
        if (!types.includes(row.vehicleType)) types.push(row.vehicleType)
        const known = vehicles.get(row.vehicleId)
        if (known !== undefined) known.heardMs = nowMs
        if (known !== undefined && eventTime <= known.row.eventTime) {
          lateEvents++
          continue
        }
        if (known !== undefined) {
          const isRetyped = known.isRetyped || known.row.vehicleType !== row.vehicleType
          const intervals = [eventTime - known.row.eventTime, ...known.intervals].slice(0, 4)
          const median = intervals.toSorted((a, b) => a - b)[Math.ceil(intervals.length / 2) - 1]
          if (intervals[0] > Math.max(60_000, 3 * median)) known.givenMs = nowMs
          Object.assign(known, { row, movedMs: nowMs, isNews: true, isRetyped, intervals })
        } else
          vehicles.set(row.vehicleId, {
            number: nextNumber++,
            row,
            heardMs: nowMs,
            movedMs: nowMs,
            givenMs: nowMs,
            isNews: true,
            isRetyped: false,
            isTold: false,
            intervals: [],
          })
      }
      events += rows.length
      heard.push({ atMs: nowMs, events: rows.length })
    },
    takeFrame: (nowMs) => {
      if (nowMs - sweptMs >= 5_000) {
        sweptMs = nowMs
        for (const [id, { heardMs, isTold, number, row }] of vehicles) {
          if (nowMs - heardMs <= silentMs && row.eventTime >= nowMs + aheadMs - RECENT_MS) continue
          vehicles.delete(id)
          if (isTold) goneNumbers.push(number)
        }
      }
      const reports: object[] = []
      const fresh: object[] = []
      for (const vehicle of vehicles.values()) {
        const { number, row, isNews, isRetyped, isTold } = vehicle
        Object.assign(vehicle, { isNews: false, isRetyped: false })
        if (!isWanted(vehicle)) {
          if (isTold) goneNumbers.push(number)
          vehicle.isTold = false
          continue
        }
        const isFresh = isReset || !isTold
        if (isFresh || isNews) {
          const { eventTime, longitude, latitude, speed, heading } = row
          const glideMs = isFresh ? 0 : vehicle.movedMs - vehicle.givenMs
          reports.push({ vehicle: number, eventTime, longitude, latitude, speed, heading, glideMs })
          vehicle.givenMs = vehicle.movedMs
        }
        if (isFresh || isRetyped)
          fresh.push({ vehicle: number, id: row.vehicleId, type: types.indexOf(row.vehicleType) })
        vehicle.isTold = true
      }
      const isWhole = isReset
      const gone = isWhole ? [] : goneNumbers.toSorted((a, b) => a - b)
      isReset = false
      goneNumbers = []
      const all = [...vehicles.values()]
      if (nowMs - countedMs >= 400) {
        countedMs = nowMs
        const recentLags = lags.filter(({ atMs }) => nowMs - atMs <= 3_000).toSorted((a, b) => a.lagMs - b.lagMs)
        if (recentLags.length > 0) ({ lagMs } = recentLags[Math.ceil(recentLags.length / 2) - 1])
        inView = all.filter(({ row, isTold }) => isTold && isIn(request.view, row)).length
      }
      const tenth = Math.floor(nowMs / 100)
      const recent = heard.filter(({ atMs }) => Math.floor(atMs / 100) < tenth && Math.floor(atMs / 100) >= tenth - 30)
      return {
        isNews: isWhole || reports.length > 0 || gone.length > 0,
        frame: {
          isWhole,
          reports: reports.toSorted(byVehicle),
          fresh: fresh.toSorted(byVehicle),
          gone,
          silent: [],
          types: [...types],
          counters: {
            vehicles: all.length,
            vehiclesByType: types.map((type) => all.filter(({ row }) => row.vehicleType === type).length),
            silent: 0,
            silentByType: types.map(() => 0),
            inView,
            eventsPerSecond: recent.reduce((sum, bin) => sum + bin.events, 0) / 3,
            lagMs,
            silentMs: liveMs === null ? null : nowMs - liveMs,
            events,
            lateEvents,
            pastEvents,
            invalidEvents,
          },
        },
      }
    },
  }
}

const byVehicle = (a: object, b: object): number =>
  (a as { vehicle: number }).vehicle - (b as { vehicle: number }).vehicle
