import { CONTENT_TYPES } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveFrame, LiveReports, LiveRequest } from './live-frame.ts'
import { createLiveIntake } from './live-intake.ts'
import { createLiveModel, type ModelRow } from './testing/live-model.ts'

const START_MS = Date.UTC(2026, 10, 21, 9)

/** The hub's clock is hours off this one's. */
const AHEAD_MS = 5 * 3_600_000
const arrivalAt = (ms: number) => ({ ...arrivedAt(ms - AHEAD_MS), storedMs: ms })

/** Of a hub that does not tell its clock. */
const arrivedAt = (nowMs: number) => ({ nowMs, futureToleranceMs: 60_000, contentType: CONTENT_TYPES.arrow })

const move = (rows: readonly ModelRow[]): Uint8Array => encodePositions(positionsOfRows(rows))

const row = (vehicleId: string, seconds: number, more: Partial<ModelRow> = {}): ModelRow => ({
  vehicleId,
  vehicleType: 'taxi',
  eventTime: START_MS + seconds * 1000,
  longitude: -56.1,
  latitude: -34.9,
  speed: 10,
  heading: 90,
  ...more,
})

/** A frame with its rows as objects, by vehicle, so that whole frames can be compared. */
const plain = ({ reports, fresh, gone, silent, ...rest }: LiveFrame): unknown => ({
  ...rest,
  reports: rowsOf(reports),
  fresh: Array.from(fresh.vehicle, (vehicle, i) => ({ vehicle, id: fresh.id[i], type: fresh.type[i] })).toSorted(
    (a, b) => a.vehicle - b.vehicle,
  ),
  gone: [...gone].toSorted((a, b) => a - b),
  silent: [...silent].toSorted((a, b) => a - b),
})

const rowsOf = ({ length, ...columns }: LiveReports): { vehicle: number }[] =>
  Array.from({ length }, (_, i) => ({
    vehicle: columns.vehicle[i],
    eventTime: columns.eventTime[i],
    longitude: columns.longitude[i],
    latitude: columns.latitude[i],
    speed: columns.speed[i],
    heading: columns.heading[i],
    glideMs: columns.glideMs[i],
  })).toSorted((a, b) => a.vehicle - b.vehicle)

const vehicleId = fc.integer({ min: 0, max: 11 }).map((n) => `Vehículo ${n}`)
const degrees = (max: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -40, max: 40 }) }, fc.constantFrom(NaN, Infinity, max + 1, -max))
const rowArbitrary: fc.Arbitrary<ModelRow> = fc.record({
  vehicleId: fc.tuple(vehicleId, fc.constantFrom('', '', '\u2003')).map((parts) => parts.join('')),
  vehicleType: fc.constantFrom('taxi', 'bus', 'van'),
  eventTime: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 40 }).map((s) => START_MS + s * 1000) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 90 }).map((minutes) => START_MS + minutes * 60_000) },
    // Before 1970, of the past, at its edge, at the edge of what is believed, ahead of it.
    fc.constantFrom(-1, START_MS - 86_400_000, START_MS - 3_600_000, START_MS + 100_000, START_MS + 7_200_000),
  ),
  longitude: degrees(180),
  latitude: degrees(90),
  speed: fc.constantFrom(0, 12.5, NaN, -1),
  heading: fc.constantFrom(0, 271.5, NaN, 360),
})
const bounds = fc.constantFrom<NonNullable<LiveRequest['bounds']>>(
  [-40, -40, 0, 0],
  [-10, -10, 30, 40],
  [170, -90, -170, 90],
  [350, -10, 390, 10],
  [-720, -90, 720, 90],
)
const request: fc.Arbitrary<LiveRequest> = fc.record(
  {
    bounds,
    view: bounds,
    types: fc.subarray(['taxi', 'bus', 'tram']),
    follow: vehicleId,
    isReset: fc.boolean(),
  },
  { requiredKeys: [] },
)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ rows: fc.array(rowArbitrary, { maxLength: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ request }) },
  { weight: 3, arbitrary: fc.record({ afterMs: fc.constantFrom(0, 40, 100, 1_000, 7_000, 30_000) }) },
)

describe('the live intake', () => {
  it('gives frame for frame what a map of objects gives', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const intake = createLiveIntake({ silentMs: 30_000 })
        const model = createLiveModel(30_000)
        let nowMs = START_MS
        for (const next of steps) {
          if ('rows' in next) {
            intake.take(move(next.rows), arrivalAt(nowMs))
            model.take(next.rows, arrivalAt(nowMs))
          } else if ('request' in next) {
            intake.setRequest(next.request)
            model.setRequest(next.request)
          } else {
            nowMs += next.afterMs
            const frame = intake.takeFrame(nowMs - AHEAD_MS)
            const expected = model.takeFrame(nowMs - AHEAD_MS)
            if (frame === undefined) expect(expected.isNews).toBe(false)
            else expect(plain(frame)).toEqual(expected.frame)
          }
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('never gives a report that is not newer than the one before of that vehicle', () => {
    fc.assert(
      fc.property(fc.array(fc.array(rowArbitrary, { maxLength: 20 }), { maxLength: 20 }), (batches) => {
        const intake = createLiveIntake()
        const newest = new Map<number, number>()
        batches.forEach((rows, i) => {
          intake.take(move(rows), arrivedAt(START_MS + i * 100))
          const reports = intake.takeFrame(START_MS + i * 100)?.reports
          for (let at = 0; at < (reports?.length ?? 0); at++) {
            const [vehicle, time] = [reports!.vehicle[at], reports!.eventTime[at]]
            expect(time).toBeGreaterThan(newest.get(vehicle) ?? -Infinity)
            newest.set(vehicle, time)
          }
        })
      }),
    )
  })

  it('tells the page of no vehicle at first, and each second that it is there', () => {
    const intake = createLiveIntake()
    const frames = [0, 100, 500, 999, 1_000, 1_100].map((ms) => intake.takeFrame(START_MS + ms))
    expect(frames.map((frame) => frame?.isWhole)).toEqual([true, undefined, undefined, undefined, false, undefined])
    expect(frames[0]!.counters).toEqual({
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
    })
  })

  it('lets a vehicle that reports each two or ten minutes glide, and none after a gap', () => {
    for (const minutes of [1, 2, 10]) {
      const intake = createLiveIntake({ silentMs: Infinity })
      const times = [0, 1, 2, 3, 4, 100, 101].map((n) => n * minutes * 60)
      const glides = times.map((seconds) => {
        intake.take(move([row('v', seconds)]), arrivedAt(START_MS + seconds * 1000))
        return intake.takeFrame(START_MS + seconds * 1000)!.reports.glideMs[0]
      })
      const glide = minutes * 60_000
      expect(glides).toEqual([0, glide, glide, glide, glide, 0, glide])
    }
  })

  it('lets a vehicle glide as long as it took to report again, however many reports lay between', () => {
    const intake = createLiveIntake()
    const glides = [
      [0, [row('a', 0)]],
      [5_000, [row('a', 5)]],
      [10_000, [row('a', 8), row('a', 10), row('a', 9)]],
    ].map(([ms, rows]) => {
      intake.take(move(rows as ModelRow[]), arrivedAt(START_MS + (ms as number)))
      return [...intake.takeFrame(START_MS + (ms as number))!.reports.glideMs]
    })
    expect(glides).toEqual([[0], [5_000], [5_000]])
  })

  it('tells of many vehicles in several frames, each of them once, with what it reported last', () => {
    const intake = createLiveIntake({ maxFresh: 10 })
    intake.takeFrame(START_MS)
    const ids = Array.from({ length: 25 }, (_, i) => `v${i}`)
    intake.take(move(ids.map((id) => row(id, 0))), arrivedAt(START_MS))
    const told: string[][] = []
    for (let i = 1; i <= 4; i++) {
      intake.take(move(ids.map((id) => row(id, i))), arrivedAt(START_MS + i * 100))
      const { fresh, reports } = intake.takeFrame(START_MS + i * 100)!
      told.push([...fresh.id])
      expect(reports.length).toBe(Math.min(25, i * 10))
      expect(new Set(reports.eventTime)).toEqual(new Set([START_MS + i * 1000]))
    }
    expect(told.map((each) => each.length)).toEqual([10, 10, 5, 0])
    expect(told.flat().toSorted()).toEqual(ids.toSorted())
    intake.setRequest({ bounds: [0, 0, 1, 1] })
    expect(intake.takeFrame(START_MS + 600)!.gone.length).toBe(25)
    intake.setRequest({})
    expect([700, 800, 900].map((ms) => intake.takeFrame(START_MS + ms)!.fresh.id.length)).toEqual([10, 10, 5])
    intake.setRequest({ isReset: true })
    expect(intake.takeFrame(START_MS + 1_000)!.fresh.id.length).toBe(25)
  })

  it('takes positions as JSON, and counts what can not be read', () => {
    const intake = createLiveIntake()
    const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
    const position = {
      vehicle_id: 'van 7',
      vehicle_type: 'van',
      event_time: '2026-11-21T09:00:00Z',
      longitude: -56.1234567,
      latitude: -34.9,
    }
    intake.take(json(position), { ...arrivedAt(START_MS), contentType: 'application/json; charset=utf-8' })
    intake.take(json({ ...position, event_time: 'soon' }), { ...arrivedAt(START_MS), contentType: 'application/json' })
    intake.take(json(position), arrivedAt(START_MS))
    intake.take(new Uint8Array(0), arrivedAt(START_MS))
    for (const contentType of ['text/plain', undefined])
      intake.take(move([row('a', 0)]), { ...arrivedAt(START_MS), contentType })
    expect(intake.vehicle('van 7')).toEqual({
      vehicle: 0,
      id: 'van 7',
      type: 'van',
      eventTime: START_MS,
      longitude: -56.123457,
      latitude: -34.9,
      speed: NaN,
      heading: NaN,
      isSilent: false,
    })
    expect(intake.takeFrame(START_MS)!.counters).toMatchObject({ vehicles: 1, events: 1, invalidEvents: 5 })
  })

  it('shows no report that the archive refuses: one that is ahead pins no marker, and right reports move on', () => {
    const intake = createLiveIntake()
    intake.take(move([row('a', 0)]), arrivalAt(START_MS))
    intake.take(move([row('a', 7_200, { longitude: -50 })]), arrivalAt(START_MS + 1_000))
    intake.take(move([row('a', 61)]), arrivalAt(START_MS + 500))
    expect(intake.vehicle('a')).toMatchObject({ eventTime: START_MS, longitude: -56.1 })
    intake.take(move([row('a', 5, { longitude: -56.2 })]), arrivalAt(START_MS + 5_000))
    expect(intake.vehicle('a')).toMatchObject({ eventTime: START_MS + 5_000, longitude: -56.2 })
    const { counters } = intake.takeFrame(START_MS + 5_000 - AHEAD_MS)!
    expect(counters).toMatchObject({ vehicles: 1, invalidEvents: 2, lagMs: 0 })
  })

  it('shows no vehicle of an import of the past, and counts its reports apart', () => {
    const intake = createLiveIntake()
    const past = Array.from({ length: 100 }, (_, i) => row(`old ${i}`, 0, { eventTime: Date.UTC(2021, 5, 1) + i }))
    intake.take(move(past), arrivalAt(START_MS))
    expect(intake.takeFrame(START_MS - AHEAD_MS)!.counters).toMatchObject({
      vehicles: 0,
      events: 100,
      pastEvents: 100,
      lagMs: null,
      silentMs: null,
    })
    intake.take(move([row('now', -2), ...past]), arrivalAt(START_MS + 1_000))
    expect(intake.takeFrame(START_MS + 1_000 - AHEAD_MS)!.counters).toMatchObject({
      vehicles: 1,
      pastEvents: 200,
      lagMs: 3_000,
      silentMs: 0,
    })
  })

  it('keeps no more vehicles than it may: those silent for longest go', () => {
    const intake = createLiveIntake({ maxVehicles: 32 })
    for (let i = 0; i < 100; i++) {
      intake.take(move([row(`v${i}`, i), row('v0', i)]), arrivedAt(START_MS + i * 1_000))
      expect(intake.takeFrame(START_MS + i * 1_000)!.counters.vehicles).toBeLessThanOrEqual(32)
    }
    const kept = intake.find('', 1_000).map(({ id }) => id)
    expect(kept.length).toBeGreaterThan(28)
    expect(kept.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)))).toEqual([
      'v0',
      ...Array.from({ length: kept.length - 1 }, (_, i) => `v${100 - kept.length + 1 + i}`),
    ])
  })

  it('keeps no more bytes of ids than it may', () => {
    const intake = createLiveIntake({ maxIdBytes: 1_000 })
    const id = (i: number): string => `${i}-`.padEnd(250, 'x')
    for (let i = 0; i < 50; i++) intake.take(move([row(id(i), i)]), arrivedAt(START_MS + i * 1_000))
    expect(intake.find('', 100).map((vehicle) => vehicle.id)).toEqual([46, 47, 48, 49].map(id))
  })

  it('counts what the archive would refuse for its texts, and shows none of it', () => {
    const intake = createLiveIntake()
    const long = 'é'.repeat(128)
    const rows = [row('', 0), row(long, 0), row('a', 0, { vehicleType: '' }), row('b', 0, { vehicleType: long })]
    intake.take(move([...rows, row('x'.repeat(255), 0)]), arrivedAt(START_MS))
    expect(intake.takeFrame(START_MS)!.counters).toMatchObject({ vehicles: 1, events: 5, invalidEvents: 4 })
  })

  it('folds the types of a fleet that has too many into one', () => {
    const intake = createLiveIntake()
    intake.take(
      move(Array.from({ length: 400 }, (_, i) => row(`v${i}`, 0, { vehicleType: `type ${i}` }))),
      arrivedAt(START_MS),
    )
    const { types, counters } = intake.takeFrame(START_MS)!
    expect([types.length, types[255], counters.vehiclesByType[255]]).toEqual([256, 'further types', 145])
  })

  it('finds vehicles whose id begins with a text, then those that hold it, whatever the case', () => {
    const ids = ['Taxi-1', 'taxi-10', 'TAXI-2', 'bus-taxi', 'minitaxi', 'bus-1', 'ómnibus']
    const intake = createLiveIntake()
    intake.take(move(ids.map((id) => row(id, 0))), arrivedAt(START_MS))
    const found = (text: string, max: number): string[] => intake.find(text, max).map(({ id }) => id)
    expect(found('taxi', 10)).toEqual(['TAXI-2', 'Taxi-1', 'taxi-10', 'bus-taxi', 'minitaxi'])
    expect(found('Taxi', 2)).toEqual(['TAXI-2', 'Taxi-1'])
    expect(found('óm', 9)).toEqual(['ómnibus'])
    expect(found('', 2)).toEqual(['TAXI-2', 'Taxi-1'])
    expect([...found('tram', 9), ...found('taxi', 0)]).toEqual([])
  })
})
