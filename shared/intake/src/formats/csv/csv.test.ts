import { conformsToFormat } from '../../testing/format-conformance.ts'
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
      { time: '2026-01-05 08:00', lat: '1', lon: '2', speed: '3' },
      { time: '2026-01-05 08:01', lat: '1', lon: '2', speed: '' },
      { lon: '2', lat: '1', time: '2026-01-05 08:02', speed: '5.0 kn' },
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
])
