import { fitsMeasure } from '@fleetlake/columnar'
import { SIMULATED_MEASURES } from '@fleetlake/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulateMeasures } from './simulated-measures.ts'

const NOW = Date.UTC(2026, 0, 5)
const moment = fc.record({
  seed: fc.nat(0xffffffff),
  vehicle: fc.nat(10_000_000),
  timeMs: fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2030, 0, 1) }),
})

test('a value depends on the seed, the vehicle and the time only, and its measure can have it', () => {
  fc.assert(
    fc.property(moment, fc.subarray([...SIMULATED_MEASURES], { minLength: 1 }), ({ seed, vehicle, timeMs }, some) => {
      const all = simulateMeasures(SIMULATED_MEASURES, seed)
      all(vehicle + 1, timeMs + 1)
      const values = new Map(all(vehicle, timeMs).map(({ measure, value }) => [measure.name, value]))
      for (const { measure, value } of simulateMeasures(some, seed)(vehicle, timeMs)) {
        expect(value).toBe(values.get(measure.name))
        if (value !== null) expect(fitsMeasure(value, measure.type)).toBe(true)
      }
      const within = (name: string, least: number, most: number): void => {
        expect(values.get(name)).toBeGreaterThanOrEqual(least)
        expect(values.get(name)).toBeLessThanOrEqual(most)
      }
      within('temperature', -20, 22)
      within('battery', 25, 100)
      within('fuel', 8, 96)
      within('altitude', 3, 47)
      within('odometer', 20e6, 1.5e9)
      expect(values.get('driver_id')).toMatch(/^d-\d{4}$/)
      expect(values.get('order_id') ?? 'o-0').toMatch(/^o-[0-9a-z]+$/)
    }),
  )
})

test('odometers never run backwards, drivers stay for a shift, orders for a while, and some vehicles have none', () => {
  const saidBy = simulateMeasures(SIMULATED_MEASURES, 7)
  const orders = new Set<unknown>()
  for (let vehicle = 0; vehicle < 20; vehicle++) {
    const rows = Array.from({ length: 24 * 60 }, (_, minute) =>
      Object.fromEntries(saidBy(vehicle, NOW + minute * 60_000).map(({ measure, value }) => [measure.name, value])),
    )
    const odometers = rows.map(({ odometer }) => Number(odometer))
    expect(odometers).toEqual(odometers.toSorted((a, b) => a - b))
    expect(new Set(rows.map(({ driver_id }) => driver_id)).size).toBeLessThanOrEqual(4)
    for (const { order_id } of rows) orders.add(order_id)
  }
  expect(orders.has(null)).toBe(true)
  expect(orders.size).toBeGreaterThan(100)
})
