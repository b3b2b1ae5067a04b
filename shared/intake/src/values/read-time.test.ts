/// <reference lib="esnext.temporal" />
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sayInstant } from './calendar.ts'
import { createTimeReader, joinTime } from './read-time.ts'
import type { NumberUnit, TimeReading } from './readings.ts'

const say = (ms: number | string): string => (typeof ms === 'number' ? sayInstant(ms) : ms)
const iso = (value: unknown, zone?: string): string => say(createTimeReader({ kind: 'iso', zone }).read(value))
const by = (pattern: string, value: unknown, zone: string | undefined = 'UTC'): string =>
  say(createTimeReader({ kind: 'pattern', pattern, zone }).read(value))
const counted = (unit: NumberUnit, value: unknown, zone: string | undefined = 'UTC'): string =>
  say(createTimeReader({ kind: 'number', unit, zone }).read(value))

test.each([
  ['2026-05-06T07:08:09Z', '2026-05-06T07:08:09Z'],
  ['2026-05-06T07:08:09.25Z', '2026-05-06T07:08:09.250Z'],
  ['2026-05-06T07:08:09,123456789Z', '2026-05-06T07:08:09.123Z'],
  ['2026-05-06 07:08Z', '2026-05-06T07:08:00Z'],
  ['2026/5/6 7:08:09Z', '2026-05-06T07:08:09Z'],
  ['2026:05:06 07:08:09Z', '2026-05-06T07:08:09Z'],
  ['2026-05-06T07:08:09+02:00', '2026-05-06T05:08:09Z'],
  ['2026-05-06 07:08:09 +0200', '2026-05-06T05:08:09Z'],
  ['2026-05-06 07:08:09-03', '2026-05-06T10:08:09Z'],
  ['2026-05-06 07:08:09−03:30', '2026-05-06T10:38:09Z'],
  ['2026-05-06 07:08:09 UTC', '2026-05-06T07:08:09Z'],
  ['2026-05-06 07:08:09 +0000 UTC', '2026-05-06T07:08:09Z'],
  ['2026-05-06 07:08:09.5 +0200 CEST', '2026-05-06T05:08:09.500Z'],
  ['2026-05-06 07:08:09.5 +0200 CEST m=+0.000012', '2026-05-06T05:08:09.500Z'],
  ['2026-05-06T07:08:09Z[UTC]', '2026-05-06T07:08:09Z'],
  ['2026-05-06T07:08:09+02:00[Europe/Paris]', '2026-05-06T05:08:09Z'],
  ['2026-05-06T07:08:09[Europe/Paris]', '2026-05-06T05:08:09Z'],
  ['2026-01-06T07:08:09[Europe/Paris]', '2026-01-06T06:08:09Z'],
  ['2026-05-06 07:08:09 GMT+2', '2026-05-06T05:08:09Z'],
  ['20260506T070809Z', '2026-05-06T07:08:09Z'],
  ['2026-05-06T24:00:00Z', '2026-05-07T00:00:00Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ['20260506T0708+0200', '2026-05-06T05:08:00Z'],
  ['\u00A02026-05-06T07:08:09Z\u200B', '2026-05-06T07:08:09Z'],
])('%s is %s', (text, instant) => {
  expect(iso(text)).toBe(instant)
})

test.each([
  ['', 'time-missing'],
  [' ', 'time-missing'],
  [null, 'time-missing'],
  [undefined, 'time-missing'],
  ['\\N', 'time-missing'],
  ['NaT', 'time-missing'],
  [NaN, 'time-missing'],
  ['yesterday', 'time-not-understood'],
  ['12:00', 'time-not-understood'],
  ['2018-10-01T', 'time-not-understood'],
  [true, 'time-not-understood'],
  [{}, 'time-not-understood'],
  ['20260506', 'time-not-understood'],
  ['2026-05-06 07:08:09 CET', 'time-not-understood'],
  ['2026-05-06 07:08:09 +0200 UTC', 'time-not-understood'],
  ['2026-05-06 07:08:09+25:00', 'time-not-understood'],
  ['2026-05-06T07:08:09[Mars/Olympus]', 'time-not-understood'],
  ['2026-05-06 07:08:09 PM', 'time-not-understood'],
  ['2018-02-29 08:00Z', 'time-that-never-was'],
  ['2018-13-01 08:00Z', 'time-that-never-was'],
  ['2018-10-01 24:01Z', 'time-that-never-was'],
  ['2018-10-01 08:00:60Z', 'time-that-never-was'],
  ['2018-10-01 08:60:00Z', 'time-that-never-was'],
  ['2018-10-01 08:00', 'time-without-offset'],
  ['2018-10-01', 'time-without-offset'],
  ['9'.repeat(1_000_000), 'time-not-understood'],
])('%j is no time: %s', (value, reason) => {
  expect(iso(value)).toBe(reason)
})

test('a local time is read in its zone, whatever the season, and an offset beats the zone', () => {
  expect(iso('2018-10-01 08:00:00', 'Asia/Shanghai')).toBe('2018-10-01T00:00:00Z')
  expect(iso('2026-01-15 12:00', 'Europe/Berlin')).toBe('2026-01-15T11:00:00Z')
  expect(iso('2026/7/15 12:00:00.25', 'Europe/Berlin')).toBe('2026-07-15T10:00:00.250Z')
  expect(iso('1986-07-01 12:00:00', 'Asia/Shanghai')).toBe('1986-07-01T03:00:00Z')
  expect(iso('2018-10-01 08:00:00-03:30', 'Asia/Shanghai')).toBe('2018-10-01T11:30:00Z')
  expect(iso('2018-10-01', 'Asia/Shanghai')).toBe('2018-09-30T16:00:00Z')
})

test('the hour that daylight saving skips never was; of the hour that it repeats the first is taken and counted', () => {
  const reader = createTimeReader({ kind: 'iso', zone: 'Europe/Berlin' })
  const times = [
    '2026-03-29 01:59:59',
    '2026-03-29 02:30:00',
    '2026-03-29 03:00:00',
    '2026-10-25 02:30:00',
    '2026-10-25 03:00:00',
    '2026-10-25 02:30:00[Europe/Paris]',
  ]
  expect(times.map((time) => say(reader.read(time)))).toEqual([
    '2026-03-29T00:59:59Z',
    'time-that-never-was',
    '2026-03-29T01:00:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-25T02:00:00Z',
    '2026-10-25T00:30:00Z',
  ])
  expect(reader.ambiguous()).toBe(2)
})

test('every instant written in a zone reads back, to the first of two that look the same', () => {
  const zones = [
    'Asia/Shanghai',
    'Europe/Berlin',
    'America/Montevideo',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
    '+05:30',
  ]
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2e9 }), fc.constantFrom(...zones), (seconds, zone) => {
      const reader = createTimeReader({ kind: 'iso', zone })
      const zoned = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone)
      // With an offset and the zone's name, as Java and Temporal write it.
      expect(reader.read(zoned.toString())).toBe(seconds * 1000)
      const read = reader.read(zoned.toPlainDateTime().toString().replace('T', ' '))
      if (reader.ambiguous() === 0) expect(read).toBe(seconds * 1000)
      else expect([read, Number(read) + 3_600_000, Number(read) + 1_800_000]).toContain(seconds * 1000)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['DD/MM/YYYY HH:mm:ss', '31/12/2018 23:59:58', '2018-12-31T23:59:58Z'],
  ['D/M/YYYY H:mm', '1/2/2018 3:04', '2018-02-01T03:04:00Z'],
  ['YYYYMMDDTHHmmss.SSSZ', '20181231T235958.5+02:00', '2018-12-31T21:59:58.500Z'],
  ['YYYYMMDDHHmmss', '20181231235958', '2018-12-31T23:59:58Z'],
  ['YYYYMMDDHHmmss', 20181231235958, '2018-12-31T23:59:58Z'],
  ['YYYYMMDDHHmmss', '2018123123595', 'time-not-understood'],
  ['MM/DD/YYYY hh:mm:ss A', '05/06/2026 3:04:05 PM', '2026-05-06T15:04:05Z'],
  ['MM/DD/YYYY hh:mm:ss A', '05/06/2026 12:04:05 a.m.', '2026-05-06T00:04:05Z'],
  ['MM/DD/YYYY hh:mm:ss A', '05/06/2026 12:04:05 PM', '2026-05-06T12:04:05Z'],
  ['MM/DD/YYYY hh:mm A', '05/06/2026 13:04 PM', 'time-that-never-was'],
  ['DD/MM/YY HH:mm', '05/06/26 07:08', '2026-06-05T07:08:00Z'],
  ['DD/MM/YY HH:mm', '05/06/98 07:08', '1998-06-05T07:08:00Z'],
  ['DD-MMM-YYYY HH:mm:ss', '06-May-2026 07:08:09', '2026-05-06T07:08:09Z'],
  ['DD-MMM-YYYY HH:mm:ss', '06-SEPT-2026 07:08:09', '2026-09-06T07:08:09Z'],
  ['MMM DD, YYYY hh:mm:ss A', 'December 6, 2026 7:08:09 PM', '2026-12-06T19:08:09Z'],
  ['ddd MMM DD HH:mm:ss Z YYYY', 'Wed Aug 27 13:08:45 +0000 2008', '2008-08-27T13:08:45Z'],
  ['ddd, DD MMM YYYY HH:mm:ss Z', 'Wed, 06 May 2026 07:08:09 GMT', '2026-05-06T07:08:09Z'],
  ['YYYY-MM-DD [at] HH:mm', '2026-05-06 at 07:08', '2026-05-06T07:08:00Z'],
  ['YYYY-MM-DD HH:mm:ss [CST]', '2026-05-06 07:08:09 CST', '2026-05-06T07:08:09Z'],
  ['YYYY年MM月DD日 HH:mm', '2026年5月6日 07:08', '2026-05-06T07:08:00Z'],
  ['DD.MM.YYYY HH:mm:ss', '06.05.2026  07:08:09.25', '2026-05-06T07:08:09.250Z'],
  ['DD/MM/YYYY HH:mm:ss', '31/02/2018 00:00:00', 'time-that-never-was'],
  ['DD/MM/YYYY HH:mm:ss', '2018-12-31 00:00:00', 'time-not-understood'],
])('by %s, %s is %s', (pattern, text, instant) => {
  expect(by(pattern, text)).toBe(instant)
})

test('a pattern without an offset needs a zone', () => {
  const reading: TimeReading = { kind: 'pattern', pattern: 'DD/MM/YYYY HH:mm:ss', zone: undefined }
  expect(createTimeReader(reading).read('31/12/2018 23:59:58')).toBe('time-without-offset')
  expect(by('DD/MM/YYYY HH:mm:ss', '31/12/2018 23:59:58', 'Asia/Shanghai')).toBe('2018-12-31T15:59:58Z')
})

test.each([
  ['s', 1538352000, '2018-10-01T00:00:00Z'],
  ['s', '1538352000.123', '2018-10-01T00:00:00.123Z'],
  ['s', '1538352000,25', '2018-10-01T00:00:00.250Z'],
  ['ms', '1538352000123', '2018-10-01T00:00:00.123Z'],
  ['ms', 1538352000123.9, '2018-10-01T00:00:00.123Z'],
  ['us', '1538352000123456', '2018-10-01T00:00:00.123Z'],
  ['us', 1538352000123456n, '2018-10-01T00:00:00.123Z'],
  ['ns', '1538352000123456789', '2018-10-01T00:00:00.123Z'],
  ['days-1899', 43374.5, '2018-10-01T12:00:00Z'],
  ['days-1899', '43374,5', '2018-10-01T12:00:00Z'],
  ['days-1899', '39744.1201851852', '2008-10-23T02:53:04Z'],
  ['gps-s', 1222387218, '2018-10-01T00:00:00Z'],
  ['gps-s', 0, '1980-01-06T00:00:00Z'],
  ['digits', 20261120, '2026-11-20T00:00:00Z'],
  ['digits', '20261120.0', '2026-11-20T00:00:00Z'],
  ['digits', '2026112010', '2026-11-20T10:00:00Z'],
  ['digits', 202611201000, '2026-11-20T10:00:00Z'],
  ['digits', '20261120100010', '2026-11-20T10:00:10Z'],
  ['digits', '20261120100010.5', '2026-11-20T10:00:10.500Z'],
  ['digits', '20261120100010250', '2026-11-20T10:00:10.250Z'],
  ['digits', '20261320', 'time-that-never-was'],
  ['digits-yy', 261120100010, '2026-11-20T10:00:10Z'],
  ['digits-yy', 51120100010, '2005-11-20T10:00:10Z'],
  ['digits-yy', '951120100010', '1995-11-20T10:00:10Z'],
  ['s', '1.5E+09', 'time-not-understood'],
  ['s', 'soon', 'time-not-understood'],
  ['s', '', 'time-missing'],
] as const)('in %s, %s is %s', (unit, value, instant) => {
  expect(counted(unit, value)).toBe(instant)
})

test('days and digits are what a wall clock shows, all other numbers need no zone', () => {
  expect(counted('digits', 202611201000, 'Asia/Shanghai')).toBe('2026-11-20T02:00:00Z')
  expect(counted('days-1899', 43374.5, 'Asia/Shanghai')).toBe('2018-10-01T04:00:00Z')
  expect(createTimeReader({ kind: 'number', unit: 'digits', zone: undefined }).read(202611201000)).toBe(
    'time-without-offset',
  )
  expect(createTimeReader({ kind: 'number', unit: 's', zone: undefined }).read(1538352000)).toBe(1538352000000)
})

test('GPS time is ahead of UTC by the leap seconds since 1980', () => {
  // From the almanacs: GPS week 1024 began at 1999-08-21T23:59:47Z, week 2048 at 2019-04-06T23:59:42Z.
  expect(counted('gps-s', 1024 * 604_800)).toBe('1999-08-21T23:59:47Z')
  expect(counted('gps-s', 2048 * 604_800)).toBe('2019-04-06T23:59:42Z')
})

test('every ms reads back from each unit that holds it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 631152000000, max: 1900000000000 }), (ms) => {
      const read = (unit: NumberUnit, value: unknown): unknown =>
        createTimeReader({ kind: 'number', unit, zone: 'UTC' }).read(value)
      expect(read('s', (ms / 1000).toFixed(3))).toBe(ms)
      expect(read('s', ms / 1000)).toBe(ms)
      expect(read('ms', ms)).toBe(ms)
      expect(read('us', String(ms * 1000 + 999))).toBe(ms)
      expect(read('ns', `${ms}999999`)).toBe(ms)
      expect(read('days-1899', ms / 86_400_000 + 25_569)).toBe(ms)
      const digits = new Date(ms).toISOString().replaceAll(/\D/g, '')
      expect(read('digits', digits)).toBe(ms)
      expect(read('digits-yy', digits.slice(2, 14))).toBe(ms - (ms % 1000))
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ['2026-05-06', '07:08:09', '2026-05-06 07:08:09'],
  ['06/05/2026', '7:08 PM', '06/05/2026 7:08 PM'],
  [46148, 0.5, 46148.5],
  ['46148', '0.25', 46148.25],
  [20260506, 70809, '20260506 70809'],
  [Date.UTC(2026, 4, 6), '07:08:09', '2026-05-06 07:08:09'],
  ['', '07:08:09', undefined],
  ['2026-05-06', null, undefined],
])('a day %j and a time of day %j are %j', (day, time, joined) => {
  expect(joinTime(day, time)).toBe(joined)
})

test('a time of day that has lost its zeros in front has them again by the pattern', () => {
  expect(by('YYYYMMDD HHmmss', '20260506 809')).toBe('2026-05-06T00:08:09Z')
  expect(by('YYYYMMDD HHmm', '20260506 809')).toBe('2026-05-06T08:09:00Z')
})
