import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { makeZip } from '../../testing/make-zip.ts'
import { inputOf, readAll, type Row } from '../../testing/read-all.ts'
import type { ReadOptions } from '../format.ts'
import { columnOf } from './cell.ts'
import { excelDate } from './excel-date.ts'
import { dateKindOf } from './number-format.ts'
import { openWorkbook } from './open-workbook.ts'
import { XLSX } from './read-xlsx.ts'
import { makeWorkbook, type WrittenSheet } from './testing/make-workbook.ts'

const rowsOf = async (bytes: Uint8Array, options: Partial<ReadOptions> = {}): Promise<readonly Row[]> =>
  (await readAll(XLSX, inputOf(bytes, { name: 'a.xlsx' }), options)).rows

const report = (name: string, rows: WrittenSheet['rows']): WrittenSheet => ({
  name,
  rows: [
    [undefined, undefined],
    ['Report type:', 'Route'],
    [],
    ['Device:', name],
    ['Group:', undefined],
    ['Period:', '2026-01-05 00:00:00 - 2026-01-06 00:00:00'],
    [],
    ['Valid', 'Time', 'Latitude', 'Longitude', 'Altitude', 'Speed', 'Address', 'Attributes'],
    ...rows,
  ],
})
const written = (time: string, latitude: number, speed: string): WrittenSheet['rows'][number] => [
  '<c r="@" t="b"><v>1</v></c>',
  time,
  latitude,
  8.5,
  0,
  speed,
  '<c r="@" t="str"><f>HYPERLINK("https://x","a")</f><v>50.0°, 8.5°</v></c>',
  'motion=true  sat=7',
]

conformsToFormat(XLSX, [
  {
    title: 'one sheet with dates, numbers, texts, errors and empty cells',
    name: 'fleet.xlsx',
    bytes: makeWorkbook([
      {
        name: 'Positions',
        rows: [
          ['ID', 'Date', 'Time', 'When', 'lat', 'lon', 'speed', 'note'],
          [
            '007',
            '<c r="@" s="2"><v>46027</v></c>',
            '<c r="@" s="3"><v>0.33333333333333331</v></c>',
            '<c r="@" s="1"><v>46027.333333333336</v></c>',
            50.123456789,
            -8.5,
            '<c r="@" t="e"><v>#N/A</v></c>',
            'a & <b>',
          ],
          [],
          [
            358899000000000,
            undefined,
            undefined,
            '<c r="@" s="4"><v>46027.33334490741</v></c>',
            '<c r="@"><v>5.0200000000000003E1</v></c>',
            8,
            12.5,
            '<c r="@" t="inlineStr"><is><r><t>rich</t></r><r><t>_x0041_</t></r><rPh><t>no</t></rPh></is></c>',
          ],
          [
            '<c r="@"><v>12345678901234567890</v></c>',
            undefined,
            undefined,
            '<c r="@" t="d"><v>2026-01-05T08:00:02Z</v></c>',
            '<c r="@" t="b"><v>0</v></c>',
          ],
        ],
      },
    ]),
    rows: [
      {
        ID: '007',
        Date: '2026-01-05',
        Time: '08:00:00.000',
        When: '2026-01-05T08:00:00.000',
        lat: 50.123456789,
        lon: -8.5,
        note: 'a & <b>',
      },
      { ID: 358899000000000, When: '2026-01-05T08:00:01.000', lat: 50.2, lon: 8, speed: 12.5, note: 'richA' },
      { ID: 12345678901234567890n, When: '2026-01-05T08:00:02', lat: false },
    ],
  },
  {
    title: 'Traccar’s report of a route: a sheet a device, with titles',
    bytes: makeWorkbook([
      report('van 1', [
        written('2026-01-05 08:00:00', 50, '12.3 km/h'),
        written('2026-01-05 08:00:05', 50.5, '0.0 km/h'),
      ]),
      report('van 2', []),
      report('van 3', [written('2026-01-05 08:00:10', 51, '3.0 kn')]),
    ]),
    rows: [
      ['van 1', '2026-01-05 08:00:00', 50, '12.3 km/h'],
      ['van 1', '2026-01-05 08:00:05', 50.5, '0.0 km/h'],
      ['van 3', '2026-01-05 08:00:10', 51, '3.0 kn'],
    ].map(([device, time, latitude, speed]) => ({
      Device: device,
      Valid: true,
      Time: time,
      Latitude: latitude,
      Longitude: 8.5,
      Altitude: 0,
      Speed: speed,
      Address: '50.0°, 8.5°',
      Attributes: 'motion=true  sat=7',
    })),
  },
])

const simple = (name: string, ...rows: WrittenSheet['rows']): WrittenSheet => ({ name, rows })
const HEADER = ['id', 'time', 'lat', 'lon']

test('of several sheets the first with positions is read, and those with the same columns', async () => {
  const bytes = makeWorkbook([
    simple('Summary', ['device', 'trips'], ['a', 3]),
    simple('Day 1', HEADER, ['a', 't', 1, 2]),
    { ...simple('Old', HEADER, ['z', 't', 1, 2]), attributes: 'state="hidden"' },
    simple('Stops', ['id', 'time', 'lat', 'lon', 'minutes'], ['s', 't', 1, 2, 3]),
    simple('Day 2', HEADER, ['b', 't', 1, 2]),
  ])
  const ids = async (options: Partial<ReadOptions>): Promise<unknown[]> =>
    (await rowsOf(bytes, options)).map((row) => row['id'])
  expect(await ids({})).toEqual(['a', 'b'])
  expect(await ids({ table: 'stops' })).toEqual(['s'])
  expect(await ids({ table: 'Old' })).toEqual(['z'])
  await expect(ids({ table: 'none' })).rejects.toThrow(
    'a.xlsx: it has no sheet "none"; there are "Summary", "Day 1", "Old", "Stops", "Day 2"',
  )
})

test('where no sheet has names of positions, one has to be named', async () => {
  const bytes = makeWorkbook([simple('A', ['p', 'q'], ['r', 's']), simple('B', ['u', 'v'], ['w', 'x'])])
  await expect(rowsOf(bytes)).rejects.toThrow(/say which one with --table: "A", "B"/)
  expect(await rowsOf(bytes, { table: 'B' })).toEqual([{ u: 'w', v: 'x' }])
  expect(await rowsOf(makeWorkbook([simple('A', ['p', 'q'], ['r', 's'])]))).toEqual([{ p: 'r', q: 's' }])
})

test('days of the 1904 system', async () => {
  const bytes = makeWorkbook([simple('A', HEADER, ['a', '<c r="@" s="1"><v>44565.25</v></c>', 1, 2])], { is1904: true })
  expect(await rowsOf(bytes)).toEqual([{ id: 'a', time: '2026-01-05T06:00:00.000', lat: 1, lon: 2 }])
})

test('a zip file that is no workbook is refused with a sentence', async () => {
  await expect(rowsOf(makeZip({ 'a.csv': 'x' }))).rejects.toThrow(/its part xl\/_rels\/workbook\.xml\.rels is missing/)
  await expect(rowsOf(new Uint8Array(100))).rejects.toThrow(/this is no whole zip file/)
})

test('texts that would fill the memory are refused', async () => {
  const bytes = makeWorkbook([simple('A', HEADER, ['a', 'b', 'c', 'd'])])
  const file = await inputOf(bytes).file(new AbortController().signal)
  const open = (bounds: { characters: number; strings: number }): Promise<unknown> =>
    openWorkbook(file, { name: 'a.xlsx', signal: new AbortController().signal, bounds }).then(({ zip }) => zip.close())
  await open({ characters: 16, strings: 8 })
  for (const bounds of [
    { characters: 15, strings: 8 },
    { characters: 16, strings: 7 },
  ])
    await expect(open(bounds)).rejects.toThrow(/a\.xlsx: it has more than \d+ different texts, or .* export it as CSV/)
})

test('any date and time is read back, in both systems', () => {
  const first = Date.UTC(1900, 2, 1)
  fc.assert(
    fc.property(fc.integer({ min: first, max: Date.UTC(2200, 0, 1) }), fc.boolean(), (ms, is1904) => {
      const days = (ms - Date.UTC(1899, 11, 30)) / 86_400_000 - (is1904 ? 1462 : 0)
      const text = new Date(ms).toISOString().slice(0, 23)
      expect(excelDate(days, 'date-time', is1904)).toBe(days < 0 ? undefined : text)
    }),
  )
  expect(excelDate(1, 'date', false)).toBe('1900-01-01')
  expect(excelDate(61, 'date', false)).toBe('1900-03-01')
  expect(excelDate(3e9, 'date', false)).toBeUndefined()
})

test.each([
  ['General', undefined],
  ['0.00', undefined],
  ['#,##0.00 "m/s"', undefined],
  ['[Red]0.0;[<0]"d"0', undefined],
  ['0.00E+00', undefined],
  ['@', undefined],
  ['yyyy\\-mm\\-dd\\ hh:mm:ss', 'date-time'],
  ['[$-409]m/d/yy h:mm AM/PM;@', 'date-time'],
  ['dd.mm.yyyy', 'date'],
  ['mmm', 'date'],
  ['[h]:mm:ss', 'time'],
  ['mm:ss.0', 'time'],
  ['hh"h"mm', 'time'],
])('%s', (code, kind) => {
  expect(dateKindOf(code)).toBe(kind)
})

test('columns by their letters', () => {
  expect(['A1', 'Z9', 'AA10', 'XFD1', '1', undefined].map(columnOf)).toEqual([0, 25, 26, 16_383, undefined, undefined])
})
