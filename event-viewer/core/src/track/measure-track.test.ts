import { type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distanceM } from '@fleetlake/core'
import { measuredPositions } from '../testing/measured-rows.ts'
import { createTrackMeter, type TrackMeasures } from './measure-track.ts'

const options = { gap: 60_000, stopMs: 120_000, stopRadiusM: 25 }

const measure = (rows: readonly PositionRow[], batchRows = 1000): TrackMeasures | undefined => {
  const meter = createTrackMeter(options)
  for (let from = 0; from < rows.length; from += batchRows)
    meter.add(positionsOfRows(rows.slice(from, from + batchRows)))
  return meter.finish()
}

const row = (seconds: number, longitude: number, speed = NaN): PositionRow => ({
  vehicleId: 'a',
  vehicleType: 'bus',
  eventTime: seconds * 1000,
  longitude,
  latitude: 0,
  speed,
  heading: NaN,
})

test('a drive with a stop and a gap', () => {
  const drive = [row(0, 0, 3), row(30, 0.001, 9), row(60, 0.002), row(60, 0.002)]
  const stop = [row(90, 0.00201), row(120, 0.00199), row(180, 0.002)]
  const rest = [row(210, 0.004), row(300, 0.5), row(330, 0.5)]
  const measured = measure([...drive, ...stop, ...rest])
  expect({ ...measured, distanceM: Math.round(measured!.distanceM * 10) / 10 }).toEqual({
    vehicleTypes: ['bus'],
    reports: 9,
    first: { timeMs: 0, longitude: 0, latitude: 0 },
    last: { timeMs: 330_000, longitude: 0.5, latitude: 0 },
    distanceM: 449.2,
    seenMs: 240_000,
    gaps: 1,
    used: { rule: 60_000, fromMs: 60_000, toMs: 60_000 },
    maxSpeedMps: 9,
    lastValues: [],
    stops: [{ fromMs: 60_000, toMs: 180_000, longitude: 0.002, latitude: 0 }],
  })
})

test('standing up to the last report is a stop too, a gap ends it, and nothing measures nothing', () => {
  const stops = (...rows: PositionRow[]): [number, number][] =>
    measure(rows)!.stops.map(({ fromMs, toMs }) => [fromMs / 1000, toMs / 1000])
  expect(stops(row(0, 0), row(60, 0), row(120, 0))).toEqual([[0, 120]])
  expect(stops(row(0, 0), row(60, 0), row(121, 0), row(180, 0))).toEqual([])
  expect(measure([])).toBeUndefined()
})

test('it does not matter how the rows are cut into batches; distance and time are those of brute force', () => {
  const rows = fc
    .array(fc.record({ seconds: fc.integer({ min: 1, max: 90 }), x: fc.integer({ min: -300, max: 300 }) }), {
      minLength: 1,
    })
    .map((steps) => {
      let [seconds, x] = [0, 0]
      return steps.map((step) => row((seconds += step.seconds), (x += step.x) / 1e6))
    })
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 9 }), (all, batchRows) => {
      const measured = measure(all, batchRows)!
      expect(measured).toEqual(measure(all))
      const near = all.slice(1).flatMap((to, i) => (to.eventTime - all[i].eventTime <= 60_000 ? [[all[i], to]] : []))
      expect(measured.seenMs).toBe(near.reduce((sum, [from, to]) => sum + to.eventTime - from.eventTime, 0))
      const meters = near.reduce((sum, [from, to]) => sum + distanceM(from.longitude, 0, to.longitude, 0), 0)
      if (near.length === 0) expect(measured.distanceM).toBeNaN()
      else expect(measured.distanceM).toBeCloseTo(meters, 6)
      expect(measured.gaps).toBe(all.length - 1 - near.length)
    }),
  )
})

test('the last value of each measure is told with its time, also when later reports do not say it; one that was never said is left out', () => {
  const meter = createTrackMeter(options)
  const rows = [
    { ...row(0, 0), measures: { state: 'idle', altitude: 12.5 } },
    { ...row(30, 0), measures: { state: 'loading', ignition: false } },
    row(60, 0),
  ]
  for (const each of rows) meter.add(measuredPositions([each]))
  const { lastValues, reports } = meter.finish()!
  expect(reports).toBe(3)
  expect(lastValues.map(({ spec, value, timeMs }) => [spec.name, value, timeMs])).toEqual([
    ['state', 'loading', 30_000],
    ['altitude', 12.5, 0],
    ['ignition', false, 30_000],
  ])
})

test('what says something else at one time and place is another report, and what differs in its revision alone is not', () => {
  const meter = createTrackMeter(options)
  const states = [{ state: 'idle' }, { state: 'loading' }, { state: 'loading', revision: 7 }]
  meter.add(measuredPositions(states.map((measures) => ({ ...row(0, 0), measures }))))
  expect(meter.finish()!.reports).toBe(2)
})
