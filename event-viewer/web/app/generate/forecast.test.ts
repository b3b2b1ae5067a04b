import { expect, test } from 'vitest'
import { forecastOf } from './forecast.ts'

test('each vehicle reports once in each interval', () => {
  expect(forecastOf({ vehicles: 1500, durationMs: 3_600_000, intervalMs: 5000, realTime: true })).toEqual({
    events: 1_080_000,
    perSecond: 300,
  })
  expect(forecastOf({ vehicles: 10, durationMs: 5001, intervalMs: 5000, realTime: true, speedFactor: 3 })).toEqual({
    events: 20,
    perSecond: 6,
  })
})

test('a number of positions is what it is, and a run as fast as possible has no pace of its own', () => {
  expect(forecastOf({ events: 1_000_001 })).toEqual({ events: 1_000_001, perSecond: undefined })
  expect(forecastOf({})).toEqual({ events: 1_080_000, perSecond: undefined })
})
