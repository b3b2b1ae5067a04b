import {
  measureOfValues,
  type MeasureSpec,
  type PositionRow,
  positionsOfRows,
  vehicleDateRuns,
} from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowCollector } from '../rows/collect-rows.ts'
import { cadenceGapMs, cadenceOf, MIN_GAP_MS } from './cadence.ts'
import { createDateReader } from './date-reader.ts'
import { type Gap, gapsText } from './gap.ts'
import { joinRows } from './joined-rows.ts'
import { createCadenceCollector, type KnownCadences } from './known-cadences.ts'

const DAY_MS = 86_400_000
const MINUTE = 60_000

const naiveCadence = (times: readonly number[]): number | undefined => {
  const distinct = [...new Set(times)].toSorted((a, b) => a - b)
  const intervals = distinct.slice(1).map((time, i) => time - distinct[i])
  return intervals.toSorted((a, b) => a - b)[Math.ceil(intervals.length / 2) - 1]
}

const naiveGap = (times: readonly number[], timeMs: number, gap: Gap, known?: Known): number => {
  if (gap !== 'automatic') return gap
  const knownMs = known?.[Math.floor(timeMs / DAY_MS)]
  if (knownMs !== undefined) return Math.max(MINUTE, 3 * knownMs)
  const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  return Math.max(MINUTE, 3 * (naiveCadence(times.filter((ms) => date(ms) === date(timeMs))) ?? 0))
}

/** The cadence of a vehicle over all its reports of a date, by the date's number. */
type Known = Readonly<Record<number, number>>

/** Of each time but the last, whether there is no gap after it. */
const naiveJoined = (times: readonly number[], gap: Gap, known?: Known): number[] =>
  times.map((time, i) => {
    const next = times[i + 1]
    if (next === undefined) return 0
    return next - time <= Math.max(naiveGap(times, time, gap, known), naiveGap(times, next, gap, known)) ? 1 : 0
  })

/** Of one vehicle, about two midnights: even, uneven, and several at one time. */
const times = fc
  .record({
    from: fc.integer({ min: DAY_MS - 20 * MINUTE, max: DAY_MS + 5 * MINUTE }),
    steps: fc.array(
      fc.oneof(
        fc.constantFrom(0, 5000, 59_000, 61_000, 2 * MINUTE, 10 * MINUTE),
        fc.integer({ min: 0, max: 5 * MINUTE }),
        fc.integer({ min: 0, max: DAY_MS }),
      ),
      { maxLength: 40 },
    ),
  })
  .map(({ from, steps }) => {
    let at = from
    return [from, ...steps.map((step) => (at += step))]
  })

/** Of some vehicles and dates. */
const knownOfFleet = fc.array(
  fc.dictionary(fc.constantFrom('0', '1', '2'), fc.constantFrom(20_000, 60_000, 10 * MINUTE), { maxKeys: 3 }),
  { minLength: 4, maxLength: 4 },
)
const idOf = (vehicle: number): string => `v-${vehicle}`

const cadencesOf = (fleet: readonly Known[]): KnownCadences => {
  const cadences = new Map<number, Map<string, number>>()
  for (const [vehicle, known] of fleet.entries())
    for (const [date, ms] of Object.entries(known)) {
      const ofDate = cadences.get(Number(date)) ?? new Map<string, number>()
      cadences.set(Number(date), ofDate.set(idOf(vehicle), ms))
    }
  return cadences
}

const gaps = fc.oneof(fc.constant<Gap>('automatic'), fc.integer({ min: 1, max: 20 * MINUTE }))

test('the cadence is the median of the intervals between distinct times, one that occurred', () => {
  fc.assert(
    fc.property(times, (all) => {
      expect(cadenceOf(all, 0, all.length)).toBe(naiveCadence(all))
      expect(cadenceGapMs(all, 0, all.length)).toBe(Math.max(MIN_GAP_MS, 3 * (naiveCadence(all) ?? 0)))
    }),
  )
  const cadences = [[], [7], [7, 7], [0, 10], [0, 10, 10, 40], [0, 10, 40, 90], [0, 5, 10, 10_000]]
  expect(cadences.map((each) => cadenceOf(each, 0, each.length))).toEqual([
    undefined,
    undefined,
    undefined,
    10,
    10,
    30,
    5,
  ])
})

test('rows are joined as brute force joins them: by date, and over midnight by the date with the longer gaps', () => {
  fc.assert(
    fc.property(fc.array(times, { maxLength: 4 }), gaps, knownOfFleet, (fleet, gap, known) => {
      const start = [0]
      for (const own of fleet) start.push(start.at(-1)! + own.length)
      const rows = { start: Uint32Array.from(start), eventTime: Float64Array.from(fleet.flat()) }
      expect([...joinRows(rows, gap).isJoined]).toEqual(fleet.flatMap((own) => naiveJoined(own, gap)))
      const told = { ...rows, ids: fleet.map((_, vehicle) => idOf(vehicle)), cadences: cadencesOf(known) }
      expect([...joinRows(told, gap).isJoined]).toEqual(fleet.flatMap((own, i) => naiveJoined(own, gap, known[i])))
    }),
  )
})

const rowOf = (vehicleId: string, eventTime: number): PositionRow => ({
  vehicleId,
  vehicleType: 'bus',
  eventTime,
  longitude: 0,
  latitude: 0,
  speed: NaN,
  heading: NaN,
})

test('rows that come in batches are joined like rows in columns, and no more than a date is held', () => {
  fc.assert(
    fc.property(
      fc.array(times, { maxLength: 4 }),
      gaps,
      fc.integer({ min: 1, max: 9 }),
      knownOfFleet,
      (fleet, gap, size, known) => {
        const rows = fleet.flatMap((own, vehicle) => own.map((time) => rowOf(idOf(vehicle), time)))
        const cadences = cadencesOf(known)
        const joined: number[] = []
        const reader = createDateReader({
          gap,
          cadences,
          onDate: ({ vehicleId, isContinued, length, eventTime, gapMs, gapBeforeMs }) => {
            const last = rows[joined.length - 1]
            expect(isContinued).toBe(last?.vehicleId === vehicleId)
            for (let row = 0; row < length; row++) {
              const before = row === 0 ? last?.eventTime : eventTime[row - 1]
              const isNext = row > 0 || isContinued
              if (isNext)
                joined[joined.length - 1] = eventTime[row] - before <= (row === 0 ? gapBeforeMs : gapMs) ? 1 : 0
              joined.push(0)
            }
          },
        })
        for (let from = 0; from < rows.length; from += size) reader.add(positionsOfRows(rows.slice(from, from + size)))
        reader.end()
        expect(joined).toEqual(fleet.flatMap((own, i) => naiveJoined(own, gap, known[i])))
        const collector = createRowCollector({ maxRows: Infinity })
        collector.add(positionsOfRows(rows))
        expect(reader.used()).toEqual(joinRows({ ...collector.finish(), cadences }, gap).used)
      },
    ),
  )
})

test('of a date with more rows than are held, the first ones decide the cadence', () => {
  const parts: unknown[] = []
  const reader = createDateReader({
    gap: 'automatic',
    maxRows: 3,
    onDate: ({ isContinued, length, gapMs, gapBeforeMs }) => parts.push([isContinued, length, gapMs, gapBeforeMs]),
  })
  const all = [0, 2, 4, 104, 204, DAY_MS / MINUTE + 1]
  reader.add(positionsOfRows(all.map((minutes) => rowOf('a', minutes * MINUTE))))
  reader.end()
  expect(parts).toEqual([
    [false, 3, 6 * MINUTE, 6 * MINUTE],
    [true, 2, 6 * MINUTE, 6 * MINUTE],
    [true, 1, MINUTE, 6 * MINUTE],
  ])
})

test('what is held of a date has a bound in bytes: long texts are given in parts, and none is lost', () => {
  const spec: MeasureSpec = { name: 'note', type: 'string' }
  const notes = ['x'.repeat(40), null, 'y'.repeat(40), 'z'.repeat(500), 'w', 'v'.repeat(40)]
  const parts: unknown[] = []
  const reader = createDateReader({
    gap: 'automatic',
    maxBytes: 250,
    onDate: ({ length, isContinued, beside }) => parts.push([isContinued, beside[0].values.slice(0, length)]),
  })
  const rows = notes.map((_, i) => rowOf('a', i * MINUTE))
  for (const [from, to] of [
    [0, 4],
    [4, 6],
  ]) {
    const measures = [measureOfValues(spec, notes.slice(from, to))]
    reader.add({ ...positionsOfRows(rows.slice(from, to)), measures })
  }
  reader.end()
  expect(parts).toEqual([
    [false, notes.slice(0, 3)],
    [true, notes.slice(3, 4)],
    [true, notes.slice(4)],
  ])
})

test('what was taken for a gap is said in a sentence', () => {
  expect(gapsText({ rule: 'automatic', fromMs: MINUTE, toMs: MINUTE })).toBe(
    'gaps: longer than 1 min, 3 × the median interval of each vehicle and date and 1 min at least',
  )
  expect(gapsText({ rule: 'automatic', fromMs: MINUTE, toMs: 90 * MINUTE })).toMatch(
    /^gaps: longer than 1 min to 1 h 30 min, /,
  )
  expect(gapsText({ rule: 5000, fromMs: 5000, toMs: 5000 })).toBe('gaps: longer than 5 s')
  const sentences = (['found', 'all', 'both'] as const).map((reports) =>
    gapsText({ rule: 'automatic', fromMs: MINUTE, toMs: MINUTE, reports }).split('1 min at least').at(-1),
  )
  expect(sentences).toEqual(['', ', over all its reports', ', over all its reports where that is known'])
})

test('cadences of an answer are the same for every order of its batches, the longest of one vehicle and date, and bounded in number', () => {
  const batchOf = (rows: readonly PositionRow[], cadences: readonly (number | undefined)[]) => {
    const positions = positionsOfRows(rows)
    const runs = vehicleDateRuns(positions)
    expect(runs.length).toBe(cadences.length)
    return { rows: positions, cadences: { runs, ofRuns: cadences } }
  }
  const batches = [
    batchOf([rowOf('a', 0), rowOf('a', 5), rowOf('b', 6), rowOf('a', DAY_MS)], [60_000, undefined, 20_000]),
    batchOf([rowOf('b', 7), rowOf('a', 8), rowOf('b', 9)], [90_000, 20_000, 60_000]),
    { rows: positionsOfRows([rowOf('c', 1)]) },
  ]
  const knownOf = (inOrder: typeof batches, most?: number): KnownCadences => {
    const { known, add } = createCadenceCollector(most)
    inOrder.forEach(add)
    return known
  }
  const expected = new Map([
    [0, new Map(Object.entries({ a: 60_000, b: 90_000 }))],
    [1, new Map(Object.entries({ a: 20_000 }))],
  ])
  expect([knownOf(batches), knownOf(batches.toReversed())]).toEqual([expected, expected])
  expect(knownOf(batches, 1)).toEqual(new Map([[0, new Map(Object.entries({ a: 60_000 }))]]))
})
