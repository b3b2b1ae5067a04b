import { NO_METRICS } from '@fleetlake/service'
import { expect, test } from 'vitest'
import { createCollectorMeter } from './collector-meter.ts'

test('how many positions a message has is said of each partition, and follows what is sent now', () => {
  const meter = createCollectorMeter(NO_METRICS)
  const take = (count: number, rows: number): void => {
    for (let i = 0; i < count; i++) meter.took(0, rows)
  }
  expect(meter.rowsPerMessage(0)).toBe(undefined)
  take(1, 0)
  expect(meter.rowsPerMessage(0)).toBe(0)
  take(1_000_000, 1_200)
  expect(meter.rowsPerMessage(0)).toBeCloseTo(1_200)
  take(10_000, 1)
  expect(meter.rowsPerMessage(0)).toBeLessThan(1.1)
  expect(meter.rowsPerMessage(0)).toBeGreaterThanOrEqual(1)
  expect(meter.rowsPerMessage(1)).toBe(undefined)
})
