import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createNearestTimes, NEAREST_TIMES } from './nearest-times.ts'

test('of each vehicle the distinct times that are nearest are kept, whatever the order they come in', () => {
  const offers = fc.array(fc.tuple(fc.constantFrom(0, 1, 5000), fc.integer({ min: 0, max: 40 })), { maxLength: 60 })
  fc.assert(
    fc.property(offers, (all) => {
      const earlier = createNearestTimes((next, held) => next - held)
      const later = createNearestTimes((next, held) => held - next)
      for (const [vehicle, time] of all) for (const side of [earlier, later]) side.offer(vehicle, time)
      for (const vehicle of [0, 1, 5000]) {
        const own = new Set(all.flatMap(([of, time]) => (of === vehicle ? [time] : [])))
        const sorted = [...own].toSorted((a, b) => a - b)
        expect([...earlier.get(vehicle)]).toEqual(sorted.toReversed().slice(0, NEAREST_TIMES))
        expect([...later.get(vehicle)]).toEqual(sorted.slice(0, NEAREST_TIMES))
      }
    }),
  )
})
