import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideTime, type TimeDecision } from './decide-time.ts'
import { createTimeReader } from './read-time.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

const decide = (sample: readonly unknown[], options: Partial<TimeDecision> = {}): ReturnType<typeof decideTime> =>
  decideTime(sample, { nowMs: NOW, name: 'time', ...options })

const readingOf = (sample: readonly unknown[], options: Partial<TimeDecision> = {}): unknown => {
  const decided = decide(sample, options)
  return 'question' in decided ? decided.question : decided.reading
}
const notesOf = (sample: readonly unknown[], options: Partial<TimeDecision> = {}): unknown => {
  const decided = decide(sample, options)
  return 'question' in decided ? decided.question : decided.notes
}

const steps = (count: number, text: (i: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => text(i))

test.each([
  ['s', [1538352000, 1538352010], 'seconds since 1970: 1538352000 is 2018-10-01T00:00:00Z'],
  ['s', ['1538352000.5'], 'seconds since 1970: "1538352000.5" is 2018-10-01T00:00:00.500Z'],
  ['ms', ['1538352000123'], 'ms since 1970: "1538352000123" is 2018-10-01T00:00:00.123Z'],
  ['us', [1538352000123456], 'µs since 1970: 1538352000123456 is 2018-10-01T00:00:00.123Z'],
  ['ns', ['1538352000123456789'], 'ns since 1970: "1538352000123456789" is 2018-10-01T00:00:00.123Z'],
  ['days-1899', [43374.5], 'days since 1899-12-30, as in Excel: 43374.5 is 2018-10-01T12:00:00'],
  ['digits', [20261120, 20261120], 'digits of a date, yyyymmdd[hh[mm[ss]]]: 20261120 is 2026-11-20T00:00:00'],
  ['digits', ['202611201000'], 'digits of a date, yyyymmdd[hh[mm[ss]]]: "202611201000" is 2026-11-20T10:00:00'],
  ['digits-yy', [261120100010], 'digits of a date, yymmddhhmmss: 261120100010 is 2026-11-20T10:00:10'],
])('bare numbers are %s by what is plausible: %j', (unit, sample, note) => {
  expect(decide(sample, { zone: 'UTC' })).toEqual({
    reading: { kind: 'number', unit, zone: 'UTC' },
    notes: [
      `the times in "time" are taken for ${note}`,
      ...(['s', 'ms', 'us', 'ns'].includes(unit)
        ? ['--timezone UTC is not used: the times in "time" need no zone']
        : []),
    ],
  })
})

test('clocks that were not set yet, and a row in twenty, do not hide the unit', () => {
  const sample = [0, 0, 0, '315964800', ...steps(40, (i) => 1700000000 + i), 12, 'x']
  expect(readingOf(sample)).toEqual({ kind: 'number', unit: 's', zone: undefined })
  expect(notesOf(sample)).toEqual([
    'the times in "time" are taken for seconds since 1970: 1700000000 is 2023-11-14T22:13:20Z',
    'no numbers: 1 of the first 46 times in "time", such as "x"; such rows are refused',
  ])
})

test('seconds in a field of GPS are asked for where both readings are plausible', () => {
  expect(readingOf([1200000000, 1200000010], { name: 'gps_time' })).toBe(
    'the times in "gps_time" can be read in 2 ways, 1200000000 is 2008-01-10T21:20:00Z as seconds since 1970, 2018-01-14T21:19:42Z as seconds of GPS, since 1980-01-06: say which with --time-format epoch-s or --time-format gps',
  )
  expect(readingOf([1700000000], { name: 'gps_time' })).toEqual({ kind: 'number', unit: 's', zone: undefined })
  expect(readingOf([400000000], { name: 'gps_time' })).toEqual({ kind: 'number', unit: 'gps-s', zone: undefined })
  expect(readingOf([1200000000], { name: 'timestamp' })).toEqual({ kind: 'number', unit: 's', zone: undefined })
})

test('digits that are two dates are asked for', () => {
  expect(readingOf(['201112131415', '201112131416'], { zone: 'UTC' })).toBe(
    'the times in "time" can be read in 2 ways, "201112131415" is 2011-12-13T14:15:00Z as digits of a date, yyyymmdd[hh[mm[ss]]], 2020-11-12T13:14:15Z as digits of a date, yymmddhhmmss: say which with --time-format digits or --time-format digits-yy',
  )
})

test.each([
  [[12345, 12346], '12345 would be 1970-01-01T03:25:45Z as seconds since 1970'],
  [[2460000.5], '2460000.5 would be 1970-01-29T11:20:00.500Z as seconds since 1970'],
  [['31122018'], '"31122018" would be'],
  // A count is no day.
  [[40000, 40001, 40002, 40003, 40004], '40000 would be'],
  // No rows of a fleet follow each other by years.
  [[1700000000, 700000000, 1600000000, 800000000, 1650000000], '1700000000 would be'],
  // Seconds and ms in one field.
  [[1700000000, 1700000000123, 1700000001, 1700000001123], '1700000000 would be'],
])('%j is a time in no unit', (sample, example) => {
  expect(readingOf(sample, { zone: 'UTC' })).toEqual(
    expect.stringMatching(
      /^the times in "time" are bare numbers, such as .*, and in no unit they are between 1990 and now/,
    ),
  )
  expect(readingOf(sample, { zone: 'UTC' })).toContain(example)
  expect(readingOf(sample, { zone: 'UTC' })).toContain(
    'say what they are with --time-format epoch-s|epoch-ms|epoch-us|epoch-ns|days|gps|digits|digits-yy, or a pattern such as DDMMYYYYHHmmss',
  )
})

test('days and digits need a zone', () => {
  expect(readingOf([43374.5])).toBe(
    'the times in "time", such as 43374.5, have no offset from UTC: say their zone with --timezone, such as --timezone Asia/Shanghai or --timezone UTC (the times in "time" are taken for days since 1899-12-30, as in Excel: 43374.5 is 2018-10-01T12:00:00)',
  )
})

test('the unit that a person says is taken, and told where it is strange', () => {
  expect(decide([1200000000], { format: 'gps', name: 'gps_time' })).toEqual({
    reading: { kind: 'number', unit: 'gps-s', zone: undefined },
    notes: [],
  })
  expect(decide([12345], { format: 'epoch-s' })).toEqual({
    reading: { kind: 'number', unit: 's', zone: undefined },
    notes: ['as seconds since 1970, no time in "time" is between 1990 and now: 12345 is 1970-01-01T03:25:45Z'],
  })
  expect(readingOf(['soon'], { format: 'epoch-s' })).toBe(
    '--time-format epoch-s reads no time in "time", such as "soon": leave it out, or name another one',
  )
  expect(readingOf(['2018-10-01'], { format: 'DD/MM/YYYY', zone: 'UTC' })).toBe(
    '--time-format "DD/MM/YYYY" reads no time in "time", such as "2018-10-01": leave it out, or name another one',
  )
  expect(() => decide([1], { format: 'epoch' })).toThrow(
    fault('usage.invalid', '--time-format "epoch" is not known: it is auto, iso, epoch-s, epoch-ms,'),
  )
  expect(() => decide([1], { format: 'HH:mm' })).toThrow(
    fault('usage.invalid', '--time-format "HH:mm": it has no year'),
  )
})

test.each([
  ['2026-05-06T07:08:09Z', { kind: 'iso', zone: undefined }],
  ['2026-05-06 07:08:09 +0000 UTC', { kind: 'iso', zone: undefined }],
  ['2026-05-06T07:08:09[Europe/Paris]', { kind: 'iso', zone: undefined }],
  ['20260506T070809Z', { kind: 'iso', zone: undefined }],
  ['06-May-2026 07:08:09 Z', { kind: 'pattern', pattern: 'DD-MMM-YYYY HH:mm:ss Z', zone: undefined }],
  ['May 6, 2026 7:08:09 PM +02:00', { kind: 'pattern', pattern: 'MMM DD, YYYY hh:mm:ss A Z', zone: undefined }],
  ['Wed, 06 May 2026 07:08:09 GMT', { kind: 'pattern', pattern: 'ddd, DD MMM YYYY HH:mm:ss Z', zone: undefined }],
  ['Wed Aug 27 13:08:45 +0000 2008', { kind: 'pattern', pattern: 'ddd MMM DD HH:mm:ss Z YYYY', zone: undefined }],
  [
    'Tue May 05 2026 10:00:00 GMT+0200 (Central European Summer Time)',
    { kind: 'pattern', pattern: 'ddd MMM DD YYYY HH:mm:ss Z', zone: undefined },
  ],
  ['07:08:09Z 16/05/2026', { kind: 'pattern', pattern: 'HH:mm:ssZ DD/MM/YYYY', zone: undefined }],
  ['2026-05-16 07:08:09 PM Z', { kind: 'pattern', pattern: 'YYYY-MM-DD hh:mm:ss A Z', zone: undefined }],
])('%s is recognised', (text, reading) => {
  expect(readingOf([text])).toEqual(reading)
  expect(typeof createTimeReader(reading as Parameters<typeof createTimeReader>[0]).read(text)).toBe('number')
})

const DMY = { kind: 'pattern', pattern: 'DD/MM/YYYY HH:mm', zone: 'UTC' }
const MDY = { kind: 'pattern', pattern: 'MM/DD/YYYY HH:mm', zone: 'UTC' }

test.each([
  ['a day beyond the 12th shows it', ['05/06/2026 07:08', '13/06/2026 07:08'], DMY],
  ['a day beyond the 12th shows it', ['05/06/2026 07:08', '06/13/2026 07:08'], MDY],
  ['the other order lies in the future', ['05/12/2025 07:08', '11/12/2026 07:08'], MDY],
  ['rows go on across midnight', ['05/06/2026 23:59', '06/06/2026 00:01'], DMY],
  ['rows go on across midnight', ['06/05/2026 23:59', '06/06/2026 00:01'], MDY],
])('%s: %j', (_, sample, reading) => {
  expect(readingOf(sample, { zone: 'UTC' })).toEqual(reading)
})

test('what was taken is told', () => {
  expect(notesOf(['05/06/2026 07:08', '13/06/2026 07:08'], { zone: 'UTC' })).toEqual([
    'the times in "time" are read as "DD/MM/YYYY HH:mm", since days beyond the 12th show it: "05/06/2026 07:08" is 2026-06-05T07:08:00',
  ])
  expect(notesOf(['05.06.2026 07:08'], { zone: 'UTC' })).toEqual([
    'the times in "time" are read as "DD.MM.YYYY HH:mm", since dates with points have the day first: "05.06.2026 07:08" is 2026-06-05T07:08:00',
  ])
  expect(notesOf(['2026-05-06'], { zone: 'UTC' })).toEqual([
    'the times in "time" are days without a time of day: midnight is taken',
  ])
})

test('an order of day and month that nothing shows is asked for', () => {
  expect(readingOf(['05/06/2026 07:08', '05/06/2026 07:09'], { zone: 'UTC' })).toBe(
    'the times in "time" may have the day or the month first: "05/06/2026 07:08" is of 2026-06-05 or 2026-05-06; say which with --time-format "DD/MM/YYYY HH:mm" or --time-format "MM/DD/YYYY HH:mm"',
  )
  // Both orders in one field, as a sheet makes them of texts that it did not understand.
  expect(readingOf(['13/06/2026 07:08', '06/14/2026 07:09', '05/06/2026 07:08'], { zone: 'UTC' })).toBe(
    'the times in "time" have days and months in both orders: 1 of 3 rows can only have the day first, 1 the month; say which counts with --time-format "DD/MM/YYYY HH:mm" or --time-format "MM/DD/YYYY HH:mm", the other rows are refused then',
  )
})

test('two digits of a year, and short names of zones, are asked for', () => {
  expect(readingOf(['05/06/26 07:08'])).toBe(
    'most times in "time" are not understood, such as "05/06/26 07:08", whose year has two digits: say how they are written with --time-format "DD/MM/YY HH:mm" or --time-format "MM/DD/YY HH:mm"',
  )
  expect(readingOf(['06-May-26 07:08'])).toContain('--time-format "DD-MMM-YY HH:mm"')
  expect(readingOf(['16.05.2026 07:08:09 CST'])).toBe(
    'most times in "time" are not understood, such as "16.05.2026 07:08:09 CST", whose zone has a short name that several zones share: say how they are written with --time-format "DD.MM.YYYY HH:mm:ss [CST]" or --time-format "MM.DD.YYYY HH:mm:ss [CST]", and their zone with --timezone',
  )
  expect(readingOf(['yesterday'])).toBe(
    'most times in "time" are not understood, such as "yesterday": say how they are written with a pattern, such as --time-format "DD/MM/YYYY HH:mm:ss"',
  )
})

test('times without an offset are asked for, and some of them are told', () => {
  expect(readingOf(['2018-10-01 08:00:00'])).toBe(
    'the times in "time", such as "2018-10-01 08:00:00", have no offset from UTC: say their zone with --timezone, such as --timezone Asia/Shanghai or --timezone UTC',
  )
  const sample = ['2018-10-01 08:00:00Z', '2018-10-01 08:00:01', '2018-10-01 08:00:02Z', 'x']
  expect(decide(sample)).toEqual({
    reading: { kind: 'iso', zone: undefined },
    notes: [
      'of another form: 1 of the first 4 times in "time", such as "x"; such rows are refused',
      'without an offset from UTC: 1 of the first 4 times in "time", such as "2018-10-01 08:00:01"; such rows are refused, unless --timezone says their zone',
    ],
  })
  expect(decide(['2018-10-01 08:00:00'], { zone: 'UTC', isZoneOfNames: true })).toEqual({
    reading: { kind: 'iso', zone: 'UTC' },
    notes: ['the times in "time" are taken for UTC, as the input\'s names say'],
  })
})

test('a field without times in the sample is asked for', () => {
  expect(readingOf(['', null, 'NA'])).toBe(
    'none of the first rows has a time in "time": say how times are written with --time-format, or name another field with --columns event_time=<field>',
  )
  expect(readingOf([''], { format: 'iso' })).toEqual({ kind: 'iso', zone: undefined })
})

const instants = fc
  .tuple(
    fc.integer({ min: Date.UTC(1991, 0, 1), max: NOW - 90 * 86_400_000 }),
    fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1, maxLength: 30 }),
  )
  .map(([from, gaps]) => {
    let at = from
    return [from, ...gaps.map((gap) => (at += gap))]
  })

const two = (value: number): string => String(value).padStart(2, '0')
const writers: Readonly<Record<string, (ms: number) => unknown>> = {
  s: (ms) => Math.floor(ms / 1000),
  ms: (ms) => String(ms),
  us: (ms) => ms * 1000,
  days: (ms) => ms / 86_400_000 + 25_569,
  digits: (ms) => new Date(ms).toISOString().replaceAll(/\D/g, '').slice(0, 14),
  iso: (ms) => new Date(ms).toISOString(),
  dmy: (ms) => {
    const date = new Date(ms)
    return `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)}`
  },
  mdy: (ms) => new Date(ms).toLocaleString('en-US', { timeZone: 'UTC' }),
}

test('whatever writes the times, they are read as they were meant, or there is a question', () => {
  const answered = new Map<string, number>()
  fc.assert(
    fc.property(instants, fc.constantFrom(...Object.keys(writers)), (all, by) => {
      const sample = all.map(writers[by])
      const decided = decide(sample, { zone: 'UTC' })
      if ('question' in decided) return
      answered.set(by, (answered.get(by) ?? 0) + 1)
      const { read } = createTimeReader(decided.reading)
      for (const [i, value] of sample.entries()) expect(Math.abs(Number(read(value)) - all[i])).toBeLessThan(1_000)
    }),
    { numRuns: 500, seed: 11 },
  )
  expect([...answered.keys()].toSorted()).toEqual(Object.keys(writers).toSorted())
  for (const by of ['ms', 'us', 'digits', 'iso']) expect(answered.get(by)).toBeGreaterThan(30)
})
