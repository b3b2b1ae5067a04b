import { expect, test } from 'vitest'
import { fastestMps, implausibleMotion } from './implausible-motion.ts'

test('a way is implausible when no vehicle of the type drives it in that time, forwards or backwards', () => {
  expect([10_000, 10_001, -10_001].map((metres) => implausibleMotion('car', Math.abs(metres), 100))).toEqual([
    false,
    true,
    true,
  ])
  expect(implausibleMotion('car', 10_001, -100)).toBe(true)
  expect(implausibleMotion('aircraft', 10_001, 100)).toBe(false)
  expect([12_000, 12_001].map((metres) => implausibleMotion('snow plough', metres, 100))).toEqual([false, true])
})

test('within a second nothing is said of the way of a second, and of no way nothing ever', () => {
  expect([0, 0.001, 1].map((seconds) => implausibleMotion('bus', 60, seconds))).toEqual([false, false, false])
  expect([0, 0.001, 1].map((seconds) => implausibleMotion('bus', 61, seconds))).toEqual([true, true, true])
  expect(implausibleMotion('bus', 0, 0)).toBe(false)
  expect(implausibleMotion('bus', NaN, 5)).toBe(false)
})

test('types are found in any case, and what objects have by nature is none', () => {
  expect(['Taxi', ' TRAIN ', 'constructor', '', '__proto__'].map(fastestMps)).toEqual([90, 180, 120, 120, 120])
})
