import type { LiveFrame, LiveReports } from '../../hub/live/live-frame.ts'
import { degreesOf, ledHeading, turnOf } from '../geometry/heading.ts'
import { latitudeOf, longitudeOf, ringX, ringY } from '../geometry/mercator-ring.ts'
import type { TypePalette } from '../looks/palette.ts'
import { speedStepOf } from '../looks/speed-scale.ts'
import type { DrawnPlace } from '../scene.ts'
import { searchNearest, type Nearest, type NearPoint } from '../segments/nearest.ts'
import {
  copySegment,
  createDrawn,
  createSegment,
  createSegmentPage,
  extraOf,
  HAS_HEADING,
  MAX_PAGE_SEGMENTS,
  readDrawn,
  readSegment,
  STALE_INTERVALS,
  writeExtra,
  writeSegment,
  type Segment,
  type SegmentPage,
} from '../segments/segment-page.ts'
import { glideMsOf } from './glide-ms.ts'
import { createTrailRing, type TrailRing } from './trail-ring.ts'
import { createVehicleSlots, withRoomFor } from './vehicle-slots.ts'

/** A power of two: an upload is never more than half a megabyte, and a growing fleet never copies itself. */
const PAGE_SLOTS = MAX_PAGE_SEGMENTS
const PAGE_BITS = Math.log2(PAGE_SLOTS)

/** Taken for a vehicle that has reported once. */
const USUAL_INTERVAL_MS = 10_000
const MIN_INTERVAL_MS = 5000
const MAX_INTERVAL_MS = 600_000

/** The drawn vehicles, each a segment: its last glide. Nothing here knows how it is drawn. Times are ms of `performance.now()`. */
export interface LiveFleet {
  readonly pages: readonly SegmentPage[]
  readonly trails: TrailRing
  apply(frame: LiveFrame, nowMs: number): void
  clear(): void
  /** Whether what was glided is kept from now on; what was kept is forgotten when not. */
  setTrails(isKept: boolean): void
  placeOf(vehicle: number, nowMs: number): DrawnPlace | undefined
  nearest(point: NearPoint, nowMs: number): Nearest | undefined
  /** Its last glide, into `segment`. @returns whether the vehicle is drawn */
  readSegmentOf(vehicle: number, into: Segment): boolean
  readonly count: number
  /** When the last glide ends, and when the last silent vehicle has faded, if nothing more is reported. */
  readonly glidesUntilMs: number
  readonly fadesUntilMs: number
}

export const createLiveFleet = (palette: TypePalette): LiveFleet => {
  const pages: SegmentPage[] = []
  const trails = createTrailRing()
  const slots = createVehicleSlots()
  let typeOf = new Uint8Array(1024)
  // By slot: the last report, and the last whole frame that had the vehicle.
  let eventTimes = new Float64Array(1024)
  let wholes = new Uint32Array(1024)
  let whole = 0
  let keepsTrails = false
  let glidesUntilMs = 0
  let fadesUntilMs = 0
  // Used again and again: a report allocates nothing.
  const drawn = createDrawn()
  const segment = createSegment()
  const piece = createSegment()

  const pageOf = (slot: number): SegmentPage => pages[slot >> PAGE_BITS]
  const indexOf = (slot: number): number => slot & (PAGE_SLOTS - 1)

  const learn = ({ fresh, types }: LiveFrame): void => {
    const colours = types.map((type) => palette.slotOf(type))
    for (let i = 0; i < fresh.vehicle.length; i += 1) {
      typeOf = withRoomFor(typeOf, fresh.vehicle[i])
      typeOf[fresh.vehicle[i]] = colours[fresh.type[i]]
    }
  }

  /** What was glided so far stays behind when the glide is left. */
  const leaveTrail = (slot: number, now: number): void => {
    readSegment(pageOf(slot), indexOf(slot), piece)
    readDrawn(pageOf(slot), indexOf(slot), now, drawn)
    piece.durationMs = Math.min((now - piece.startMs) | 0, piece.durationMs)
    piece.toX = drawn.x
    piece.toY = drawn.y
    if (piece.durationMs > 0 && (piece.fromX !== piece.toX || piece.fromY !== piece.toY)) trails.append(piece)
  }

  const take = (vehicle: number): number => {
    const slot = slots.take(vehicle)
    if (slot >> PAGE_BITS === pages.length) pages.push(createSegmentPage(PAGE_SLOTS))
    pageOf(slot).count = indexOf(slot) + 1
    eventTimes = withRoomFor(eventTimes, slot)
    wholes = withRoomFor(wholes, slot)
    eventTimes[slot] = Number.NEGATIVE_INFINITY
    return slot
  }

  const drop = (slot: number, now: number): void => {
    if (keepsTrails) leaveTrail(slot, now)
    const last = slots.free(slot)
    if (slot !== last) copySegment(pageOf(last), indexOf(last), pageOf(slot), indexOf(slot))
    eventTimes[slot] = eventTimes[last]
    wholes[slot] = wholes[last]
    pageOf(last).count = indexOf(last)
  }

  /** From where it is drawn now to where it was reported. */
  const glide = (slot: number, intervalMs: number, now: number): void => {
    if (keepsTrails) leaveTrail(slot, now)
    readDrawn(pageOf(slot), indexOf(slot), now, drawn)
    const { toX, toY } = segment
    segment.durationMs = glideMsOf({ dx: (toX - drawn.x) | 0, dy: toY - drawn.y, y: toY, intervalMs })
    if (segment.durationMs > 0) {
      segment.fromX = drawn.x
      segment.fromY = drawn.y
    }
  }

  /** Towards the reported heading, or where the glide leads; a vehicle that stands keeps the one it has. */
  const turn = (reported: number, hadHeading: boolean): void => {
    const led = ledHeading((segment.toX - segment.fromX) | 0, segment.toY - segment.fromY, segment.toY)
    const heading = Number.isNaN(reported) ? led : reported
    const before = Math.round(drawn.turn)
    segment.turnTo = Number.isNaN(heading) ? before : turnOf(heading)
    segment.turnFrom = hadHeading ? before : segment.turnTo
    if (hadHeading || !Number.isNaN(heading)) segment.extra |= HAS_HEADING
  }

  const report = (reports: LiveReports, row: number, nowMs: number): void => {
    const now = Math.round(nowMs) | 0
    const vehicle = reports.vehicle[row]
    const known = slots.slotOf(vehicle)
    const slot = known < 0 ? take(vehicle) : known
    wholes[slot] = whole
    if (!(reports.eventTime[row] > eventTimes[slot])) return
    eventTimes[slot] = reports.eventTime[row]

    const reportedMs = reports.glideMs[row]
    const intervalMs = Math.min(Math.max(reportedMs || USUAL_INTERVAL_MS, MIN_INTERVAL_MS), MAX_INTERVAL_MS)
    segment.toX = ringX(reports.longitude[row])
    segment.toY = ringY(reports.latitude[row])
    segment.fromX = segment.toX
    segment.fromY = segment.toY
    segment.startMs = now
    segment.durationMs = 0
    segment.type = vehicle < typeOf.length ? typeOf[vehicle] : 0
    segment.speed = speedStepOf(reports.speed[row])
    segment.extra = Math.round(intervalMs)
    if (known >= 0) glide(slot, reportedMs, now)
    turn(reports.heading[row], known >= 0 && (extraOf(pageOf(slot), indexOf(slot)) & HAS_HEADING) !== 0)
    writeSegment(pageOf(slot), indexOf(slot), segment)
    glidesUntilMs = Math.max(glidesUntilMs, nowMs + segment.durationMs)
    fadesUntilMs = Math.max(fadesUntilMs, nowMs + intervalMs * STALE_INTERVALS * 2)
  }

  /** It stays where it is drawn, without its usual interval: nobody waits for it. */
  const fallSilent = (vehicle: number): void => {
    const slot = slots.slotOf(vehicle)
    if (slot >= 0) writeExtra(pageOf(slot), indexOf(slot), extraOf(pageOf(slot), indexOf(slot)) & HAS_HEADING)
  }

  return {
    pages,
    trails,
    get count() {
      return slots.count
    },
    get glidesUntilMs() {
      return glidesUntilMs
    },
    get fadesUntilMs() {
      return fadesUntilMs
    },
    apply: (frame, nowMs) => {
      const now = Math.round(nowMs) | 0
      learn(frame)
      if (frame.isWhole) whole += 1
      for (let row = 0; row < frame.reports.length; row += 1) report(frame.reports, row, nowMs)
      for (const vehicle of frame.silent) fallSilent(vehicle)
      if (frame.isWhole)
        for (let slot = slots.count - 1; slot >= 0; slot -= 1) if (wholes[slot] !== whole) drop(slot, now)
      for (const vehicle of frame.gone) {
        const slot = slots.slotOf(vehicle)
        if (slot >= 0) drop(slot, now)
      }
    },
    clear: () => {
      slots.clear()
      for (const page of pages) page.count = 0
      trails.clear()
      glidesUntilMs = 0
      fadesUntilMs = 0
    },
    setTrails: (isKept) => {
      keepsTrails = isKept
      if (!isKept) trails.clear()
    },
    placeOf: (vehicle, nowMs) => {
      const slot = slots.slotOf(vehicle)
      if (slot < 0) return undefined
      readDrawn(pageOf(slot), indexOf(slot), Math.round(nowMs) | 0, drawn)
      const hasHeading = (extraOf(pageOf(slot), indexOf(slot)) & HAS_HEADING) !== 0
      return {
        longitude: longitudeOf(drawn.x),
        latitude: latitudeOf(drawn.y),
        heading: hasHeading ? degreesOf(drawn.turn) : Number.NaN,
      }
    },
    readSegmentOf: (vehicle, into) => {
      const slot = slots.slotOf(vehicle)
      if (slot >= 0) readSegment(pageOf(slot), indexOf(slot), into)
      return slot >= 0
    },
    nearest: (point, nowMs) => {
      const now = Math.round(nowMs) | 0
      const search = searchNearest(point)
      let vehicle = -1
      for (const [number, page] of pages.entries())
        for (let index = 0; index < page.count; index += 1)
          if (search.offer(page, index, now)) vehicle = slots.vehicleAt(number * PAGE_SLOTS + index)
      return vehicle < 0 ? undefined : { vehicle, distancePx: search.distancePx }
    },
  }
}
