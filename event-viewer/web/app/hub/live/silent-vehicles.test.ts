import { CONTENT_TYPES } from '@fleetlake/contracts'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveFrame } from './live-frame.ts'
import { createLiveIntake, type LiveIntake } from './live-intake.ts'

const NOW_MS = Date.UTC(2026, 10, 21, 9)
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const row = (vehicleId: string, minutesAgo: number, more: Partial<PositionRow> = {}): PositionRow => ({
  vehicleId,
  vehicleType: 'taxi',
  eventTime: NOW_MS - minutesAgo * MINUTE_MS,
  longitude: minutesAgo / 100,
  latitude: -34.9,
  speed: 10,
  heading: 90,
  ...more,
})
const report = (intake: LiveIntake, rows: readonly PositionRow[], nowMs = NOW_MS): void =>
  intake.take(encodePositions(positionsOfRows(rows)), {
    nowMs,
    storedMs: nowMs,
    futureToleranceMs: MINUTE_MS,
    contentType: CONTENT_TYPES.arrow,
  })
const answer = (intake: LiveIntake, rows: readonly PositionRow[], round = 1, nowMs = NOW_MS): void =>
  intake.takeLast(positionsOfRows(rows), round, nowMs)

const keeping = (keptMs: number, options: Parameters<typeof createLiveIntake>[0] = {}): LiveIntake => {
  const intake = createLiveIntake(options)
  intake.setRequest({ keptMs })
  return intake
}
const told = ({ reports, fresh, gone, silent }: LiveFrame) => ({
  fresh: fresh.id.map((id, i) => [fresh.vehicle[i], id]),
  reported: [...reports.vehicle],
  glideMs: [...reports.glideMs],
  gone: [...gone],
  silent: [...silent],
})
const known = (intake: LiveIntake) =>
  intake.find('', 1_000).map(({ id, longitude, isSilent }) => ({ id, longitude, isSilent }))

describe('vehicles that were silent before the page was opened', () => {
  it('are where they were last, apart from those that report, and are no events', () => {
    const intake = keeping(DAY_MS)
    answer(intake, [row('parked', 300), row('gone', 2_000), row('here', 3, { vehicleType: 'bus' })])
    const frame = intake.takeFrame(NOW_MS)!
    expect(told(frame)).toEqual({
      fresh: [
        [0, 'parked'],
        [1, 'here'],
      ],
      reported: [0, 1],
      glideMs: [0, 0],
      gone: [],
      silent: [0],
    })
    expect([frame.types, frame.counters]).toEqual([
      ['taxi', 'bus'],
      {
        vehicles: 1,
        vehiclesByType: [0, 1],
        silent: 1,
        silentByType: [1, 0],
        inView: 1,
        eventsPerSecond: 0,
        lagMs: null,
        silentMs: null,
        events: 0,
        lateEvents: 0,
        pastEvents: 0,
        invalidEvents: 0,
      },
    ])
    expect(known(intake)).toEqual([
      { id: 'here', longitude: 0.03, isSilent: false },
      { id: 'parked', longitude: 3, isSilent: true },
    ])
  })

  it('begin to move when they report, at once where they are then', () => {
    const intake = keeping(DAY_MS)
    answer(intake, [row('parked', 300)])
    intake.takeFrame(NOW_MS)
    report(intake, [row('parked', 0)])
    const frame = intake.takeFrame(NOW_MS + 100)!
    expect(told(frame)).toMatchObject({ fresh: [], reported: [0], gone: [], silent: [] })
    expect(frame.counters).toMatchObject({ vehicles: 1, silent: 0, vehiclesByType: [1], silentByType: [0], events: 1 })
  })

  it('are not wanted where none are kept', () => {
    const intake = keeping(0)
    answer(intake, [row('parked', 300), row('here', 3)])
    expect(known(intake)).toEqual([])
  })

  it('that are too old, or nowhere, are left out', () => {
    const intake = keeping(DAY_MS)
    answer(intake, [row('old', 1_441), row('null island', 60, { longitude: 0, latitude: 0 }), row('', 60)])
    expect(known(intake)).toEqual([])
  })

  it('are forgotten when a whole answer does not name them, as vehicles that were not heard since it was asked for', () => {
    const intake = keeping(DAY_MS)
    report(intake, [row('unseen', 0), row('seen', 0)], NOW_MS - 1)
    report(intake, [row('live', 0)])
    answer(intake, [row('kept', 300), row('erased', 300), row('unseen', 1), row('seen', 1)], 1)
    intake.endLast(1, NOW_MS - 2)
    answer(intake, [row('kept', 300), row('seen', 0)], 2)
    const all = ['erased', 'kept', 'live', 'seen', 'unseen']
    expect(known(intake).map(({ id }) => id)).toEqual(all)
    intake.takeFrame(NOW_MS)
    intake.endLast(2, NOW_MS)
    expect(known(intake).map(({ id }) => id)).toEqual(['kept', 'live', 'seen'])
    const frame = intake.takeFrame(NOW_MS + 100)!
    expect([frame.gone.length, frame.counters.vehicles, frame.counters.silent]).toEqual([2, 2, 1])
  })

  it('go first when there are more vehicles than there may be, those silent for longest before others', () => {
    const intake = keeping(Infinity, { maxVehicles: 32 })
    report(intake, [row('live', 0)])
    answer(
      intake,
      Array.from({ length: 32 }, (_, i) => row(`v${i}`, 100 + i)),
    )
    expect(known(intake).length).toBeLessThanOrEqual(32)
    expect(known(intake).map(({ id }) => id)).toContain('live')
    expect(intake.vehicle('v0')).toBeDefined()
    expect(intake.vehicle('v30')).toBeUndefined()
    expect(intake.evicted()).toBe(33 - known(intake).length)
  })

  it('are counted where they go to make room for vehicles or for their ids, and only there', () => {
    const evictedOf = (options: Parameters<typeof createLiveIntake>[0]): number => {
      const intake = keeping(DAY_MS, options)
      answer(intake, [row('erased', 300), row('parked', 300)], 1)
      answer(intake, [row('parked', 300)], 2)
      intake.endLast(2, NOW_MS)
      report(intake, [row('aaaa', 0), row('bbbb', 0), row('cccc', 0)])
      intake.takeFrame(NOW_MS)
      const before = intake.evicted()
      intake.forgetAll()
      expect(intake.evicted()).toBe(before)
      return before
    }
    expect([evictedOf({}), evictedOf({ maxVehicles: 3 }), evictedOf({ maxIdBytes: 14 })]).toEqual([0, 1, 1])
  })
})

describe('vehicles that fall silent', () => {
  it('stay where they were until they are too old', () => {
    const intake = keeping(60 * MINUTE_MS)
    report(intake, [row('v', 0)])
    intake.takeFrame(NOW_MS)
    const at = (minutes: number) => {
      const frame = intake.takeFrame(NOW_MS + minutes * MINUTE_MS)!
      const { vehicles, silent, inView } = frame.counters
      return [told(frame).silent, told(frame).gone, vehicles, silent, inView]
    }
    expect([15, 16, 60, 61].map(at)).toEqual([
      [[], [], 1, 0, 1],
      [[0], [], 0, 1, 0],
      [[], [], 0, 1, 0],
      [[], [0], 0, 0, 0],
    ])
  })

  it('are told as silent again when they come into view again', () => {
    const intake = keeping(DAY_MS)
    answer(intake, [row('v', 300)])
    intake.takeFrame(NOW_MS)
    intake.setRequest({ keptMs: DAY_MS, bounds: [50, 50, 60, 60] })
    expect(told(intake.takeFrame(NOW_MS + 100)!)).toMatchObject({ gone: [0], silent: [] })
    intake.setRequest({ keptMs: DAY_MS })
    expect(told(intake.takeFrame(NOW_MS + 200)!)).toMatchObject({ fresh: [[0, 'v']], silent: [0] })
  })

  it('go at once when fewer are wanted, and all go when the person may see others', () => {
    const intake = keeping(DAY_MS)
    report(intake, [row('live', 0)])
    answer(intake, [row('v', 300), row('w', 30)])
    intake.takeFrame(NOW_MS)
    intake.setRequest({ keptMs: 60 * MINUTE_MS })
    intake.takeFrame(NOW_MS + 100)
    expect(known(intake).map(({ id }) => id)).toEqual(['live', 'w'])
    intake.forgetAll()
    expect(told(intake.takeFrame(NOW_MS + 200)!).gone.toSorted()).toEqual([0, 2])
    expect(known(intake)).toEqual([])
  })
})

it('reports and last positions come to the same, whatever their order', () => {
  const rows = fc.array(
    fc.record({
      id: fc.integer({ min: 0, max: 5 }),
      minutesAgo: fc.integer({ min: 0, max: 100 }),
      isLast: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(rows, (taken) => {
      const intake = keeping(DAY_MS)
      const newest = new Map<string, number>()
      for (const { id, minutesAgo, isLast } of taken) {
        const sent = [row(`v${id}`, minutesAgo)]
        if (isLast) answer(intake, sent)
        else report(intake, sent)
        // A report of the past is no vehicle's place.
        if (isLast || minutesAgo <= 60)
          newest.set(`v${id}`, Math.min(minutesAgo, newest.get(`v${id}`) ?? Number.POSITIVE_INFINITY))
      }
      const expected = [...newest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, ago]) => [id, ago / 100])
      expect(known(intake).map(({ id, longitude }) => [id, longitude])).toEqual(expected)
      const { counters } = intake.takeFrame(NOW_MS)!
      const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0)
      expect([counters.vehicles + counters.silent, sum(counters.vehiclesByType), sum(counters.silentByType)]).toEqual([
        newest.size,
        counters.vehicles,
        counters.silent,
      ])
    }),
    { numRuns: 500 },
  )
})
