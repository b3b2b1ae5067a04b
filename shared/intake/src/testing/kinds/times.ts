import { csv, type Kind, type KindGroup } from './kind.ts'

/** Rows with these times, under a name. */
const timed = (times: readonly string[], name = 'time'): Kind['files'] =>
  csv(`id,${name},lon,lat`, ...times.map((time) => `a,"${time}",1.5,2.5`))

const read = (...instants: readonly string[]): { readonly first: readonly Readonly<Record<string, string>>[] } => ({
  first: instants.map((instant) => ({ event_time: instant })),
})

export const TIMES: KindGroup = {
  title: 'Times',
  kinds: [
    {
      input: '`20261120` (a date) with `--timezone UTC`',
      happens: 'midnight of that day, and it is told; not 1970',
      files: timed(['20261120', '20261121']),
      settings: { timezone: 'UTC' },
      expected: {
        ...read('2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'),
        told: 'are taken for digits of a date, yyyymmdd[hh[mm[ss]]]: "20261120" is 2026-11-20T00:00:00',
      },
    },
    {
      input: '`202611201000`, `20261120100010`',
      happens: 'digits of a date and a time of day',
      files: timed(['202611201000', '202611201001']),
      settings: { timezone: 'UTC' },
      expected: read('2026-11-20T10:00:00.000Z', '2026-11-20T10:01:00.000Z'),
    },
    {
      input: '`261120100010`',
      happens: 'yymmddhhmmss',
      files: timed(['261120100010', '261120100110']),
      settings: { timezone: 'UTC' },
      expected: read('2026-11-20T10:00:10.000Z', '2026-11-20T10:01:10.000Z'),
    },
    {
      input: '`46148.297326` (days of a spreadsheet)',
      happens: 'days since 1899-12-30, in `--timezone`',
      files: timed(['46148.25', '46148.5']),
      settings: { timezone: 'Europe/Paris' },
      expected: read('2026-05-06T04:00:00.000Z', '2026-05-06T10:00:00.000Z'),
    },
    {
      input: '`1778051289`, `1778051289000`, in µs, in ns',
      happens: 'since 1970, in the unit in which they are of 1990 to now; it is told',
      files: timed(['1778051289000000', '1778051349000000']),
      expected: {
        ...read('2026-05-06T07:08:09.000Z', '2026-05-06T07:09:09.000Z'),
        told: 'are taken for µs since 1970',
      },
    },
    {
      input: '`201112131415` (2011-12-13 14:15, or ms of 1976; or yymmdd)',
      happens: 'two readings are plausible: asked, with both and the flags that answer',
      files: timed(['201112131415', '201112131416']),
      settings: { timezone: 'UTC' },
      expected: { asked: 'can be read in 2 ways' },
    },
    {
      input: 'numbers that are no times in any unit',
      happens: 'asked',
      files: timed(['17', '18', '19']),
      expected: { asked: 'in no unit they are between 1990 and now' },
    },
    {
      input: '`1462082907` with `--time-format gps`',
      happens:
        'seconds of GPS, with leap seconds; they are considered where a field has `gps` in its name, and asked for where both readings are plausible',
      files: timed(['1462082907', '1462082967'], 'gps_time'),
      settings: { timeFormat: 'gps' },
      expected: read('2026-05-06T06:08:09.000Z', '2026-05-06T06:09:09.000Z'),
    },
    {
      input: 'a row of 1970-01-01, of 1980-01-06, 1,024 weeks too early',
      happens: 'kept, counted and told: clocks that were not set, a receiver that lost count of weeks',
      files: timed([
        ...Array.from({ length: 90 }, (_, i) => `2026-05-06T07:${i < 50 ? '08' : '09'}:${String((i % 50) + 10)}Z`),
        '1970-01-01T00:00:05Z',
        '1980-01-06T00:00:05Z',
        '2006-09-20T07:08:09Z',
      ]),
      expected: {
        rows: 93,
        doubts: { 'epoch-1970': 1, 'epoch-gps': 1, 'gps-week-rollover': 1 },
      },
    },
    {
      input: '`2026-05-06 07:08:09`, no offset anywhere',
      happens: 'asked for `--timezone`',
      files: timed(['2026-05-06 07:08:09']),
      expected: { asked: 'have no offset from UTC: say their zone with --timezone' },
    },
    {
      input: '`2026-05-06 07:08:09 +0000 UTC`, `…Z[UTC]`, `… GMT+0200 (CEST)`',
      happens: 'read by the offset',
      files: timed([
        '2026-05-06 07:08:09 +0000 UTC',
        '2026-05-06T07:08:10Z[UTC]',
        '2026-05-06 09:08:11 GMT+0200 (CEST)',
      ]),
      expected: read('2026-05-06T07:08:09.000Z', '2026-05-06T07:08:10.000Z', '2026-05-06T07:08:11.000Z'),
    },
    {
      input: '`05/06/2026 1:08:09 PM`, days and months all below 13',
      happens: 'asked which comes first; a day beyond the 12th, or what would lie in the future, shows it',
      files: timed(['05/06/2026 1:08:09 PM', '05/06/2026 1:08:19 PM']),
      settings: { timezone: 'UTC' },
      expected: { asked: 'may have the day or the month first' },
    },
    {
      input: '`25/06/2026 1:08:09 PM`',
      happens: 'day first; hours of half a day',
      files: timed(['25/06/2026 1:08:09 PM', '25/06/2026 12:00:00 AM']),
      settings: { timezone: 'UTC' },
      expected: read('2026-06-25T13:08:09.000Z', '2026-06-25T00:00:00.000Z'),
    },
    {
      input: '`06-May-2026 07:08:09`, `Wed, 06 May 2026 07:08:09 GMT`',
      happens: 'read by the names of months',
      files: timed(['06-May-2026 07:08:09', '07-May-2026 07:08:09']),
      settings: { timezone: 'UTC' },
      expected: read('2026-05-06T07:08:09.000Z', '2026-05-07T07:08:09.000Z'),
    },
    {
      input: 'date and time in two columns: `Date`, `Time`',
      happens: 'joined, and told; `--columns "event_time=Date+Time"` says which',
      files: csv('id,Date,Time,lon,lat', 'a,2026-05-06,07:08:09,1.5,2.5', 'a,2026-05-06,07:08:10,1.5,2.5'),
      settings: { timezone: 'UTC' },
      expected: {
        ...read('2026-05-06T07:08:09.000Z', '2026-05-06T07:08:10.000Z'),
        told: 'event_time ← "Date", "Time"',
      },
    },
    {
      input: '`--time-format "HH:mm:ss PM"`, `"YYYY-MM-DD QQ"`',
      happens: 'refused: letters that are not known, `HH` beside `A`',
      files: timed(['2026-05-06 07:08:09']),
      settings: { timezone: 'UTC', timeFormat: 'YYYY-MM-DD QQ' },
      expected: { asked: '"QQ" is not known' },
    },
    {
      input: 'an hour that daylight saving skips, one that it repeats',
      happens: 'refused (`time-that-never-was`); the first is taken and counted',
      files: timed([...Array.from({ length: 20 }, (_, i) => `2026-03-29 01:08:${i + 10}`), '2026-03-29 02:30:00']),
      settings: { timezone: 'Europe/Berlin' },
      expected: { rows: 20, reasons: { 'time-that-never-was': 1 } },
    },
  ],
}
