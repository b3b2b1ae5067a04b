import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll, type Row } from '../../testing/read-all.ts'
import { checksumOf } from '../nmea/sentence.ts'
import { NMEA } from '../nmea/read-nmea.ts'
import { messageOf } from './message.ts'
import { payloadOf } from './payload.ts'
import { AIS } from './read-ais.ts'
import { createShips } from './ships.ts'
import { armor, type Bits } from './testing/armor.ts'

const utf8 = new TextEncoder()
const at = (time: string): number => Date.parse(time)
const knots = (value: number): number => value * (1852 / 3600)
/** To the 1/10,000 minute, as AIS has it. */
const degrees = (value: number): number => Math.round(value * 600_000) / 600_000
const tagged = (tags: string, sentence: string): string =>
  `\\${tags}*${checksumOf(tags).toString(16).toUpperCase().padStart(2, '0')}\\${sentence}`
const rowsOf = async (lines: readonly string[]): Promise<readonly Row[]> =>
  (await readAll(AIS, inputOf(utf8.encode(lines.join('\n'))))).rows

/** Published sentences, and what others decode of them. */
const MOORED = '!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C'
const EVER_DIADEM = [
  '!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C',
  '!AIVDM,2,2,1,A,88888888880,2*25',
]
const CLASS_B = '!AIVDM,1,1,,A,B5NJ;PP005l4ot5Isbl03wsUkP06,0*76'
const EXTENDED_B = ['!AIVDM,2,1,0,B,C8u:8C@t7@TnGCKfm6Po`e6N`:Va0L2J;06HV50JV?SjBPL3,0*28', '!AIVDM,2,2,0,B,11RP,0*17']
const LONG_RANGE = '!AIVDM,1,1,,B,KC5E2b@U19PFdLbMuc5=ROv62<7m,0*16'
const AIRCRAFT = '!AIVDM,1,1,,A,91b77=h3h00nHt0Q3r@@07000<0b,0*69'
const NAME = '!AIVDM,1,1,,A,H42O55i18tMET00000000000000,2*6D'
const TYPE = '!AIVDM,1,1,,A,H42O55lt0000000D3nink000?0500,0*70'

conformsToFormat(AIS, [
  {
    title: 'each type, with TAG blocks',
    bytes: utf8.encode(
      [
        tagged('s:2573135,c:1671620143', MOORED),
        tagged('g:1-2-1234,s:r1,c:1671620144', EVER_DIADEM[0]),
        tagged('s:r2,c:1671620145', CLASS_B),
        tagged('g:2-2-1234', EVER_DIADEM[1]),
        tagged('g:1-2-77,s:r3,c:1671620146', EXTENDED_B[0]),
        tagged('g:2-2-77', EXTENDED_B[1]),
        tagged('c:1671620147000', LONG_RANGE),
        tagged('c:1671620148', AIRCRAFT),
        tagged('c:1671620149', '!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0*5E'),
        tagged('c:1671620150', NAME),
        tagged('c:1671620150', TYPE),
        MOORED,
        '!AIVDM,2,1,3,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1E',
        'what is this',
      ].join('\r\n'),
    ),
    rows: [
      {
        vehicle_id: '477553000',
        event_time: at('2022-12-21T10:55:43Z'),
        longitude: degrees(-122.345833),
        latitude: degrees(47.582833),
        speed: 0,
        heading: 181,
        course: 51,
        navigation_status: 'moored',
        utc_second: 15,
        message_type: 1,
      },
      {
        vehicle_id: '367430530',
        event_time: at('2022-12-21T10:55:45Z'),
        longitude: degrees(-122.26732),
        latitude: degrees(37.785035),
        speed: 0,
        heading: 0,
        course: 0,
        utc_second: 55,
        message_type: 18,
      },
      {
        vehicle_id: '601000013',
        vehicle_type: 'pleasure craft',
        ship_name: 'TEST NAME CLSB MSG19',
        event_time: at('2022-12-21T10:55:46Z'),
        longitude: degrees(32.19953),
        latitude: degrees(-29.83748),
        speed: knots(2.9),
        heading: 90,
        course: 89,
        utc_second: 12,
        message_type: 19,
      },
      {
        vehicle_id: '206914217',
        event_time: at('2022-12-21T10:55:47Z'),
        longitude: Math.round(137.023333 * 600) / 600,
        latitude: 4.84,
        speed: knots(57),
        heading: 167,
        course: 167,
        navigation_status: 'not under command',
        message_type: 27,
      },
      {
        vehicle_id: '111265591',
        vehicle_type: 'search and rescue aircraft',
        event_time: at('2022-12-21T10:55:48Z'),
        longitude: degrees(11.8816),
        latitude: degrees(57.778455),
        speed: 0,
        heading: 0,
        altitude: 15,
        course: 0,
        utc_second: 28,
        message_type: 9,
      },
      {
        vehicle_id: '477553000',
        longitude: degrees(-122.345833),
        latitude: degrees(47.582833),
        speed: 0,
        heading: 181,
        course: 51,
        navigation_status: 'moored',
        utc_second: 15,
        message_type: 1,
      },
    ],
    faults: [
      [9, 'checksum'],
      [14, 'malformed'],
      [13, 'incomplete-message'],
    ],
  },
  {
    title: 'times behind the sentences',
    bytes: utf8.encode(`${MOORED},rnull,1241827197\n${MOORED},r003669945,d-103,S1234,1241827198\n`),
    rows: [1241827197, 1241827198].map((seconds) => ({
      vehicle_id: '477553000',
      event_time: seconds * 1000,
      longitude: degrees(-122.345833),
      latitude: degrees(47.582833),
      speed: 0,
      heading: 181,
      course: 51,
      navigation_status: 'moored',
      utc_second: 15,
      message_type: 1,
    })),
  },
])

test('times stand before the sentences, with a zone or without', async () => {
  const times = async (lines: readonly string[]): Promise<unknown[]> =>
    (await rowsOf(lines)).map((row) => row['event_time'])
  expect(await times([`2022-12-21T10:55:43.5Z ${MOORED}`, `1671620144 ${MOORED}`])).toEqual([
    at('2022-12-21T10:55:43.5Z'),
    at('2022-12-21T10:55:44Z'),
  ])
  expect(await times([`[2022-12-21 10:55:43] ${MOORED}`])).toEqual(['2022-12-21T10:55:43.000'])
})

test('times come from a receiver’s own sentences between', async () => {
  const rows = await rowsOf(['$GPZDA,105543.00,21,12,2022,00,00', MOORED, '$GPGGA,105544,,,,,0,,,,,,,,', MOORED])
  expect(rows.map((row) => row['event_time'])).toEqual([at('2022-12-21T10:55:43Z'), at('2022-12-21T10:55:44Z')])
})

test('a file without any time is refused with a sentence', async () => {
  await expect(rowsOf([MOORED, MOORED])).rejects.toThrow(/have no time, only the second of the minute/)
  await expect(rowsOf(Array.from({ length: 5_000 }, () => MOORED))).rejects.toThrow(/have no time/)
})

test('a ship’s type and name hold for the positions behind them; what is not available is left out', async () => {
  const unavailable: Bits = [
    [10, 1023],
    [1, 0],
    [28, 181 * 600_000],
    [27, 91 * 600_000],
    [12, 3600],
    [9, 511],
    [6, 60],
  ]
  const position = `AIVDM,1,1,,A,${armor([[6, 18], [2, 0], [30, 271041815], [8, 0], ...unavailable, [29, 0]])},0`
  const line = `!${position}*${checksumOf(position).toString(16).padStart(2, '0')},1671620143`
  const bare = { vehicle_id: '271041815', message_type: 18, event_time: 1671620143000 }
  expect(await rowsOf([line, NAME, TYPE, line])).toEqual([
    bare,
    { ...bare, vehicle_type: 'passenger ship', ship_name: 'PROGUY' },
  ])
})

test('sentences of messages may be mixed, in any order, and a half that is lost takes nothing with it', async () => {
  const [first, second] = EXTENDED_B
  const stamp = (line: string): string => `${line},1671620143`
  expect(
    (await rowsOf([second, MOORED, first, first, first, second].map(stamp))).map((row) => row['vehicle_id']),
  ).toEqual(['477553000', '601000013', '601000013'])
})

test('a file with positions of its own and of others is AIS', () => {
  const mixed = utf8.encode(`$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\n${MOORED}\n`)
  expect([AIS.sniff(mixed, 'a'), NMEA.sniff(mixed, 'a')]).toEqual([2, 1])
})

test('beyond their most, ships that have said nothing for longest are forgotten', () => {
  const ships = createShips(2)
  for (const mmsi of ['a', 'b', 'a', 'c']) ships.learn(mmsi, { type: mmsi })
  expect(['a', 'b', 'c'].map((mmsi) => ships.of(mmsi)?.type)).toEqual(['a', undefined, 'c'])
})

/** A report of class A, as the standard lays it out. */
interface Report {
  readonly type: number
  readonly mmsi: number
  readonly status: number
  readonly speed: number
  readonly longitude: number
  readonly latitude: number
  readonly course: number
  readonly heading: number
  readonly second: number
}

const bitsOf = ({ type, mmsi, status, speed, longitude, latitude, course, heading, second }: Report): Bits => [
  [6, type],
  [2, 0],
  [30, mmsi],
  [4, status],
  [8, -128],
  [10, speed],
  [1, 1],
  [28, longitude],
  [27, latitude],
  [12, course],
  [9, heading],
  [6, second],
  [25, 0],
]

test('what is packed into a report of class A is read back', () => {
  const report = fc.record({
    type: fc.constantFrom(1, 2, 3),
    mmsi: fc.integer({ min: 0, max: 999_999_999 }),
    status: fc.integer({ min: 0, max: 15 }),
    speed: fc.integer({ min: 0, max: 1023 }),
    longitude: fc.integer({ min: -180 * 600_000, max: 181 * 600_000 }),
    latitude: fc.integer({ min: -90 * 600_000, max: 91 * 600_000 }),
    course: fc.integer({ min: 0, max: 4095 }),
    heading: fc.integer({ min: 0, max: 511 }),
    second: fc.integer({ min: 0, max: 63 }),
  })
  fc.assert(
    fc.property(report, (said) => {
      const message = messageOf(payloadOf(armor(bitsOf(said)), 0)!)
      expect(message).toMatchObject({
        kind: 'position',
        messageType: said.type,
        mmsi: String(said.mmsi).padStart(9, '0'),
        longitude: said.longitude > 180 * 600_000 ? undefined : said.longitude / 600_000,
        latitude: said.latitude > 90 * 600_000 ? undefined : said.latitude / 600_000,
        speed: said.speed === 1023 ? undefined : (said.speed / 10) * (1852 / 3600),
        course: said.course >= 3600 ? undefined : said.course / 10,
        trueHeading: said.heading >= 360 ? undefined : said.heading,
        utcSecond: said.second >= 60 ? undefined : said.second,
      })
    }),
  )
})
