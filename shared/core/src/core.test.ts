import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mix32 } from './hash.ts'
import { ownerOf, partitionOfCell } from './partition.ts'
import { faultOf, roundDegrees, toDegrees, toMicroDegrees } from './position.ts'
import { createRandomStreams, seedOf } from './random.ts'
import { dateOf, overlaps, periodOfDate, windowStart } from './time-window.ts'

test('rounding a coordinate twice is rounding it once, and whole millionths survive', () => {
  fc.assert(
    fc.property(fc.double({ min: -180, max: 180, noNaN: true }), (degrees) => {
      expect(roundDegrees(roundDegrees(degrees))).toBe(roundDegrees(degrees))
      expect(Math.abs(roundDegrees(degrees) - degrees)).toBeLessThan(5.01e-7)
    }),
  )
  fc.assert(fc.property(fc.integer({ min: -180e6, max: 180e6 }), (micro) => toMicroDegrees(toDegrees(micro)) === micro))
  expect(Object.is(toMicroDegrees(-1e-9), 0)).toBe(true)
})

test('a position is believed unless it is not a number, off the globe, in the future, before 1970 or at 0, 0', () => {
  const latest = 1_000
  expect([
    faultOf(1_000, -180, 90, latest),
    faultOf(NaN, 0, 0, latest),
    faultOf(0, NaN, 0, latest),
    faultOf(0, 0, Infinity, latest),
    faultOf(0, 180.000001, 0, latest),
    faultOf(0, 0, -90.1, latest),
    faultOf(1_001, 0, 0, latest),
    faultOf(-1, 0, 0, latest),
    faultOf(0, 0, 0, latest),
    faultOf(Infinity, 1, 1, Infinity),
  ]).toEqual([
    undefined,
    'time-not-a-number',
    'position-not-a-number',
    'position-not-a-number',
    'off-the-globe',
    'off-the-globe',
    'in-the-future',
    'before-1970',
    'null-island',
    'time-not-a-number',
  ])
  // What is rounded to 0, 0 and nothing else.
  const edges = [-1e-6, -5.1e-7, -5e-7, -0, 4.9e-7, 5e-7, 1e-6]
  for (const longitude of edges) {
    for (const latitude of edges) {
      const isNowhere = toMicroDegrees(longitude) === 0 && toMicroDegrees(latitude) === 0
      expect(faultOf(0, longitude, latitude, 0)).toBe(isNowhere ? 'null-island' : undefined)
    }
  }
})

test('partitions are stable for ever', () => {
  expect([0, 1, 12_345_678, 2 ** 30 - 1].map((cell) => [mix32(cell), partitionOfCell(cell, 8)])).toMatchInlineSnapshot(`
    [
      [
        0,
        0,
      ],
      [
        1364076727,
        7,
      ],
      [
        779662965,
        5,
      ],
      [
        3289563040,
        0,
      ],
    ]
  `)
})

test('a member that leaves gives up only its own keys', () => {
  const keys = Array.from({ length: 64 }, (_, i) => `${i}`)
  fc.assert(
    fc.property(fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 6 }), (members) => {
      const [gone, ...left] = members
      for (const key of keys) {
        const before = ownerOf(key, members)
        if (before !== gone) expect(ownerOf(key, left)).toBe(before)
        expect(ownerOf(key, members.toReversed())).toBe(before)
      }
    }),
  )
  expect(ownerOf('1', [])).toBeUndefined()
})

test('random sequences depend on seed and index alone, and are spread evenly', () => {
  const draw = (seed: number, index: number): number[] => {
    const streams = createRandomStreams(Uint32Array.of(0, seedOf(seed, index)))
    return Array.from({ length: 1_000 }, () => streams.next(1))
  }
  expect(draw(1, 7)).toEqual(draw(1, 7))
  expect(draw(1, 7)).not.toEqual(draw(1, 8))
  expect(draw(1, 7)).not.toEqual(draw(2, 7))
  const deciles = Array.from({ length: 10 }, () => 0)
  for (const value of draw(1, 7)) deciles[Math.floor(value * 10)]++
  for (const count of deciles) expect(Math.abs(count - 100)).toBeLessThan(40)
})

test('windows and periods are half-open', () => {
  expect([599_999, 600_000, -1].map((ms) => windowStart(ms, 600_000))).toEqual([0, 600_000, -600_000])
  expect(overlaps({ from: 0, to: 10 }, { from: 10, to: 20 })).toBe(false)
  expect(overlaps({ from: 0, to: 11 }, { from: 10, to: 20 })).toBe(true)
  expect(periodOfDate(dateOf(86_400_000))).toEqual({ from: 86_400_000, to: 172_800_000 })
})
