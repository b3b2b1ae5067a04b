import { toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AIS_VALUES, idOfFile, isRoundedId, knownHeading, knownSpeed, USUAL_VALUES } from './sanitise.ts'

test('a speed that no vehicle has is unknown', () => {
  expect([0, 0.5, 33.3, 1_000].map(knownSpeed)).toEqual([0, 0.5, 33.3, 1_000])
  expect([-1, -0.001, 1_000.1, 65_535, 3.4e38, Infinity, -Infinity, NaN].map(knownSpeed)).toEqual(Array(8).fill(NaN))
  expect(Object.is(knownSpeed(-0), 0)).toBe(true)
})

test('a heading is within the circle; 360 is north, and what is beyond is unknown', () => {
  expect([0, 359.5, 360].map(knownHeading)).toEqual([0, 359.5, 0])
  expect([-1, 360.1, 511, Infinity, NaN].map(knownHeading)).toEqual(Array(5).fill(NaN))
  expect(Object.is(knownHeading(-0), 0)).toBe(true)
})

test('what AIS sends for “not available” is unknown of AIS, and a value of others', () => {
  const of = ({ speed, heading, longitude, latitude }: typeof AIS_VALUES): number[] => [
    speed((102.3 * 1852) / 3600),
    speed(Math.fround(102.3 * 0.514444)),
    heading(360),
    heading(511),
    longitude(181),
    latitude(91),
  ]
  expect(of(AIS_VALUES)).toEqual(Array(6).fill(NaN))
  expect(of(USUAL_VALUES)).toEqual([expect.closeTo(52.628, 3), expect.closeTo(52.628, 3), 0, NaN, 181, 91])
  expect([102.2, 102.4].map((knots) => AIS_VALUES.speed((knots * 1852) / 3600))).toEqual([
    (102.2 * 1852) / 3600,
    (102.4 * 1852) / 3600,
  ])
  expect([AIS_VALUES.heading(359.9), AIS_VALUES.longitude(180), AIS_VALUES.latitude(-90)]).toEqual([359.9, 180, -90])
})

test('the rules change nothing that they have let through', () => {
  fc.assert(
    fc.property(fc.constantFrom(USUAL_VALUES, AIS_VALUES), fc.double(), (rules, value) => {
      for (const name of ['speed', 'heading', 'longitude', 'latitude'] as const) {
        const once = rules[name](value)
        expect(rules[name](once)).toBe(once)
        if (name.endsWith('itude') && !Number.isNaN(once)) expect(toMicroDegrees(once)).toBe(toMicroDegrees(value))
      }
    }),
  )
})

test('an id of a file that was a number has no point, and one that has lost digits is told', () => {
  expect(
    [' bus-1\u00A0', '357.0', '0413.000', 42, 9_007_199_254_740_993n, '1.5', 'a.0', '.0', '7.01'].map(idOfFile),
  ).toEqual(['bus-1', '357', '0413', '42', '9007199254740993', '1.5', 'a.0', '.0', '7.01'])
  for (const id of ['3.58899E+14', ' 4e+21', 9_007_199_254_740_992, 1e21, NaN]) expect(isRoundedId(id)).toBe(true)
  // The last three are hexadecimal, as transponders and tags have them.
  for (const id of ['358899051234567', '3E', 12, 1e15, 2n ** 70n, '781e34', '3E10', '00e12']) {
    expect(isRoundedId(id)).toBe(false)
  }
})
