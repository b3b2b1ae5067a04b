import { type Area, areaOf, bearingDegrees, contains, distanceM, toMicroDegrees } from '@fleetlake/core'
import { type Positions, type PositionRow, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxArea } from '../box-area.ts'
import { MEASURES, measuredPositions } from '../testing/measured-rows.ts'
import type { Gap } from '../gaps/gap.ts'
import { areaAround } from './area-around.ts'
import { createPositionsAt, type InstantAnswer } from './positions-at.ts'

const AT_MS = 1_000_000
const GAP_MS = 60_000
const options = { atMs: AT_MS, gap: GAP_MS as Gap, maxSpeedMps: 100 }

const answer = (rows: Positions, area: Area, some: Partial<typeof options> = {}): InstantAnswer => {
  const positions = createPositionsAt({ ...options, ...some })
  positions.add(rows)
  return positions.finish(area)
}

type Place = Pick<PositionRow, 'vehicleId' | 'longitude' | 'latitude'>

/** The same, row by row over everything that there is: where each vehicle was, inside or not. */
const bruteForce = (rows: readonly PositionRow[]): Place[] =>
  [...new Set(rows.map(({ vehicleId }) => vehicleId))].toSorted().flatMap((vehicleId) => {
    const own = rows.filter((row) => row.vehicleId === vehicleId).toSorted((a, b) => a.eventTime - b.eventTime)
    const before = own.findLast(({ eventTime }) => eventTime <= AT_MS)
    const after = own.find(({ eventTime }) => eventTime > AT_MS)
    const place = ((): { longitude: number; latitude: number } | undefined => {
      if (before?.eventTime === AT_MS) return before
      if (before === undefined || after === undefined) return undefined
      const seconds = (after.eventTime - before.eventTime) / 1000
      const meters = distanceM(before.longitude, before.latitude, after.longitude, after.latitude)
      if (seconds > GAP_MS / 1000 || meters / seconds > 100) return undefined
      const share = (AT_MS - before.eventTime) / 1000 / seconds
      let east = after.longitude - before.longitude
      if (east > 180) east -= 360
      if (east < -180) east += 360
      const longitude = before.longitude + east * share
      const turned = longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude
      return { longitude: turned, latitude: before.latitude + (after.latitude - before.latitude) * share }
    })()
    return place === undefined ? [] : [{ vehicleId, longitude: place.longitude, latitude: place.latitude }]
  })

/** The answer holds the vehicles that brute force finds inside, each at its place; rounding may decide only at the edge. */
const expectSame = (seen: readonly PositionRow[], everywhere: readonly Place[], area: Area): void => {
  const onEdge = new Set(everywhere.filter((place) => isOnEdge(area, place)).map(({ vehicleId }) => vehicleId))
  const idsOf = (places: readonly Pick<Place, 'vehicleId'>[]): string[] =>
    places.map(({ vehicleId }) => vehicleId).filter((id) => !onEdge.has(id))
  const inside = everywhere.filter((place) =>
    contains(area, toMicroDegrees(place.longitude), toMicroDegrees(place.latitude)),
  )
  expect(idsOf(seen)).toEqual(idsOf(inside))
  for (const { vehicleId, longitude, latitude, eventTime } of seen) {
    const place = everywhere.find((other) => other.vehicleId === vehicleId)!
    expect(eventTime).toBe(AT_MS)
    expect(degreesApart(longitude, place.longitude)).toBeLessThan(ROUNDING_DEGREES)
    expect(Math.abs(latitude - place.latitude)).toBeLessThan(ROUNDING_DEGREES)
  }
}

/** Longitudes lie on a circle: −180 and 180 are one place. */
const degreesApart = (a: number, b: number): number => {
  const apart = Math.abs(a - b) % 360
  return Math.min(apart, 360 - apart)
}

/** Two roundings of one place differ by less. */
const ROUNDING_DEGREES = 2e-6

/** Whether a place lies so near to the edge that rounding decides on which side it is. */
const isOnEdge = (area: Area, { longitude, latitude }: Pick<PositionRow, 'longitude' | 'latitude'>): boolean => {
  const around = [-ROUNDING_DEGREES, 0, ROUNDING_DEGREES].flatMap((east) =>
    [-ROUNDING_DEGREES, 0, ROUNDING_DEGREES].map((north) =>
      contains(area, toMicroDegrees(longitude + east), toMicroDegrees(latitude + north)),
    ),
  )
  return new Set(around).size > 1
}

/** Vehicles about some place, each with reports of its own times, no faster than they may be from one report to the next. */
const drives = (longitude: number, latitude: number): fc.Arbitrary<PositionRow[]> => {
  const step = fc.record({
    afterMs: fc.oneof(fc.constantFrom(1, 5000), fc.integer({ min: 1, max: 45_000 })),
    east: fc.double({ min: -1, max: 1, noNaN: true }),
    north: fc.double({ min: -1, max: 1, noNaN: true }),
  })
  const drive = fc.record({
    startMs: fc.integer({ min: AT_MS - 200_000, max: AT_MS + 1000 }),
    x: fc.double({ min: -0.08, max: 0.08, noNaN: true }),
    y: fc.double({ min: -0.06, max: 0.06, noNaN: true }),
    steps: fc.array(step, { maxLength: 12 }),
  })
  const cosine = Math.cos((latitude * Math.PI) / 180)
  // Which area 180° east belongs to is a question of the edge rule: 180° west is the same place.
  const onGlobe = (x: number): number => Math.round((x >= 179.999_999_5 ? x - 360 : x < -180 ? x + 360 : x) * 1e6) / 1e6
  return fc.array(drive, { minLength: 1, maxLength: 6 }).map((all) =>
    all.flatMap(({ startMs, x, y, steps }, vehicle) => {
      let [timeMs, east, north] = [startMs, longitude + x / cosine, latitude + y]
      return [{ afterMs: 0, east: 0, north: 0 }, ...steps].map((next): PositionRow => {
        timeMs += next.afterMs
        // At most 98 m/s: rounding may make it a little faster.
        const degrees = ((next.afterMs / 1000) * 69) / 111_195
        east += (next.east * degrees) / cosine
        north += next.north * degrees
        return {
          vehicleId: `v-${vehicle}`,
          vehicleType: 'bus',
          eventTime: timeMs,
          longitude: onGlobe(east),
          latitude: Math.round(north * 1e6) / 1e6,
          speed: NaN,
          heading: NaN,
        }
      })
    }),
  )
}

const places: [string, number, number][] = [
  ['in the city', -56.1, -34.9],
  ['across the antimeridian', 180, 10],
  ['in the far north', 20, 80],
]

test.each(places)('%s, searching only around the area finds what brute force over all reports finds', (_, x, y) => {
  const cosine = Math.cos((y * Math.PI) / 180)
  const width = 0.03 / cosine
  const given = boxArea(x - width, y - 0.02, x + width, y + 0.02)
  const area = areaOf(given)
  const around = areaOf(areaAround(given, 100 * (GAP_MS / 1000)))
  let found = 0
  fc.assert(
    fc.property(drives(x, y), (rows) => {
      const near = rows.filter(
        ({ eventTime, longitude, latitude }) =>
          Math.abs(eventTime - AT_MS) <= GAP_MS &&
          contains(around, toMicroDegrees(longitude), toMicroDegrees(latitude)),
      )
      const seen = rowsOfPositions(answer(positionsOfRows(near), area).rows)
      expectSame(seen, bruteForce(rows), area)
      found += seen.length
    }),
    { numRuns: 300 },
  )
  expect(found).toBeGreaterThan(100)
})

test.each([-180, 180, 179.999_999, -179.999_999])('a way over the antimeridian is the short one: from %d', (from) => {
  const cases = [-180, 180, 179.999_999, -179.999_999, 179.99].flatMap((to) =>
    [1, 9_999, 13_300, 26_600].map((afterMs) => [
      report(afterMs - 26_600, from, { latitude: 10 }),
      report(afterMs, to, { latitude: 10 }),
    ]),
  )
  for (const rows of cases) {
    const seen = rowsOfPositions(answer(positionsOfRows(rows), WORLD).rows)
    expect(seen.length).toBe(1)
    expectSame(seen, bruteForce(rows), WORLD)
  }
})

const WORLD = areaOf(boxArea(-180, -90, 180, 90))
const report = (eventTime: number, longitude: number, some: Partial<PositionRow> = {}): PositionRow => ({
  vehicleId: 'a',
  vehicleType: 'bus',
  eventTime: AT_MS + eventTime,
  longitude,
  latitude: 0,
  speed: 7,
  heading: 123,
  ...some,
})
const at = (rows: PositionRow[], some: Partial<typeof options> = {}): [PositionRow[], number, number] => {
  const { rows: found, exact, unknown } = answer(positionsOfRows(rows), WORLD, some)
  return [rowsOfPositions(found), exact, unknown]
}

test('between two reports a vehicle is on the line, at the speed and in the direction of the line', () => {
  const speed = distanceM(0, 0, 0.001, 0) / 10
  expect(at([report(-2000, 0), report(8000, 0.001)])).toEqual([
    [report(0, 0.0002, { speed: Math.fround(speed), heading: bearingDegrees(0, 0, 0.001, 0) })],
    0,
    0,
  ])
})

test('a report of that very instant is the answer, and one that stood keeps its heading', () => {
  expect(at([report(-2000, 0), report(0, 0.0007), report(8000, 0.001)])).toEqual([[report(0, 0.0007)], 1, 0])
  expect(at([report(-2000, 0.5), report(2000, 0.5)])).toEqual([[report(0, 0.5, { speed: 0 })], 0, 0])
})

test('by the cadence of its nearest reports a vehicle is known, or is in a gap, as brute force over them says', () => {
  const noonMs = 43_200_000
  const steps = fc.array(fc.constantFrom(5000, 59_000, 61_000, 120_000, 300_000, 900_000), {
    minLength: 1,
    maxLength: 30,
  })
  fc.assert(
    fc.property(steps, fc.double({ min: 0, max: 0.999, noNaN: true }), (intervals, share) => {
      const total = intervals.reduce((sum, ms) => sum + ms, 0)
      const from = noonMs - Math.floor(total * share)
      let timeMs = from
      const times = [from, ...intervals.map((ms) => (timeMs += ms))]
      const before = times.filter((ms) => ms <= noonMs).slice(-8)
      const after = times.filter((ms) => ms > noonMs).slice(0, 8)
      const near = [...before, ...after]
      const apart = near.slice(1).map((ms, i) => ms - near[i])
      // All of them lie on one date.
      const median = apart.toSorted((a, b) => a - b)[Math.ceil(apart.length / 2) - 1]
      const isKnown = before.at(-1) === noonMs || after[0] - before.at(-1)! <= Math.max(60_000, 3 * median)
      const rows = times.map((ms) => report(ms - AT_MS, 0.5))
      const [found, , unknown] = at(rows, { atMs: noonMs, gap: 'automatic' })
      expect([found.length, unknown]).toEqual(isKnown ? [1, 0] : [0, 1])
    }),
  )
})

test('nothing is said across a gap, of a jump, and of one that is heard on one side only', () => {
  expect(at([report(-30_000, 0), report(30_000, 0.001)])[0].length).toBe(1)
  expect(at([report(-30_000, 0), report(30_001, 0.001)])).toEqual([[], 0, 1])
  expect(at([report(-1000, 0), report(1000, 0.1)])).toEqual([[], 0, 1])
  expect(at([report(-1000, 0)])).toEqual([[], 0, 1])
  expect(at([report(1000, 0)])).toEqual([[], 0, 1])
})

test('the order in which rows come does not matter, nor how many are nearer than the two that count', () => {
  const rows = [report(-5000, 0.9), report(-2000, 0), report(8000, 0.001), report(9000, 0.9), report(-2000, -0.5)]
  const expected = at(rows)
  expect(expected[0].length).toBe(1)
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(at(shuffled)).toEqual(expected)
    }),
  )
})

test('measures are those of the report at that very ms, else of the last one before, in the types of the answer', () => {
  const said = (vehicleId: string, eventTime: number, measures?: PositionRow['measures']): PositionRow => ({
    vehicleId,
    vehicleType: 'bus',
    eventTime,
    longitude: eventTime / 1e8,
    latitude: 0,
    ...(measures === undefined ? {} : { measures }),
  })
  const rows = [
    said('at', 5000, { seats: 3, state: 'idle' }),
    said('at', 6000, { seats: 4 }),
    said('between', 4000, { seats: 1, ignition: false }),
    said('between', 6000, { seats: 2, ignition: true }),
    said('silent', 4000),
    said('silent', 6000, { seats: 9 }),
  ]
  const found = (all: readonly PositionRow[]): Positions => {
    const positions = createPositionsAt({ atMs: 5000, gap: 'automatic', maxSpeedMps: 100 })
    for (const row of all) positions.add(measuredPositions([row]))
    return positions.finish(areaOf(boxArea(-1, -1, 1, 1))).rows
  }
  const { measures, ...seven } = found(rows)
  expect(measures.map(({ spec }) => spec)).toEqual(MEASURES)
  expect(rowsOfPositions({ ...seven, measures }).map((row) => [row.vehicleId, row.measures])).toEqual([
    ['at', { seats: 3, state: 'idle' }],
    ['between', { seats: 1, ignition: false }],
    ['silent', undefined],
  ])
  expect(rowsOfPositions(found(rows.toReversed()))).toEqual(rowsOfPositions({ ...seven, measures }))
})
