import type { FoundRows } from '@fleetlake/viewer-core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Gap, joinRows } from '@fleetlake/viewer-core'
import { cameraOf } from '../geometry/camera.ts'
import { ringX, ringY } from '../geometry/mercator-ring.ts'
import { speedStepOf } from '../looks/speed-scale.ts'
import {
  createDrawn,
  createSegment,
  EXTRA_MASK,
  extraOf,
  HAS_HEADING,
  LINGER_MS,
  readDrawn,
  readSegment,
} from '../segments/segment-page.ts'
import { forEachDrawn, mayHold, nearestAt, placeAmongRows } from './replay-at.ts'
import { buildTrack, MAX_JOINED_MS, type ReplayTrack } from './replay-track.ts'

interface Report {
  readonly ms: number
  readonly longitude: number
  readonly latitude: number
  readonly speed: number
  readonly heading: number
}

const START_MS = Date.UTC(2026, 0, 1)
const GAP_MS = 60_000

const foundOf = (fleet: readonly (readonly Report[])[]): FoundRows => {
  const rows = fleet.flat()
  const start = [0]
  for (const reports of fleet) start.push(start[start.length - 1] + reports.length)
  return {
    length: rows.length,
    ids: fleet.map((_, vehicle) => `v${vehicle}`),
    type: Uint16Array.from(fleet, (_, vehicle) => vehicle % 3),
    types: ['bus', 'car', 'tram'],
    start: Uint32Array.from(start),
    measures: [],
    eventTime: Float64Array.from(rows, ({ ms }) => START_MS + ms),
    longitude: Float64Array.from(rows, ({ longitude }) => longitude),
    latitude: Float64Array.from(rows, ({ latitude }) => latitude),
    speed: Float32Array.from(rows, ({ speed }) => speed),
    heading: Float32Array.from(rows, ({ heading }) => heading),
  }
}

const trackOf = (found: FoundRows, gap: Gap = GAP_MS, pageSegments = 4): ReplayTrack => {
  const work = buildTrack(found, { isJoined: joinRows(found, gap).isJoined, slots: [10, 11, 12], pageSegments })
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

const reports: fc.Arbitrary<Report> = fc.record({
  // From duplicates at the same instant to gaps, and a month later.
  ms: fc.oneof(
    fc.integer({ min: 0, max: 90_000 }),
    fc.constantFrom(0, 1, 5000, 59_999, 60_000, 60_001),
    fc.integer({ min: 0, max: 2_700_000_000 }),
  ),
  longitude: fc.oneof(
    fc.double({ min: -56.3, max: -56.1, noNaN: true }),
    fc.double({ min: -180, max: 180, noNaN: true }),
  ),
  latitude: fc.double({ min: -80, max: 80, noNaN: true }),
  speed: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 40, noNaN: true })),
  heading: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 359 })),
})

const fleets = fc.array(
  fc.array(reports, { maxLength: 12 }).map((list) => list.toSorted((a, b) => a.ms - b.ms)),
  { maxLength: 8 },
)

/** The rule in ten lines, over every row. */
const bruteForce = (found: FoundRows, t: number, gapMs: number): Map<number, [number, number]> => {
  const drawn = new Map<number, [number, number]>()
  for (let vehicle = 0; vehicle < found.ids.length; vehicle += 1) {
    const rows = Array.from(
      { length: found.start[vehicle + 1] - found.start[vehicle] },
      (_, i) => found.start[vehicle] + i,
    )
    const last = rows.findLast((row) => found.eventTime[row] <= t)
    if (last === undefined) continue
    const next = last + 1 < found.start[vehicle + 1] ? last + 1 : last
    const apart = found.eventTime[next] - found.eventTime[last]
    const elapsed = t - found.eventTime[last]
    const joined = next !== last && apart <= gapMs
    if (!joined && elapsed >= LINGER_MS) continue
    const part = joined ? elapsed / apart : 0
    const dx = (ringX(found.longitude[next]) - ringX(found.longitude[last])) | 0
    const dy = ringY(found.latitude[next]) - ringY(found.latitude[last])
    drawn.set(vehicle, [ringX(found.longitude[last]) + dx * part, ringY(found.latitude[last]) + dy * part])
  }
  return drawn
}

const drawnBy = (track: ReplayTrack, t: number): Map<number, [number, number]> => {
  const drawn = new Map<number, [number, number]>()
  forEachDrawn(track, t, (page, index, now) => {
    const vehicle = extraOf(page, index) & EXTRA_MASK
    const at = createDrawn()
    readDrawn(page, index, now, at)
    expect(drawn.has(vehicle), 'a vehicle is drawn once').toBe(false)
    drawn.set(vehicle, [at.x, at.y])
  })
  return drawn
}

const expectSame = (drawn: Map<number, [number, number]>, expected: Map<number, [number, number]>): void => {
  expect([...drawn.keys()].toSorted((a, b) => a - b)).toEqual([...expected.keys()])
  for (const [vehicle, [x, y]] of drawn) {
    const [expectedX, expectedY] = expected.get(vehicle)!
    expect(Math.abs((x - Math.round(expectedX)) | 0)).toBeLessThanOrEqual(1)
    expect(Math.abs(y - expectedY)).toBeLessThanOrEqual(1)
  }
}

test('at every instant the drawn vehicles and places are those that brute force finds', () => {
  fc.assert(
    fc.property(
      fleets,
      fc.constantFrom(GAP_MS, 2000, 600_000, 3_000_000_000),
      fc.array(fc.integer({ min: -10, max: 100_000 }), { minLength: 1, maxLength: 5 }),
      (fleet, gapMs, others) => {
        const found = foundOf(fleet)
        const track = trackOf(found, gapMs)
        // Where something begins or ends is where it goes wrong.
        const edges = [...found.eventTime].flatMap((ms) => [ms - 1, ms, ms + 1, ms + LINGER_MS - 1, ms + LINGER_MS])
        for (const t of [...edges, ...others.map((ms) => START_MS + ms)])
          expectSame(drawnBy(track, t), bruteForce(found, t, Math.min(gapMs, MAX_JOINED_MS)))
      },
    ),
  )
})

test('where a vehicle is, asked of the rows, is where it is drawn', () => {
  fc.assert(
    fc.property(fleets, fc.integer({ min: 0, max: 100_000 }), (fleet, ms) => {
      const found = foundOf(fleet)
      const track = trackOf(found)
      const drawn = drawnBy(track, START_MS + ms)
      for (let vehicle = 0; vehicle < fleet.length; vehicle += 1) {
        const place = placeAmongRows(track, vehicle, START_MS + ms)
        expect(place !== undefined).toBe(drawn.has(vehicle))
        if (place === undefined) continue
        const [x, y] = drawn.get(vehicle)!
        expect(Math.abs((ringX(place.longitude) - x) | 0)).toBeLessThanOrEqual(1)
        expect(Math.abs(ringY(place.latitude) - y)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('a trail that reaches back is in pages that may hold it', () => {
  fc.assert(
    fc.property(
      fleets,
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 60_000 }),
      (fleet, ms, backMs) => {
        const { pages } = trackOf(foundOf(fleet))
        const t = START_MS + ms
        const segment = createSegment()
        for (const page of pages) {
          for (let index = 0; index < page.count; index += 1) {
            readSegment(page, index, segment)
            const from = page.baseMs + segment.startMs
            const isSeen = from <= t && from + segment.durationMs > t - backMs
            if (isSeen) expect(mayHold(page, t, backMs)).toBe(true)
          }
        }
      },
    ),
  )
})

const along = (ms: number, longitude: number): Report => ({ ms, longitude, latitude: -34.88, speed: 10, heading: 90 })

test('every segment says of its vehicle what the rows say', () => {
  const fleet = [
    [along(0, -56.2), { ...along(5000, -56.19), heading: Number.NaN, speed: Number.NaN }, along(90_000, -56.1)],
    [{ ...along(2000, -56), heading: Number.NaN }],
  ]
  const { pages, segments } = trackOf(foundOf(fleet))
  const seen = pages.flatMap((page) =>
    Array.from({ length: page.count }, (_, index) => {
      const segment = createSegment()
      readSegment(page, index, segment)
      return {
        vehicle: segment.extra & EXTRA_MASK,
        from: page.baseMs + segment.startMs - START_MS,
        lasts: segment.durationMs,
        type: segment.type,
        speed: segment.speed,
        turns: [segment.turnFrom, segment.turnTo],
        points: (segment.extra & HAS_HEADING) !== 0,
        lingers: segment.extra < 0,
      }
    }),
  )
  const ten = speedStepOf(10)
  expect(segments).toBe(4)
  expect(seen.toSorted((a, b) => a.vehicle - b.vehicle || a.from - b.from)).toEqual([
    { vehicle: 0, from: 0, lasts: 5000, type: 10, speed: ten, turns: [64, 64], points: true, lingers: false },
    // It tells no heading: the one that the stretch before led to.
    { vehicle: 0, from: 5000, lasts: 5000, type: 10, speed: 255, turns: [64, 64], points: true, lingers: true },
    { vehicle: 0, from: 90_000, lasts: 5000, type: 10, speed: ten, turns: [64, 64], points: true, lingers: true },
    { vehicle: 1, from: 2000, lasts: 5000, type: 11, speed: ten, turns: [0, 0], points: false, lingers: true },
  ])
})

test('rows of several types keep each their own', () => {
  const found = { ...foundOf([[along(0, -56.2), along(5000, -56.19)]]), rowType: Uint16Array.of(2, 0) }
  const { pages } = trackOf(found)
  const types = pages.flatMap((page) => Array.from({ length: page.count }, (_, index) => page.bytes[index * 32 + 26]))
  expect(types).toEqual([12, 10])
})

test('few pages can hold an instant, though some segments last long', () => {
  const fleet = Array.from({ length: 50 }, (_, vehicle) =>
    Array.from({ length: 40 }, (__, i) =>
      along(i * (vehicle % 10 === 0 ? 50_000 : 5000) + vehicle * 100, -56.2 + i / 1000),
    ),
  )
  const { pages } = trackOf(foundOf(fleet), GAP_MS, 64)
  const holding = (ms: number): number => pages.filter((page) => mayHold(page, START_MS + ms, 0)).length
  expect(pages.length).toBeGreaterThan(30)
  for (let ms = 0; ms < 200_000; ms += 1000) expect(holding(ms)).toBeLessThanOrEqual(8)
})

test('the nearest vehicle on the screen is found where it is drawn, and hidden ones are not', () => {
  const found = foundOf([
    [along(0, -56.2), along(10_000, -56.1)],
    [along(0, -56.14), along(10_000, -56.14)],
  ])
  const track = trackOf(found)
  const camera = cameraOf({
    longitude: -56.15,
    latitude: -34.88,
    zoom: 12,
    bearing: 30,
    width: 800,
    height: 600,
    x: 400,
    y: 300,
  })
  const nearest = (radiusPx: number, hidden: readonly number[]): unknown =>
    nearestAt(track, START_MS + 5000, { camera, x: 403, y: 304, radiusPx }, (vehicle) => hidden.includes(vehicle))
  expect(nearest(10, [])).toEqual({ vehicle: 0, distancePx: expect.closeTo(5, 1) })
  expect(nearest(4, [])).toBeUndefined()
  expect(nearest(10, [0])).toBeUndefined()
  expect(nearest(1000, [0])).toEqual({ vehicle: 1, distancePx: expect.any(Number) })
})

test('an answer without rows is a track without pages', () => {
  expect(trackOf(foundOf([])).pages).toEqual([])
  expect(trackOf(foundOf([[], []])).pages).toEqual([])
})
