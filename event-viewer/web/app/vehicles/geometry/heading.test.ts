import fc from 'fast-check'
import { expect, test } from 'vitest'
import { degreesOf, headingBetween, ledHeading, turnAt, turnOf } from './heading.ts'
import { ringX, ringY } from './mercator-ring.ts'

const degrees = fc.double({ min: 0, max: 359.99, noNaN: true })
const apart = (one: number, other: number): number => Math.abs(((one - other + 540) % 360) - 180)

test('a turn is its heading to within 0.71 degrees', () => {
  fc.assert(
    fc.property(degrees, (heading) => {
      expect(apart(degreesOf(turnOf(heading)), heading)).toBeLessThan(0.71)
    }),
  )
})

test('a vehicle turns the short way round', () => {
  expect(headingBetween(350, 20, 0.5)).toBe(5)
  expect(headingBetween(20, 350, 0.5)).toBe(5)
  expect(degreesOf(turnAt(turnOf(350), turnOf(20), 0.5))).toBeCloseTo(5, 0)
  fc.assert(
    fc.property(degrees, degrees, (from, to) => {
      expect(apart(from, headingBetween(from, to, 0.5))).toBeLessThanOrEqual(90.000_1)
      expect(apart(headingBetween(from, to, 1), to)).toBeCloseTo(0, 6)
      const middle = degreesOf(turnAt(turnOf(from), turnOf(to), 0.5))
      expect(apart(degreesOf(turnOf(from)), middle)).toBeLessThanOrEqual(90)
    }),
  )
})

test('a step leads where the compass says', () => {
  const [x, y] = [ringX(-56.17), ringY(-34.88)]
  const leads = (longitude: number, latitude: number): number =>
    Math.round(ledHeading(ringX(longitude) - x, ringY(latitude) - y, y))
  expect([leads(-56.17, -34.87), leads(-56.16, -34.88), leads(-56.17, -34.89), leads(-56.18, -34.88)]).toEqual([
    0, 90, 180, 270,
  ])
})

test('a vehicle that hardly moved leads nowhere', () => {
  const y = ringY(-34.88)
  expect(ledHeading(0, 0, y)).toBeNaN()
  expect(ledHeading(ringX(0.000_02), 0, y)).toBeNaN()
})
