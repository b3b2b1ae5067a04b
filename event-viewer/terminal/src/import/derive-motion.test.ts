import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMotionDeriver } from './derive-motion.ts'

const deriver = (maxVehicles = 10): ReturnType<typeof createMotionDeriver> =>
  createMotionDeriver({ maxGapMs: 300_000, maxVehicles })
const UNKNOWN = { speed: NaN, heading: NaN }

test('motion is that from the previous position of the same vehicle', () => {
  const motion = deriver()
  expect(motion.next('a', 0, 10, 50)).toEqual(UNKNOWN)
  expect(motion.next('b', 0, 0, 0)).toEqual(UNKNOWN)
  expect(motion.next('a', 10_000, 10, 50.001)).toEqual({ speed: 11.1, heading: 0 })
  expect(motion.next('b', 10_000, 0.001, 0)).toEqual({ speed: 11.1, heading: 90 })
  expect(motion.next('a', 20_000, 10, 50.001)).toEqual({ speed: 0, heading: NaN })
  expect(motion.vehicles()).toBe(2)
})

test('nothing is said over a gap, backwards in time, at one instant, or faster than any vehicle', () => {
  const motion = deriver()
  motion.next('a', 0, 10, 50)
  expect(motion.next('a', 300_000, 10, 50.01)).toEqual({ speed: 3.7, heading: 0 })
  expect(motion.next('a', 600_001, 10, 50.02)).toEqual(UNKNOWN)
  expect(motion.next('a', 600_001, 10, 50.03)).toEqual(UNKNOWN)
  expect(motion.next('a', 600_000, 10, 50.03)).toEqual(UNKNOWN)
  expect(motion.next('a', 601_000, 11, 50.03)).toEqual(UNKNOWN)
})

test('when more vehicles come than are remembered, the first are forgotten', () => {
  const motion = deriver(2)
  motion.next('a', 0, 10, 50)
  motion.next('b', 0, 10, 50)
  motion.next('c', 0, 10, 50)
  expect(motion.next('a', 10_000, 10, 50.001)).toEqual(UNKNOWN)
  expect(motion.next('c', 10_000, 10, 50.001)).toEqual({ speed: 11.1, heading: 0 })
})

test('driving a distance in a direction is derived as that speed and that heading', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -170, max: 170, noNaN: true }),
      fc.double({ min: -70, max: 70, noNaN: true }),
      fc.double({ min: 1, max: 40, noNaN: true }),
      fc.integer({ min: 0, max: 359 }),
      (longitude, latitude, speed, heading) => {
        const metres = speed * 10
        const degreesNorth = (metres * Math.cos((heading * Math.PI) / 180)) / 111_195.08
        const degreesEast =
          (metres * Math.sin((heading * Math.PI) / 180)) / 111_195.08 / Math.cos((latitude * Math.PI) / 180)
        const motion = deriver()
        motion.next('a', 0, longitude, latitude)
        const derived = motion.next('a', 10_000, longitude + degreesEast, latitude + degreesNorth)
        expect(Math.abs(derived.speed - speed)).toBeLessThan(0.06)
        expect((Math.abs(derived.heading - heading) + 1) % 360).toBeLessThanOrEqual(2)
      },
    ),
  )
})
