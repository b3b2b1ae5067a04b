import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll } from '../../testing/read-all.ts'
import { PLT, timeOfDays } from './read-plt.ts'

const utf8 = new TextEncoder()
const at = (time: string): number => Date.parse(time)

conformsToFormat(PLT, [
  {
    title: 'a trajectory of GeoLife',
    name: '000/Trajectory/20081023025304.plt',
    bytes: utf8.encode(
      [
        'Geolife trajectory',
        'WGS 84',
        'Altitude is in Feet',
        'Reserved 3',
        '0,2,255,My Track,0,0,2,8421376',
        '0',
        '39.984702,116.318417,0,492,39744.1201851852,2008-10-23,02:53:04',
        '39.984683,116.31845,0,-777,39744.1202546296,2008-10-23,02:53:10',
        '39.984686,116.318417',
        '39.984686,x,0,0,39744.1203125,2008-10-23,02:53:60',
        '',
      ].join('\r\n'),
    ),
    rows: [
      { event_time: at('2008-10-23T02:53:04Z'), longitude: 116.318417, latitude: 39.984702, altitude: 492 * 0.3048 },
      { event_time: at('2008-10-23T02:53:10Z'), longitude: 116.31845, latitude: 39.984683 },
      { event_time: at('2008-10-23T02:53:15Z'), latitude: 39.984686, altitude: 0 },
    ],
    faults: [[9, 'malformed']],
  },
  {
    title: 'a track of OziExplorer',
    bytes: utf8.encode(
      [
        'OziExplorer Track Point File Version 2.1',
        'WGS 84',
        'Altitude is in Feet',
        'Reserved 3',
        '0,2,255,ACTIVE LOG, Ozi,1,0,2,8421376',
        '2',
        '  -27.350436, 153.055540,1,-777,36169.6307194, 09-Jan-99, 3:08:14 PM',
        '  -27.348610, 153.055867,0,100.5,36169.6307176, , ',
      ].join('\n'),
    ),
    rows: [
      { event_time: at('1999-01-09T15:08:14.156Z'), longitude: 153.05554, latitude: -27.350436, is_track_start: true },
      { event_time: at('1999-01-09T15:08:14Z'), longitude: 153.055867, latitude: -27.34861, altitude: 100.5 * 0.3048 },
    ],
  },
])

test('another datum is refused', async () => {
  const other = utf8.encode('OziExplorer Track Point File Version 2.1\nAdindan\nAltitude is in Feet\nReserved 3\n')
  await expect(readAll(PLT, inputOf(other))).rejects.toThrow(/are not WGS 84 but "Adindan": convert them first/)
})

test('whole seconds are read back from days of seven decimals, and ms from days of eleven', () => {
  const firstDay = Date.UTC(1899, 11, 30)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 }), (seconds) => {
      const days = (seconds * 1000 - firstDay) / 86_400_000
      expect(timeOfDays(days.toFixed(7))).toBe(seconds * 1000)
      expect(timeOfDays(days.toFixed(10))).toBe(seconds * 1000)
    }),
  )
  expect(timeOfDays('0')).toBeUndefined()
})
