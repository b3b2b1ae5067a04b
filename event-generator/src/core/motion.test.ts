import fc from 'fast-check'
import { expect, test } from 'vitest'
import { move } from './motion.ts'

const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

const drive = (
  seconds: number,
  way: number,
  speed: number,
  cruise: number,
  exit: number,
): [left: number, metres: number, speed: number] => {
  const moved = new Float64Array(2)
  const left = move(moved, seconds, way, speed, cruise, exit, 1.8, 2.4)
  return [left, moved[0], moved[1]]
}

test('a vehicle never passes the end of its way, never drives back, and is never faster than its cruising speed', () => {
  fc.assert(
    fc.property(
      real(0.01, 60),
      real(0.01, 2000),
      real(5, 33),
      real(0, 1),
      real(0, 1),
      (seconds, way, cruise, start, end) => {
        const [left, metres, speed] = drive(seconds, way, start * cruise, cruise, end * cruise)
        expect(metres).toBeGreaterThanOrEqual(0)
        expect(metres).toBeLessThanOrEqual(way + 1e-9)
        expect(speed).toBeGreaterThanOrEqual(0)
        expect(speed).toBeLessThanOrEqual(cruise + 1e-9)
        expect(metres).toBeLessThanOrEqual(cruise * (seconds - Math.max(0, left)) + 1e-6)
        if (left >= 0) expect([metres, speed <= end * cruise + 1e-9]).toEqual([way, true])
      },
    ),
  )
})

test('driving for a while and then on is driving all the time', () => {
  fc.assert(
    fc.property(
      real(0.1, 30),
      real(0.05, 0.95),
      real(1, 1000),
      real(5, 33),
      real(0, 1),
      (seconds, part, way, cruise, end) => {
        const [left, metres, speed] = drive(seconds, way, 0.5 * cruise, cruise, end * cruise)
        const first = drive(seconds * part, way, 0.5 * cruise, cruise, end * cruise)
        fc.pre(left < 0 && first[0] < 0)
        const second = drive(seconds * (1 - part), way - first[1], first[2], cruise, end * cruise)
        expect(first[1] + second[1]).toBeCloseTo(metres, 4)
        expect(second[2]).toBeCloseTo(speed, 3)
      },
    ),
  )
})

test('a vehicle accelerates to its cruising speed, holds it and brakes to a stand', () => {
  expect(drive(2, 200, 0, 12, 0)).toEqual([-1, 0.5 * 1.8 * 4, 1.8 * 2])
  expect(drive(10, 200, 0, 12, 0)[2]).toBe(12)
  const [left, metres, speed] = drive(60, 200, 0, 12, 0)
  expect([metres, speed]).toEqual([200, 0])
  const risen = 12 / 1.8
  const fallen = 12 / 2.4
  expect(60 - left).toBeCloseTo(risen + fallen + (200 - 6 * risen - 6 * fallen) / 12, 9)
})
