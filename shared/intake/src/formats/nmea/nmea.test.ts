import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll, type Row } from '../../testing/read-all.ts'
import { NMEA } from './read-nmea.ts'
import { checksumOf, parseAngle, parseSentence, parseTimeOfDay } from './sentence.ts'

const utf8 = new TextEncoder()
const at = (time: string): number => Date.parse(time)
const knots = (value: number): number => value * (1852 / 3600)
/** With its checksum. */
const sentence = (text: string): string => `$${text}*${checksumOf(text).toString(16).toUpperCase().padStart(2, '0')}`
const rowsOf = async (lines: readonly string[]): Promise<readonly Row[]> =>
  (await readAll(NMEA, inputOf(utf8.encode(lines.join('\r\n'))))).rows

conformsToFormat(NMEA, [
  {
    title: 'the sentences that textbooks have, of one instant',
    bytes: utf8.encode(
      [
        '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47',
        '$GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1*39',
        '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A',
        '$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*48',
        '$GPRMC,225446,A,4916.45,N,12311.12,W,000.5,054.7,191194,020.3,E*68',
        '$GPGLL,4916.45,N,12311.12,W,225444,A,*1D',
        '',
      ].join('\r\n'),
    ),
    rows: [
      {
        event_time: at('1994-03-23T12:35:19Z'),
        longitude: 11 + 31 / 60,
        latitude: 48 + 7.038 / 60,
        speed: knots(22.4),
        heading: 84.4,
        altitude: 545.4,
        fix_quality: 1,
        satellites: 8,
        hdop: 0.9,
      },
      {
        event_time: at('1994-11-19T22:54:46Z'),
        longitude: -(123 + 11.12 / 60),
        latitude: 49 + 16.45 / 60,
        speed: knots(0.5),
        heading: 54.7,
      },
      { event_time: at('1994-11-19T22:54:44Z'), longitude: -(123 + 11.12 / 60), latitude: 49 + 16.45 / 60 },
    ],
  },
  {
    title: 'a receiver that starts, passes midnight, and breaks off',
    bytes: utf8.encode(
      [
        '# logged by hand',
        sentence('GNRMC,,V,,,,,,,,,,N'),
        sentence('GNGGA,,,,,,0,00,99.99,,,,,,'),
        sentence('GNGGA,235957.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,'),
        sentence('GNZDA,235958.00,31,12,2025,00,00'),
        sentence('GNGGA,235958.00,4807.038,N,01131.000,E,1,08,0.9,,M,46.9,M,,'),
        sentence('GNVTG,,T,,M,1.0,N,1.852,K,A'),
        '2026-01-01 00:00:01 $GNGGA,000000.50,4807.038,S,01131.000,W,1,08,0.9,545.4,M,46.9,M,,*00',
        `1767225600 ${sentence('GNGGA,000000.50,4807.038,S,01131.000,W,2,08,0.9,545.4,M,46.9,M,,')}`,
        `\\s:r1,c:1767225601*${checksumOf('s:r1,c:1767225601').toString(16)}\\${sentence('GLGGA,000001,0000.000,N,00000.000,E,1,,,,,,,,')}`,
        'no sentence',
        sentence('GNRMC,000002,V,4807.038,N,01131.000,E,,,010126,,,N'),
        sentence('GNRMC,000003,A,9960.1,N,01131.000,E,0,0,010126,,,A'),
        sentence('GNRMC,000004,A,4807.038,N,01131.000,E,0,0,320126,,,A'),
        '$GNRMC,000005,A,4807.038,N,011$GNGGA,000006,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,',
        '$GNRMC,000007,A,4807.038,N,01131.000,E,0.5',
      ].join('\n'),
    ),
    rows: [
      {
        event_time: at('2025-12-31T23:59:58Z'),
        longitude: 11 + 31 / 60,
        latitude: 48 + 7.038 / 60,
        speed: knots(1),
        fix_quality: 1,
        satellites: 8,
        hdop: 0.9,
      },
      {
        event_time: at('2026-01-01T00:00:00.500Z'),
        longitude: -(11 + 31 / 60),
        latitude: -(48 + 7.038 / 60),
        altitude: 545.4,
        fix_quality: 2,
        satellites: 8,
        hdop: 0.9,
      },
      { event_time: at('2026-01-01T00:00:01Z'), longitude: 0, latitude: 0, fix_quality: 1 },
      {
        event_time: at('2026-01-01T00:00:06Z'),
        longitude: 11 + 31 / 60,
        latitude: 48 + 7.038 / 60,
        altitude: 545.4,
        fix_quality: 1,
        satellites: 8,
        hdop: 0.9,
      },
    ],
    faults: [
      [2, 'no-fix'],
      [4, 'no-date'],
      [8, 'checksum'],
      [11, 'malformed'],
      [12, 'no-fix'],
      [14, 'malformed'],
      [13, 'no-fix'],
      [16, 'malformed'],
    ],
  },
])

test('a sentence that comes again is another report, though its time is the same', async () => {
  const rmc = (minutes: string): string => sentence(`GPRMC,120000,A,48${minutes},N,01100.000,E,0,0,010126,,,A`)
  const rows = await rowsOf([rmc('00.0'), rmc('06.0'), rmc('12.0')])
  expect(rows.map(({ latitude }) => latitude)).toEqual([48, 48.1, 48.2])
})

test('without RMC and ZDA, the day is that of the time which a line says of itself', async () => {
  const gga = sentence('GPGGA,235959.5,4800.0,N,01100.0,E,1,,,,,,,,')
  const rows = await rowsOf([`2026-01-02T00:00:00.1Z ${gga}`, `NMEA,${gga},1767398400100`])
  expect(rows.map(({ event_time }) => event_time)).toEqual([at('2026-01-01T23:59:59.5Z'), at('2026-01-02T23:59:59.5Z')])
})

test('a file without any date is refused with a sentence', async () => {
  await expect(rowsOf([sentence('GPGGA,235959,4800.0,N,01100.0,E,1,,,,,,,,')])).rejects.toThrow(/times and no date/)
})

test('lines that are none of a position have an end in memory: blocks are cut between them', async () => {
  const bytes = utf8.encode(
    [sentence('GPRMC,120000,A,4800.0,N,01100.0,E,0,0,010126,,,A'), ...Array.from({ length: 1000 }, () => 'noise')].join(
      '\n',
    ),
  )
  const { rows, faults, cursors } = await readAll(NMEA, inputOf(bytes), { blockBytes: 600 })
  expect([rows.length, faults.length]).toEqual([1, 1000])
  expect(cursors.length).toBeGreaterThan(5)
})

test('angles and times are read back as they were written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 179 }), fc.integer({ min: 0, max: 599_999 }), (degrees, tenThousandths) => {
      const minutes = tenThousandths / 10_000
      const text = `${String(degrees).padStart(3, '0')}${minutes.toFixed(4).padStart(7, '0')}`
      expect(parseAngle(text, 'E')).toBe(degrees + Number(minutes.toFixed(4)) / 60)
      expect(parseAngle(text, 'W')).toBe(-(degrees + Number(minutes.toFixed(4)) / 60))
    }),
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_399_999 }), (ms) => {
      const text = new Date(ms).toISOString().slice(11, 23).replaceAll(':', '')
      expect(parseTimeOfDay(text)).toBe(ms)
    }),
  )
  expect(parseAngle('4860.0', 'N')).toBeUndefined()
  expect(parseAngle('4807.038', '')).toBeUndefined()
})

test('a checksum tells any single character that is changed', () => {
  const text = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47'
  for (let i = 7; i < text.length - 3; i++) {
    const other = text[i] === '1' ? '2' : '1'
    expect(parseSentence(text.slice(0, i) + other + text.slice(i + 1))).toBe('checksum')
  }
})
