/// <reference lib="esnext.temporal" />
import fc from 'fast-check'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { createTimeReader, type TimeOptions } from './read-time.ts'

const iso = (value: unknown, options: Partial<TimeOptions> = {}): string => {
  const time = createTimeReader({ format: 'auto', ...options }).read(value)
  return typeof time === 'string' ? time : new Date(time).toISOString()
}

test('a local time is read in its zone, whatever the season', () => {
  expect(iso('2018-10-01 08:00:00', { timezone: 'Asia/Shanghai' })).toBe('2018-10-01T00:00:00.000Z')
  expect(iso('2026-01-15 12:00', { timezone: 'Europe/Berlin' })).toBe('2026-01-15T11:00:00.000Z')
  expect(iso('2026/7/15 12:00:00.25', { timezone: 'Europe/Berlin' })).toBe('2026-07-15T10:00:00.250Z')
  expect(iso('1986-07-01 12:00:00', { timezone: 'Asia/Shanghai' })).toBe('1986-07-01T03:00:00.000Z')
})

test('an offset in the text beats the zone', () => {
  const options = { timezone: 'Asia/Shanghai' }
  expect(iso('2018-10-01T08:00:00Z', options)).toBe('2018-10-01T08:00:00.000Z')
  expect(iso('2018-10-01 08:00:00-03:30', options)).toBe('2018-10-01T11:30:00.000Z')
  expect(iso('2018-10-01 08:00:00 +0100', options)).toBe('2018-10-01T07:00:00.000Z')
  expect(iso('2018-10-01 08:00:00 UTC', options)).toBe('2018-10-01T08:00:00.000Z')
})

test('the hour that daylight saving skips never was; of the hour that it repeats the first is taken and counted', () => {
  const reader = createTimeReader({ format: 'auto', timezone: 'Europe/Berlin' })
  const times = [
    '2026-03-29 01:59:59',
    '2026-03-29 02:30:00',
    '2026-03-29 03:00:00',
    '2026-10-25 02:30:00',
    '2026-10-25 03:00:00',
  ]
  expect(times.map(reader.read)).toEqual([
    Date.parse('2026-03-29T00:59:59Z'),
    'time-that-never-was',
    Date.parse('2026-03-29T01:00:00Z'),
    Date.parse('2026-10-25T00:30:00Z'),
    Date.parse('2026-10-25T02:00:00Z'),
  ])
  expect(reader.ambiguous()).toBe(1)
})

test('every instant written in a zone reads back, to the first of two that look the same', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2e9 }),
      fc.constantFrom(
        'Asia/Shanghai',
        'Europe/Berlin',
        'America/Montevideo',
        'Australia/Lord_Howe',
        'Asia/Kathmandu',
        'UTC',
      ),
      (seconds, timezone) => {
        const reader = createTimeReader({ format: 'auto', timezone })
        const wall = Temporal.Instant.fromEpochMilliseconds(seconds * 1000)
          .toZonedDateTimeISO(timezone)
          .toPlainDateTime()
        const read = reader.read(wall.toString().replace('T', ' '))
        if (reader.ambiguous() === 0) expect(read).toBe(seconds * 1000)
        else expect([read, Number(read) + 3_600_000, Number(read) + 1_800_000]).toContain(seconds * 1000)
      },
    ),
    { numRuns: 500 },
  )
})

test('bare numbers are seconds or ms by their size, unless said', () => {
  expect(iso(1538352000)).toBe('2018-10-01T00:00:00.000Z')
  expect(iso('1538352000123')).toBe('2018-10-01T00:00:00.123Z')
  expect(iso('1538352000.25')).toBe('2018-10-01T00:00:00.250Z')
  expect(iso('1000', { format: 'epoch-ms' })).toBe('1970-01-01T00:00:01.000Z')
  expect(createTimeReader({ format: 'epoch-s' }).read('1538352000123')).toBe(1538352000123000)
})

test('a pattern reads what auto can not', () => {
  expect(iso('31/12/2018 23:59:58', { format: 'DD/MM/YYYY HH:mm:ss', timezone: 'UTC' })).toBe(
    '2018-12-31T23:59:58.000Z',
  )
  expect(iso('20181231T235958.5+02:00', { format: 'YYYYMMDDTHHmmss.SSSZ' })).toBe('2018-12-31T21:59:58.500Z')
})

test('what is no time says why', () => {
  expect(['', '  ', null, undefined].map((value) => iso(value))).toEqual(Array(4).fill('time-missing'))
  expect(['yesterday', '12:00', '2018-10-01T', true, {}].map((value) => iso(value))).toEqual(
    Array(5).fill('time-not-understood'),
  )
  const utc = { timezone: 'UTC' }
  expect(
    ['2018-02-29 08:00', '2018-13-01 08:00', '2018-10-01 24:00', '2018-10-01 08:60:00'].map((value) => iso(value, utc)),
  ).toEqual(Array(4).fill('time-that-never-was'))
})

test('a local time without a zone ends the import with what to do', () => {
  expect(() => iso('2018-10-01 08:00:00')).toThrow(
    fault('import.invalid', /the time "2018-10-01 08:00:00" has no offset: give its time zone, such as --timezone/),
  )
})

test('a zone or a pattern that does not exist is refused', () => {
  expect(() => createTimeReader({ format: 'auto', timezone: 'Asia/Shangai' })).toThrow('did you mean Asia/Shanghai?')
  expect(() => createTimeReader({ format: 'epoch' })).toThrow(fault('usage.invalid', '--time-format "epoch"'))
  expect(() => createTimeReader({ format: 'HH:mm' })).toThrow(fault('usage.invalid', '--time-format'))
})
