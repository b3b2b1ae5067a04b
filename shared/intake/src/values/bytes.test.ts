import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readInstantBytes, readWallClockBytes } from './instant-bytes.ts'
import { readNumberBytes } from './number-bytes.ts'
import { readNumber } from './read-number.ts'
import { createTimeReader } from './read-time.ts'

const RUNS = { numRuns: 3_000 }

/** A text amid other bytes, as in a line. */
const within = (text: string): [bytes: Uint8Array, from: number, to: number] => {
  const bytes = new TextEncoder().encode(`7${text}5`)
  return [bytes, 1, bytes.length - 1]
}

const number = (text: string): number => readNumberBytes(...within(text))
const instant = (text: string, offsetMs = NaN): number => readInstantBytes(...within(text), offsetMs)
const wall = (text: string): number => readWallClockBytes(...within(text))

/** Some characters of a text replaced, dropped or put in. */
const damaged = (text: fc.Arbitrary<string>, characters: string): fc.Arbitrary<string> =>
  fc
    .tuple(text, fc.array(fc.tuple(fc.nat(30), fc.constantFrom('', ...characters), fc.nat(2)), { maxLength: 2 }))
    .map(([whole, changes]) =>
      changes.reduce((all, [at, by, gone]) => all.slice(0, at) + by + all.slice(at + gone), whole),
    )

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most })

const decimal = fc
  .tuple(fc.constantFrom('', '-', '-', '+'), digits(0, 17), fc.constantFrom('', '.', '.'), digits(0, 17))
  .map((parts) => parts.join(''))

test('plain decimals are the numbers that Number makes of them', () => {
  expect(
    ['0', '-0', '7', '116.41667', '-39.9075', '007', '999999999999999', '0.00000000000001', '12345678.1234567'].map(
      number,
    ),
  ).toEqual([0, -0, 7, 116.41667, -39.9075, 7, 999999999999999, 1e-14, 12345678.1234567])
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.nat(9), (value, places) => {
      const text = value.toFixed(places)
      const isShort = text.replaceAll(/\D/g, '').length <= 15
      expect(number(text)).toBe(isShort ? Number(text) : NaN)
    }),
    RUNS,
  )
})

test('decimals with another mark are the numbers that the slower way makes of them', () => {
  const comma = (text: string): number => readNumberBytes(...within(text), 0x2c)
  expect(['1,5', '-0,25', '7', '1.5', '1,2,3'].map(comma)).toEqual([1.5, -0.25, 7, NaN, NaN])
  fc.assert(
    fc.property(damaged(decimal, '0.-+e, x'), (text) => {
      const fast = comma(text)
      if (!Number.isNaN(fast)) expect(fast).toBe(readNumber(text, ','))
    }),
    RUNS,
  )
})

test('of any other text there is no number, or the one of the slower way', () => {
  expect(
    ['', '-', '.', '1.', '.5', '+1', '1e3', ' 1', '1 ', '1,5', '1.2.3', '0x1', '1234567890123456', '٣'].map(number),
  ).toEqual(Array(14).fill(NaN))
  fc.assert(
    fc.property(fc.oneof(decimal, damaged(decimal, '0.-+e, x')), (text) => {
      const fast = number(text)
      if (Number.isNaN(fast)) return
      expect(fast).toBe(Number(text))
      expect(fast).toBe(readNumber(text))
    }),
    RUNS,
  )
})

const two = (max: number): fc.Arbitrary<string> => fc.nat(max).map((value) => String(value).padStart(2, '0'))

const written = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    fc.constantFrom('-', '/'),
    two(13),
    two(32),
    fc.constantFrom('T', ' ', 't'),
    two(24),
    two(60),
    fc.oneof(
      fc.constant(''),
      two(60).map((s) => `:${s}`),
      fc.tuple(two(60), fc.constantFrom('.', ','), digits(1, 13)).map((s) => `:${s.join('')}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc.constantFrom('Z', ' Z', 'z', ' UTC', ' +0000 UTC', '[Europe/Paris]'),
      fc
        .tuple(
          fc.constantFrom('', ' '),
          fc.constantFrom('+', '-'),
          two(20),
          fc.constantFrom('', '00', ':30', ':60', '45'),
        )
        .map((s) => s.join('')),
    ),
  )
  .map(([year, by, month, day, between, hour, ...rest]) =>
    [year, by, month, by, day, between, hour, ':', ...rest].join(''),
  )

test('ISO texts are the instants that Date makes of them', () => {
  expect(new Date(instant('2018-10-01T08:00:00.123+08:00')).toISOString()).toBe('2018-10-01T00:00:00.123Z')
  expect(new Date(instant('2018/10/01 08:00', 8 * 3_600_000)).toISOString()).toBe('2018-10-01T00:00:00.000Z')
  expect(instant('2018-10-01 08:00:00')).toBeNaN()
  expect(new Date(wall('2018-10-01 08:00:00')).toISOString()).toBe('2018-10-01T08:00:00.000Z')
  expect(wall('2018-10-01 08:00:00Z')).toBeNaN()
  fc.assert(
    fc.property(
      fc.date({
        min: new Date('0000-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59.999Z'),
        noInvalidDate: true,
      }),
      (date) => {
        expect(instant(date.toISOString())).toBe(date.getTime())
        expect(wall(date.toISOString().slice(0, -1))).toBe(date.getTime())
      },
    ),
    RUNS,
  )
})

test('of any text there is no instant, or the one of the slower way', () => {
  const withZone = createTimeReader({ kind: 'iso', zone: '+03:30' }).read
  const without = createTimeReader({ kind: 'iso', zone: undefined }).read
  const asUtc = createTimeReader({ kind: 'iso', zone: 'UTC' }).read
  fc.assert(
    fc.property(fc.oneof(written, damaged(written, '0129:-./TZ +')), (text) => {
      for (const [fast, slow] of [
        [instant(text), without],
        [instant(text, 3.5 * 3_600_000), withZone],
      ] as const)
        if (!Number.isNaN(fast)) expect(fast).toBe(slow(text))
      if (Number.isNaN(wall(text))) return
      expect(without(text)).toBe('time-without-offset')
      expect(wall(text)).toBe(asUtc(text))
    }),
    RUNS,
  )
})

test('nearly all usual texts are read in the fast way', () => {
  const texts = fc.sample(written, { numRuns: 2_000, seed: 7 })
  const read = createTimeReader({ kind: 'iso', zone: 'UTC' }).read
  const good = texts.filter((text) => typeof read(text) === 'number' && !/UTC|\[/.test(text))
  expect(good.length).toBeGreaterThan(300)
  // The end of a day and leap seconds are rare.
  const usual = good.filter((text) => !/^.{10}.24:|:60/.test(text))
  expect(usual.filter((text) => Number.isNaN(instant(text, 0)))).toEqual([])
})
