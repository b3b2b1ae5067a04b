import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveFrame } from '../../hub/live/live-frame.ts'
import { cameraOf, screenX, screenY } from '../geometry/camera.ts'
import { ringX, ringY } from '../geometry/mercator-ring.ts'
import { createTypePalette } from '../looks/palette.ts'
import { speedStepOf } from '../looks/speed-scale.ts'
import { createSegment, EXTRA_MASK, readSegment } from '../segments/segment-page.ts'
import { createLiveFleet, type LiveFleet } from './live-fleet.ts'

interface Report {
  readonly vehicle: number
  readonly eventTime: number
  readonly longitude?: number
  readonly latitude?: number
  readonly speed?: number
  readonly heading?: number
  readonly glideMs?: number
}

const TYPES = ['car', 'bus']

const frameOf = (
  reports: readonly Report[],
  rest: Partial<Pick<LiveFrame, 'isWhole' | 'gone' | 'fresh' | 'silent'>> = {},
): LiveFrame => ({
  isWhole: false,
  reports: {
    length: reports.length,
    vehicle: Uint32Array.from(reports, ({ vehicle }) => vehicle),
    eventTime: Float64Array.from(reports, ({ eventTime }) => eventTime),
    longitude: Float64Array.from(reports, ({ longitude = -56.17 }) => longitude),
    latitude: Float64Array.from(reports, ({ latitude = -34.88 }) => latitude),
    speed: Float32Array.from(reports, ({ speed = 10 }) => speed),
    heading: Float32Array.from(reports, ({ heading = 90 }) => heading),
    glideMs: Float32Array.from(reports, ({ glideMs = 5000 }) => glideMs),
  },
  fresh: { vehicle: new Uint32Array(0), id: [], type: new Uint16Array(0) },
  gone: new Uint32Array(0),
  silent: new Uint32Array(0),
  types: TYPES,
  counters: {
    vehicles: 0,
    vehiclesByType: [],
    silent: 0,
    silentByType: [],
    inView: 0,
    eventsPerSecond: 0,
    lagMs: null,
    silentMs: null,
    events: 0,
    lateEvents: 0,
    pastEvents: 0,
    invalidEvents: 0,
  },
  ...rest,
})

const fleetWith = (...reports: Report[]): LiveFleet => {
  const fleet = createLiveFleet(createTypePalette(TYPES))
  fleet.apply(frameOf(reports), 1000)
  return fleet
}

const longitudeAt = (fleet: LiveFleet, vehicle: number, nowMs: number): number | undefined => {
  const place = fleet.placeOf(vehicle, nowMs)
  return place === undefined ? undefined : Math.round(place.longitude * 1e6) / 1e6
}

test('a first report is where the vehicle is, at once and until the next', () => {
  const fleet = fleetWith({ vehicle: 7, eventTime: 1, longitude: -56.2 })
  expect([1000, 9000].map((ms) => longitudeAt(fleet, 7, ms))).toEqual([-56.2, -56.2])
  expect(longitudeAt(fleet, 6, 1000)).toBeUndefined()
  expect(fleet.count).toBe(1)
})

test('a report starts a glide from where the vehicle is drawn, not from where it was reported', () => {
  const fleet = fleetWith({ vehicle: 0, eventTime: 1, longitude: -56.2 })
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 2, longitude: -56.19, glideMs: 9850 }]), 2000)
  expect([2000, 7000, 12_000, 20_000].map((ms) => longitudeAt(fleet, 0, ms))).toEqual([-56.2, -56.195, -56.19, -56.19])
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 3, longitude: -56.205, glideMs: 9850 }]), 7000)
  expect([7000, 12_000, 17_000].map((ms) => longitudeAt(fleet, 0, ms))).toEqual([-56.195, -56.2, -56.205])
  expect(fleet.glidesUntilMs).toBe(17_000)
})

test('at the moment of a report no vehicle jumps, unless it is too far to have been driven', () => {
  const steps = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 100, max: 20_000 }),
      longitude: fc.double({ min: -56.21, max: -56.19, noNaN: true }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  fc.assert(
    fc.property(steps, (script) => {
      const fleet = fleetWith({ vehicle: 0, eventTime: 0, longitude: -56.2 })
      let now = 1000
      for (const [index, { afterMs, longitude }] of script.entries()) {
        now += afterMs
        const before = fleet.placeOf(0, now)!.longitude
        fleet.apply(frameOf([{ vehicle: 0, eventTime: index + 1, longitude, glideMs: afterMs }]), now)
        expect(fleet.placeOf(0, now)!.longitude).toBeCloseTo(before, 6)
        expect(fleet.placeOf(0, fleet.glidesUntilMs)!.longitude).toBeCloseTo(longitude, 6)
      }
    }),
  )
  const fleet = fleetWith({ vehicle: 0, eventTime: 1, longitude: -56.2 })
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 2, longitude: -56.1 }]), 2000)
  expect(longitudeAt(fleet, 0, 2000)).toBe(-56.1)
})

test('a report that is not later than the last never moves a vehicle back', () => {
  const fleet = fleetWith({ vehicle: 0, eventTime: 10, longitude: -56.2 })
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 9, longitude: -56.21 }]), 2000)
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 10, longitude: -56.21 }]), 2000)
  expect(longitudeAt(fleet, 0, 99_000)).toBe(-56.2)
})

test('a whole frame drops who is not in it, and who is goes on gliding', () => {
  const fleet = fleetWith({ vehicle: 0, eventTime: 1, longitude: -56.2 }, { vehicle: 1, eventTime: 1 })
  const glide = { vehicle: 0, eventTime: 2, longitude: -56.19, glideMs: 9850 }
  fleet.apply(frameOf([glide]), 2000)
  fleet.apply(frameOf([glide, { vehicle: 2, eventTime: 5 }], { isWhole: true }), 7000)
  expect([0, 1, 2].map((vehicle) => longitudeAt(fleet, vehicle, 7000))).toEqual([-56.195, undefined, -56.17])
  expect(fleet.count).toBe(2)
})

test('vehicles come and go, and each vehicle keeps its own place and look', () => {
  const script = fc.array(
    fc.record({
      reports: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 10 }),
      gone: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 10 }),
    }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(script, (frames) => {
      const fleet = createLiveFleet(createTypePalette(TYPES))
      const expected = new Map<number, number>()
      for (const [index, { reports, gone }] of frames.entries()) {
        const longitudeOf = (vehicle: number): number => vehicle / 1000 + index / 100_000
        for (const vehicle of reports) expected.set(vehicle, longitudeOf(vehicle))
        for (const vehicle of gone) expected.delete(vehicle)
        const told = reports.map((vehicle) => ({ vehicle, eventTime: index, longitude: longitudeOf(vehicle) }))
        fleet.apply(frameOf(told, { gone: Uint32Array.from(gone) }), index * 1000)
      }
      expect(fleet.count).toBe(expected.size)
      expect(fleet.pages.reduce((sum, page) => sum + page.count, 0)).toBe(expected.size)
      for (let vehicle = 0; vehicle <= 30; vehicle += 1)
        expect(longitudeAt(fleet, vehicle, 1e6)).toBe(
          expected.has(vehicle) ? Math.round(expected.get(vehicle)! * 1e6) / 1e6 : undefined,
        )
    }),
  )
})

test('a segment says what the report said, and a change of type is learnt', () => {
  const fleet = createLiveFleet(createTypePalette(['bus', 'car']))
  const fresh = { vehicle: Uint32Array.of(4), id: ['a'], type: Uint16Array.of(0) }
  fleet.apply(frameOf([{ vehicle: 4, eventTime: 1, speed: 20, heading: 180 }], { fresh }), 1000)
  const segment = createSegment()
  readSegment(fleet.pages[0], 0, segment)
  expect([segment.type, segment.speed, segment.turnTo, segment.startMs]).toEqual([1, speedStepOf(20), 128, 1000])
  const changed = { ...fresh, type: Uint16Array.of(1) }
  fleet.apply(frameOf([{ vehicle: 4, eventTime: 2, speed: Number.NaN }], { fresh: changed }), 2000)
  expect(fleet.readSegmentOf(4, segment)).toBe(true)
  expect([segment.type, segment.speed]).toEqual([0, 255])
})

test('a vehicle turns with its glide, and one without a heading points where it goes or nowhere', () => {
  const fleet = fleetWith({ vehicle: 0, eventTime: 1, heading: 350 }, { vehicle: 1, eventTime: 1, heading: Number.NaN })
  expect(fleet.placeOf(1, 1000)!.heading).toBeNaN()
  const next = [
    { vehicle: 0, eventTime: 2, heading: 20, longitude: -56.16, glideMs: 9850 },
    { vehicle: 1, eventTime: 2, heading: Number.NaN, longitude: -56.18, glideMs: 9850 },
  ]
  fleet.apply(frameOf(next), 2000)
  expect(fleet.placeOf(0, 7000)!.heading).toBeCloseTo(5, -1)
  expect(fleet.placeOf(1, 7000)!.heading).toBeCloseTo(270, -1)
  fleet.apply(frameOf([{ vehicle: 1, eventTime: 3, heading: Number.NaN, longitude: -56.18 }]), 20_000)
  expect(fleet.placeOf(1, 20_000)!.heading).toBeCloseTo(270, -1)
})

const trailOf = ({ trails }: LiveFleet): number[][] =>
  trails.pages.flatMap((page) =>
    Array.from({ length: page.count }, (_, index) => {
      const segment = createSegment()
      readSegment(page, index, segment)
      return [segment.startMs, segment.durationMs]
    }),
  )

test('a glide that is left stays behind as trail, up to where it was left', () => {
  const fleet = fleetWith({ vehicle: 0, eventTime: 1, longitude: -56.2 })
  fleet.setTrails(true)
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 2, longitude: -56.19, glideMs: 9850 }]), 2000)
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 3, longitude: -56.205, glideMs: 4850 }]), 7000)
  fleet.apply(frameOf([], { gone: Uint32Array.of(0) }), 20_000)
  expect(trailOf(fleet)).toEqual([
    [2000, 5000],
    [7000, 5000],
  ])
  const piece = createSegment()
  readSegment(fleet.trails.pages[0], 0, piece)
  const end = piece.toX
  readSegment(fleet.trails.pages[0], 1, piece)
  expect(piece.fromX).toBe(end)
  fleet.setTrails(false)
  expect(trailOf(fleet)).toEqual([])
})

test('a vehicle that stands leaves no trail', () => {
  const fleet = fleetWith({ vehicle: 0, eventTime: 1 })
  fleet.setTrails(true)
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 2 }]), 6000)
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 3 }]), 12_000)
  expect(trailOf(fleet)).toEqual([])
})

test('only what was reported has to be uploaded', () => {
  const fleet = fleetWith(...Array.from({ length: 100 }, (_, vehicle) => ({ vehicle, eventTime: 1 })))
  const [page] = fleet.pages
  expect([page.dirtyFrom, page.dirtyTo]).toEqual([0, 100])
  page.dirtyFrom = page.capacity
  page.dirtyTo = 0
  fleet.apply(
    frameOf([
      { vehicle: 40, eventTime: 2 },
      { vehicle: 42, eventTime: 2 },
    ]),
    6000,
  )
  expect([page.dirtyFrom, page.dirtyTo]).toEqual([40, 43])
})

test('the nearest vehicle is the one that brute force over the screen finds', () => {
  const script = fc.array(
    fc.record({
      longitude: fc.double({ min: -56.21, max: -56.19, noNaN: true }),
      latitude: fc.double({ min: -34.89, max: -34.87, noNaN: true }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  const view = { longitude: -56.2, latitude: -34.88, zoom: 14, bearing: 40, width: 800, height: 600, x: 400, y: 300 }
  const camera = cameraOf(view)
  fc.assert(
    fc.property(script, script, fc.integer({ min: 5, max: 80 }), (first, second, radiusPx) => {
      const fleet = fleetWith(...first.map((place, vehicle) => ({ vehicle, eventTime: 1, ...place })))
      fleet.apply(frameOf(second.map((place, vehicle) => ({ vehicle, eventTime: 2, ...place }))), 2000)
      const distances = Array.from({ length: Math.max(first.length, second.length) }, (_, vehicle) => {
        const place = fleet.placeOf(vehicle, 4000)!
        const [x, y] = [ringX(place.longitude), ringY(place.latitude)]
        return Math.hypot(screenX(camera, x, y) - 400, screenY(camera, x, y) - 300)
      })
      const expected = Math.min(...distances)
      const near = fleet.nearest({ camera, x: 400, y: 300, radiusPx }, 4000)
      if (expected > radiusPx + 0.1) expect(near).toBeUndefined()
      else if (expected < radiusPx - 0.1) expect(near!.distancePx).toBeCloseTo(distances[near!.vehicle], 1)
      if (near !== undefined) expect(near.distancePx).toBeCloseTo(expected, 1)
    }),
  )
})

test('a vehicle that falls silent stays where it is drawn, without an interval, until it reports again', () => {
  const fleet = fleetWith({ vehicle: 0, eventTime: 1, longitude: -56.17 })
  const place = fleet.placeOf(0, 2000)
  const extra = (): number => {
    const segment = createSegment()
    fleet.readSegmentOf(0, segment)
    return segment.extra & EXTRA_MASK
  }
  const before = extra()
  fleet.apply(frameOf([], { silent: Uint32Array.of(0, 7) }), 2000)
  expect([extra(), fleet.placeOf(0, 3000), fleet.count]).toEqual([0, place, 1])
  fleet.apply(frameOf([{ vehicle: 0, eventTime: 2, longitude: -56.18 }]), 4000)
  expect(extra()).toBe(before)
})
