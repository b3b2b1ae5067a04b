import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll } from '../../testing/read-all.ts'
import { CSV } from './read-csv.ts'

const utf8 = new TextEncoder()

conformsToFormat(CSV, [
  {
    title: 'a plain table',
    bytes: utf8.encode('id,time,lon,lat\na,2026-01-05T08:00:00Z,1.5,2\nb,2026-01-05T08:00:05Z,3,4\n'),
    rows: [
      { id: 'a', time: '2026-01-05T08:00:00Z', lon: '1.5', lat: '2' },
      { id: 'b', time: '2026-01-05T08:00:05Z', lon: '3', lat: '4' },
    ],
  },
  {
    title: 'quotes, doubled quotes, line breaks in quotes, stray quotes, missing and further cells',
    bytes: utf8.encode(
      [
        'id;name;lon;lat',
        '1;"O""Neil; & sons";1;2',
        '2;"over two',
        'lines";3;4',
        '3;"stray;5;6',
        '4;6" pipe;7;8',
        '5;short;9',
        '6;a;b;c;d',
        '',
        '7; "blanks" ;10;11\r',
      ].join('\n'),
    ),
    rows: [
      { id: '1', name: 'O"Neil; & sons', lon: '1', lat: '2' },
      { id: '2', name: 'over two\nlines', lon: '3', lat: '4' },
      { id: '3', name: '"stray', lon: '5', lat: '6' },
      { id: '4', name: '6" pipe', lon: '7', lat: '8' },
      { id: '5', name: 'short', lon: '9' },
      { id: '7', name: 'blanks', lon: '10', lat: '11' },
    ],
    faults: [[8, 'wrong-number-of-columns']],
  },
  {
    title: 'titles and comments before the header, and a second header in another order',
    bytes: utf8.encode(
      [
        'Route report',
        'Device,van 1,,',
        '',
        '# made by hand',
        'time,lat,lon,speed',
        '2026-01-05 08:00,1,2,3',
        '2026-01-05 08:01,1,2,',
        'lon,lat,time,speed',
        '2,1,2026-01-05 08:02,5.0 kn',
      ].join('\n'),
    ),
    rows: [
      { Device: 'van 1', time: '2026-01-05 08:00', lat: '1', lon: '2', speed: '3' },
      { Device: 'van 1', time: '2026-01-05 08:01', lat: '1', lon: '2', speed: '' },
      { Device: 'van 1', lon: '2', lat: '1', time: '2026-01-05 08:02', speed: '5.0 kn' },
    ],
  },
  {
    title: 'trips of Porto, a point every 15 s',
    bytes: utf8.encode(
      [
        '"TRIP_ID","TAXI_ID","TIMESTAMP","MISSING_DATA","POLYLINE"',
        '"1","20000589","1372636858","False","[[-8.618643,41.141412],[-8.618499,41.141376]]"',
        '"2","20000596","1372637303","True","[[-8.6,41.1]]"',
        '"3","20000320","1372636951","False","[]"',
        '"4","20000320","1372637000","False","[[-8.61,41.14]]"',
      ].join('\n'),
    ),
    rows: [
      { vehicle_id: '20000589', event_time: 1_372_636_858_000, longitude: -8.618643, latitude: 41.141412 },
      { vehicle_id: '20000589', event_time: 1_372_636_873_000, longitude: -8.618499, latitude: 41.141376 },
      { vehicle_id: '20000320', event_time: 1_372_637_000_000, longitude: -8.61, latitude: 41.14 },
    ],
    faults: [[3, 'missing-reports']],
  },
  {
    title: 'no header',
    bytes: utf8.encode('1,2008-02-02 15:36:08,116.51172,39.92123\n1,2008-02-02 15:46:08,116.51135,39.93883\n'),
    rows: [
      { '1': '1', '2': '2008-02-02 15:36:08', '3': '116.51172', '4': '39.92123' },
      { '1': '1', '2': '2008-02-02 15:46:08', '3': '116.51135', '4': '39.93883' },
    ],
  },
  {
    title: 'sep=; and a byte order mark',
    bytes: utf8.encode('\uFEFFsep=;\r\nid;t;lon;lat\r\na;1;2,5;3\r\nb;2;2,5;3\r\n'),
    rows: [
      { id: 'a', t: '1', lon: '2,5', lat: '3' },
      { id: 'b', t: '2', lon: '2,5', lat: '3' },
    ],
  },
  {
    title: 'the header of Denmark’s AIS, which begins as comments do',
    bytes: utf8.encode(
      [
        '# Timestamp,Type of mobile,MMSI,Latitude,Longitude,SOG',
        '01/09/2025 00:00:00,Base Station,2190064,56.71657,11.519047,',
        '01/09/2025 00:00:01,Class A,219024000,57.717413,10.586715,0.1',
      ].join('\n'),
    ),
    rows: [
      ['01/09/2025 00:00:00', 'Base Station', '2190064', '56.71657', '11.519047', ''],
      ['01/09/2025 00:00:01', 'Class A', '219024000', '57.717413', '10.586715', '0.1'],
    ].map(([time, kind, mmsi, latitude, longitude, speed]) => ({
      Timestamp: time,
      'Type of mobile': kind,
      MMSI: mmsi,
      Latitude: latitude,
      Longitude: longitude,
      SOG: speed,
    })),
  },
  {
    title: 'the device of all rows above the table',
    bytes: utf8.encode('Route report\nDevice:;van 1;\n\ntime;lat;lon\n1;2;3\n4;5;6\n'),
    rows: [
      { Device: 'van 1', time: '1', lat: '2', lon: '3' },
      { Device: 'van 1', time: '4', lat: '5', lon: '6' },
    ],
  },
  {
    title: 'Traccar’s export, which has no quotes around addresses',
    bytes: utf8.encode(
      [
        'id,deviceId,protocol,serverTime,deviceTime,fixTime,valid,latitude,longitude,altitude,speed,course,address,accuracy,motion',
        '1,5,x,s,d,f1,true,2.5,1.5,0.0,1.0,9.0,,0.0,true',
        '2,5,x,s,d,f2,true,2.5,1.5,0.0,1.0,9.0,Street 1, Town, XX,3.5,false',
        '3,5,x,s,d,f3,true,2.5,1.5,0.0,1.0,9.0,Street,3.5,a,b',
        '4,5,x,s,d,f4,true,2.5,1.5,0.0,1.0,9.0,null,3.5,false',
      ].join('\n'),
    ),
    rows: (
      [
        ['1', 'f1', '', '0.0', 'true'],
        ['2', 'f2', 'Street 1, Town, XX', '3.5', 'false'],
        ['4', 'f4', 'null', '3.5', 'false'],
      ] as const
    ).map(([id, fix, address, accuracy, motion]) => ({
      id,
      deviceId: '5',
      protocol: 'x',
      serverTime: 's',
      deviceTime: 'd',
      fixTime: fix,
      valid: 'true',
      latitude: '2.5',
      longitude: '1.5',
      altitude: '0.0',
      speed: '1.0',
      course: '9.0',
      address,
      accuracy,
      motion,
    })),
    faults: [[4, 'wrong-number-of-columns']],
  },
  {
    title: 'lines that end in CR alone',
    bytes: utf8.encode('id,time,lon,lat\ra,1,2,3\rb,4,5,6\r'),
    rows: [
      { id: 'a', time: '1', lon: '2', lat: '3' },
      { id: 'b', time: '4', lon: '5', lat: '6' },
    ],
  },
])

/** Pieces of delimited text, also such as no program writes. */
const piece = fc.constantFrom(
  'a',
  '1',
  ',',
  ',',
  '\n',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '"',
  '""',
  '"x ""y"" z"',
  '"over\ntwo"',
  'é',
  '"',
  '1,2,3\n',
  '"O""Neil",2,3\n',
  'n,id,v\n',
  'id,n,v\n',
  'a,b,c,d\n',
  ',,\n',
  '\n\n',
)

test('any text gives the same rows in chunks and blocks of any size, and from each block on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 60 }),
      async (pieces, chunkBytes, blockBytes) => {
        const bytes = utf8.encode(`id,n,v\n1,2,3\n4,5,6\n${pieces.join('')}`)
        const read = (options: object, chunks?: number): ReturnType<typeof readAll> =>
          readAll(CSV, inputOf(bytes, chunks === undefined ? {} : { chunkBytes: chunks }), {
            delimiter: ',',
            hasHeader: true,
            ...options,
          })
        const whole = await read({})
        const found = await read({ blockBytes }, chunkBytes)
        const comparable = ({ rows, places, texts, faults }: typeof whole): unknown => ({ rows, places, texts, faults })
        expect(comparable(found)).toEqual(comparable(whole))
        for (const from of found.cursors) {
          const later = await read({ blockBytes, from })
          expect(later.rows).toEqual(whole.rows.slice(whole.rows.length - later.rows.length))
          expect(later.cursors).toEqual(found.cursors.filter(({ at }) => at >= from.at))
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test('what a row looks like is told as it is written, with its quotes', async () => {
  const { texts, rows } = await readAll(CSV, inputOf(utf8.encode('id,n,v\n1,"O""Neil",3\n'), { name: 'a.csv' }))
  expect([rows, texts]).toEqual([[{ id: '1', n: 'O"Neil', v: '3' }], ['1,"O""Neil",3']])
})

test('a header in another order is one though names are there twice', async () => {
  const text = 'time,lat,lon,speed,speed\n1,2,3,4,5\nlon,time,speed,lat,speed\n3,1,4,2,5\n'
  const { rows } = await readAll(CSV, inputOf(utf8.encode(text), { name: 'a.csv' }))
  expect(rows).toEqual([
    { time: '1', lat: '2', lon: '3', speed: '4', 'speed (2)': '5' },
    { lon: '3', time: '1', speed: '4', lat: '2', 'speed (2)': '5' },
  ])
})

test('each of many files is read as it is, whatever the one before it was', async () => {
  const files: readonly (readonly [text: string, rows: readonly object[]])[] = [
    ['id,time,lon,lat\na,1,2,3\n', [{ id: 'a', time: '1', lon: '2', lat: '3' }]],
    ['id,time,lon,lat\nb,4,5,6\n', [{ id: 'b', time: '4', lon: '5', lat: '6' }]],
    ['id,time,lon,lat\n', []],
    ['id,time,lon,lat', []],
    ['id;time;lon;lat\na;1;2,5;3\n', [{ id: 'a', time: '1', lon: '2,5', lat: '3' }]],
    ['lat,time,lon,id\n3,1,2,a\n', [{ id: 'a', time: '1', lon: '2', lat: '3' }]],
    ['id,time,lon,lat\n\nb,4,5,6\n', [{ id: 'b', time: '4', lon: '5', lat: '6' }]],
  ]
  for (const [text, rows] of [...files, ...files.toReversed()]) {
    const found = await readAll(CSV, inputOf(utf8.encode(text), { name: 'a.csv' }))
    expect([text, found.rows]).toEqual([text, rows])
  }
})
