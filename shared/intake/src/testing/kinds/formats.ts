import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Field, Float64, Schema, Table, tableToIPC, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow'
import bindings from 'gtfs-realtime-bindings'
import { databaseOf } from '../../formats/sqlite/testing/database-of.ts'
import { makeWorkbook } from '../../formats/xlsx/testing/make-workbook.ts'
import { makeZip } from '../make-zip.ts'
import { duckdbFile } from '../write-files.ts'
import { csv, type Kind, type KindGroup, lines, T, T1 } from './kind.ts'

const json = (value: unknown): string => JSON.stringify(value)
const MS = Date.parse(T)
const CSV_TEXT = lines('id,time,lon,lat', `a,${T},1.5,2.5`)
/** What most files below say. */
const ONE: Kind['expected'] = {
  first: [{ vehicle_id: 'a', event_time: '2026-05-06T07:08:09.000Z', longitude: '1.5', latitude: '2.5' }],
}

/** `bzip2 -1` and `xz -9` of `CSV_TEXT`. */
const BZ2 =
  'QlpoMTFBWSZTWbE7p+kAABNbgAAQAAdz8AQQJieEACAAMUGjRoMgNBqnqMIM00n6jRruyM5KxVUoCQvDMEkgF//ic5fp6CGpPDYu5IpwoSFid0/S'
const XZ =
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQAuaWQsdGltZSxsb24sbGF0CmEsMjAyNi0wNS0wNlQwNzowODowOVosMS41LDIuNQoAAGceK/WAo+CbAAFHL7BRbzQftvN9AQAAAAAEWVo='

const feed = bindings.transit_realtime.FeedMessage.encode({
  header: { gtfsRealtimeVersion: '2.0', timestamp: MS / 1000 },
  entity: [
    {
      id: 'e1',
      vehicle: { vehicle: { id: 'a' }, position: { latitude: 2.5, longitude: 1.5, speed: 3 }, timestamp: MS / 1000 },
    },
    { id: 'e2', tripUpdate: { trip: { tripId: 't' } } },
  ],
}).finish()

const traccarPosition = {
  id: 1,
  deviceId: 5,
  protocol: 'osmand',
  fixTime: '2026-05-06T07:08:09.000+00:00',
  valid: true,
  latitude: 2.5,
  longitude: 1.5,
  altitude: 400,
  speed: 10,
  course: 270,
  attributes: { batteryLevel: 94, battery: 12.6 },
}

const arrowFile = (): Uint8Array => {
  const columns = {
    id: vectorFromArray(['a'], new Utf8()),
    time: vectorFromArray([new Date(MS)], new TimestampMillisecond('UTC')),
    lon: vectorFromArray([1.5], new Float64()),
    lat: vectorFromArray([2.5], new Float64()),
    speed: vectorFromArray([36], new Float64()),
  }
  const schema = new Schema([
    new Field('id', new Utf8()),
    new Field('time', new TimestampMillisecond('UTC')),
    new Field('lon', new Float64()),
    new Field('lat', new Float64()),
    new Field('speed', new Float64(), true, new Map([['unit', 'km/h']])),
  ])
  return tableToIPC(new Table(schema, columns as never), 'file')
}

const SQL = `SELECT 'a' AS id, TIMESTAMPTZ '2026-05-06 07:08:09Z' AS time`

/** Each format in the shape in which the public has it. */
export const formatKinds = async (): Promise<KindGroup> => ({
  title: 'Formats',
  kinds: [
    {
      input: 'T-Drive: `1,2008-02-02 15:36:08,116.51172,39.92123`',
      happens:
        'CSV without a header: `--columns vehicle_id=1,event_time=2,longitude=3,latitude=4 --timezone Asia/Shanghai`',
      files: { '1.txt': lines('1,2008-02-02 15:36:08,116.51172,39.92123', '1,2008-02-02 15:46:08,116.51135,39.93883') },
      settings: {
        timezone: 'Asia/Shanghai',
        columns: { vehicle_id: '1', event_time: '2', longitude: '3', latitude: '4' },
      },
      expected: { first: [{ vehicle_id: '1', event_time: '2008-02-02T07:36:08.000Z' }, {}] },
    },
    {
      input: 'GeoLife: `000/Trajectory/20081023025304.plt` with `--vehicle-id-from "{vehicle}/Trajectory/*.plt"`',
      happens: 'PLT: times of UTC, altitudes in feet, the folder is the vehicle',
      files: {
        '000/Trajectory/20081023025304.plt': [
          'Geolife trajectory',
          'WGS 84',
          'Altitude is in Feet',
          'Reserved 3',
          '0,2,255,My Track,0,0,2,8421376',
          '0',
          '39.984702,116.318417,0,492,39744.1201851852,2008-10-23,02:53:04',
          '',
        ].join('\r\n'),
      },
      settings: { vehicleIdFrom: '{vehicle}/Trajectory/*.plt' },
      expected: {
        first: [
          {
            vehicle_id: '000',
            event_time: '2008-10-23T02:53:04.000Z',
            longitude: '116.318417',
            altitude: '149.9616',
          },
        ],
      },
    },
    {
      input: 'Porto: `TRIP_ID,…,TAXI_ID,TIMESTAMP,…,MISSING_DATA,POLYLINE`',
      happens: 'a row for each point of a trip, one each 15 s; a trip with missing reports is refused',
      files: csv(
        '"TRIP_ID","TAXI_ID","TIMESTAMP","MISSING_DATA","POLYLINE"',
        '"1","20000589","1372636858","False","[[-8.618643,41.141412],[-8.618499,41.141376]]"',
        '"2","20000596","1372637303","True","[[-8.6,41.1]]"',
      ),
      expected: {
        first: [
          { vehicle_id: '20000589', event_time: '2013-07-01T00:00:58.000Z', longitude: '-8.618643' },
          { vehicle_id: '20000589', event_time: '2013-07-01T00:01:13.000Z', latitude: '41.141376' },
        ],
        reasons: { 'missing-reports': 1 },
      },
    },
    {
      input: 'Marine Cadastre: `MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,…`',
      happens: 'CSV of AIS: times of UTC, speeds in kn',
      files: csv(
        'MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,VesselType',
        '366000001,2026-05-06T07:08:09,29.5,-90.25,10.0,20.5,511.0,ANN,IMO1,31',
      ),
      expected: {
        first: [
          {
            vehicle_id: '366000001',
            vehicle_type: '31',
            event_time: '2026-05-06T07:08:09.000Z',
            speed: '5.14',
            heading: '20.5',
          },
        ],
        told: 'speed is taken in kn, as tables of AIS have it',
      },
    },
    {
      input: 'New York’s trips: `VendorID,tpep_pickup_datetime,…,pickup_longitude,pickup_latitude,dropoff_longitude,…`',
      happens:
        'asked which of the two places and times counts, with an example: `--columns event_time=tpep_pickup_datetime,longitude=pickup_longitude,…`',
      files: csv(
        'VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,pickup_longitude,pickup_latitude,dropoff_longitude,dropoff_latitude',
        '2,2015-01-15 19:05:39,2015-01-15 19:23:42,-73.993896,40.750111,-73.974785,40.750618',
      ),
      expected: {
        asked:
          'name them with --columns vehicle_id=<field>,event_time=tpep_pickup_datetime,longitude=pickup_longitude,latitude=pickup_latitude',
      },
    },
    {
      input: 'TSV, `;`, `\\|`',
      happens: 'the delimiter is found out; `--delimiter` says it',
      files: { 'a.tsv': lines('id\ttime\tlon\tlat', `a\t${T}\t1.5\t2.5`) },
      expected: ONE,
    },
    {
      input: 'NDJSON',
      happens: 'an object a line; members of objects are `a.b`',
      files: { 'a.ndjson': lines(json({ vehicle: { id: 'a' }, time: T, position: { lon: 1.5, lat: 2.5 } })) },
      expected: ONE,
    },
    {
      input: 'JSON: `{"data":{"positions":[…]}}`',
      happens: 'the list that looks like positions, or the one of `--path data.positions`',
      files: { 'a.json': json({ meta: [{ x: 1 }], data: { positions: [{ id: 'a', time: T, lon: 1.5, lat: 2.5 }] } }) },
      expected: ONE,
    },
    {
      input: 'GeoJSON points',
      happens: 'properties are the fields',
      files: {
        'a.geojson': json({
          type: 'FeatureCollection',
          features: [
            {
              type: 'Feature',
              properties: { id: 'a', time: T },
              geometry: { type: 'Point', coordinates: [1.5, 2.5] },
            },
          ],
        }),
      },
      expected: ONE,
    },
    {
      input: 'GeoJSON lines with `coordTimes`, `times`, `coordinateProperties.times`',
      happens: 'a row for each coordinate; a line without times is refused',
      files: {
        'a.geojson': json({
          type: 'FeatureCollection',
          features: [
            {
              type: 'Feature',
              properties: { id: 'a', coordTimes: [T, T1] },
              geometry: {
                type: 'LineString',
                coordinates: [
                  [1.5, 2.5],
                  [1.6, 2.6],
                ],
              },
            },
          ],
        }),
      },
      expected: {
        first: [
          { vehicle_id: 'a', longitude: '1.5' },
          { vehicle_id: 'a', longitude: '1.6' },
        ],
      },
    },
    {
      input: 'GPX of a phone',
      happens: 'the track’s name is the vehicle, else `--vehicle-id`',
      files: {
        'a.gpx': `<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"><trk><name>a</name><trkseg><trkpt lat="2.5" lon="1.5"><ele>7</ele><time>${T}</time></trkpt></trkseg></trk></gpx>`,
      },
      expected: { first: [{ ...ONE.first![0], altitude: '7' }] },
    },
    {
      input: 'GPX without a name of its track',
      happens: 'asked for `--vehicle-id`',
      files: {
        'a.gpx': `<gpx version="1.1" creator="x"><trk><trkseg><trkpt lat="2.5" lon="1.5"><time>${T}</time></trkpt></trkseg></trk></gpx>`,
      },
      expected: { asked: 'say --vehicle-id, or --vehicle-id-from if the name of the file has it' },
    },
    {
      input: 'GPX of a route that was planned, without times',
      happens: 'refused: it is no report of a vehicle',
      files: {
        'a.gpx': `<gpx version="1.1" creator="x"><trk><name>a</name><trkseg><trkpt lat="2.5" lon="1.5"/></trkseg></trk></gpx>`,
      },
      expected: { asked: 'its only row has no time: what has none is no report of a vehicle' },
    },
    {
      input: 'KML `gx:Track`',
      happens: 'the placemark’s name is the vehicle',
      files: {
        'a.kml': `<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Placemark><name>a</name><gx:Track><when>${T}</when><gx:coord>1.5 2.5 0</gx:coord></gx:Track></Placemark></kml>`,
      },
      expected: ONE,
    },
    {
      input: 'NMEA 0183',
      happens: 'sentences of an instant are one row; dates come from RMC and ZDA',
      files: {
        'a.nmea': lines(
          '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47',
          '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A',
          '$GPRMC,123520,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*FF',
        ),
      },
      settings: { vehicleId: 'a' },
      expected: {
        first: [
          {
            vehicle_id: 'a',
            event_time: '1994-03-23T12:35:19.000Z',
            longitude: '11.516667',
            latitude: '48.1173',
            speed: '11.52',
          },
        ],
        reasons: { checksum: 1 },
      },
    },
    {
      input: 'AIVDM with a TAG block or a time behind it',
      happens: 'the MMSI is the vehicle; without a source of time the file is refused',
      files: { 'a.txt': lines('!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C,1671620143') },
      expected: {
        first: [
          {
            vehicle_id: '477553000',
            event_time: '2022-12-21T10:55:43.000Z',
            longitude: '-122.345833',
            latitude: '47.582833',
            heading: '181',
          },
        ],
      },
    },
    {
      input: 'AIVDM without any time',
      happens: 'refused: messages say the second of the minute only',
      files: { 'a.txt': lines('!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C') },
      expected: { asked: 'its positions have no time, only the second of the minute' },
    },
    {
      input: 'OwnTracks `.rec`',
      happens: 'the topic is the vehicle, speeds are in km/h',
      files: {
        'a.rec': `${T}\t*                 \t${json({ _type: 'location', topic: 'owntracks/a/phone', tst: MS / 1000, lon: 1.5, lat: 2.5, vel: 36 })}\n`,
      },
      expected: { first: [{ ...ONE.first![0], vehicle_id: 'a/phone', speed: '10' }] },
    },
    {
      input: 'Google `Records.json`',
      happens: 'the device’s tag is the vehicle',
      files: {
        'Records.json': json({
          locations: [{ latitudeE7: 25_000_000, longitudeE7: 15_000_000, timestamp: T, deviceTag: 7 }],
        }),
      },
      expected: { first: [{ ...ONE.first![0], vehicle_id: '7' }] },
    },
    {
      input: 'Google `Timeline.json` of a phone',
      happens: 'points of paths, and raw signals; it names no vehicle: `--vehicle-id`',
      files: {
        'Timeline.json': json({
          semanticSegments: [{ startTime: T, endTime: T1, timelinePath: [{ point: '2.5°, 1.5°', time: T }] }],
        }),
      },
      settings: { vehicleId: 'a' },
      expected: ONE,
    },
    {
      input: 'Google’s `timelineObjects` of before 2024',
      happens: 'where activities began and ended, and paths with times; `waypointPath` has none, which is told',
      files: {
        '2022_MAY.json': json({
          timelineObjects: [
            {
              activitySegment: {
                startLocation: { latitudeE7: 25_000_000, longitudeE7: 15_000_000 },
                endLocation: { latitudeE7: 26_000_000, longitudeE7: 16_000_000 },
                duration: { startTimestamp: T, endTimestamp: T1 },
                waypointPath: { waypoints: [{ latE7: 25_500_000, lngE7: 15_500_000 }] },
              },
            },
          ],
        }),
      },
      settings: { vehicleId: 'a' },
      expected: { first: [ONE.first![0], { longitude: '1.6', latitude: '2.6' }] },
    },
    {
      input: 'Traccar’s CSV: `id,deviceId,protocol,…,fixTime,…,speed,course,address,…`',
      happens:
        'speeds in kn, `battery` is no share; addresses with commas, which it writes without quotes, cost nothing; asked for `--timezone`',
      files: csv(
        'id,deviceId,protocol,serverTime,deviceTime,fixTime,valid,latitude,longitude,altitude,speed,course,address,accuracy,battery,batteryLevel',
        '9,5,osmand,2026-05-06 07:08:10,2026-05-06 07:08:09,2026-05-06 07:08:09,true,2.5,1.5,400.0,10.0,270.0,,0.0,12.6,94',
        '10,5,osmand,2026-05-06 07:09:10,2026-05-06 07:09:09,2026-05-06 07:09:09,true,2.5,1.5,400.0,10.0,270.0,Main Street 1, Town, XX,3.5,12.6,94',
      ),
      settings: { timezone: 'UTC' },
      expected: {
        first: [
          {
            vehicle_id: '5',
            event_time: '2026-05-06T07:08:09.000Z',
            longitude: '1.5',
            latitude: '2.5',
            speed: '5.14',
            heading: '270',
            battery: '94',
          },
          { event_time: '2026-05-06T07:09:09.000Z', accuracy: '3.5' },
        ],
        told: "speed is taken in kn, as Traccar's tables have it",
      },
    },
    {
      input: 'Traccar’s XLSX report: a sheet a device, below titles',
      happens: 'the title is the vehicle; units are read from the cells',
      files: {
        'a.xlsx': makeWorkbook([
          {
            name: 'van 1',
            rows: [
              ['Report type:', 'Route'],
              ['Device:', 'van 1'],
              [],
              ['Valid', 'Time', 'Latitude', 'Longitude', 'Altitude', 'Speed'],
              ['<c r="@" t="b"><v>1</v></c>', '2026-05-06 07:08:09', 2.5, 1.5, 7, '36.0 km/h'],
            ],
          },
        ]),
      },
      settings: { timezone: 'UTC' },
      expected: { first: [{ ...ONE.first![0], vehicle_id: 'van 1', speed: '10' }] },
    },
    {
      input: 'Traccar’s JSON',
      happens: '`uniqueId`, else `deviceId`, is the vehicle; speeds are in kn',
      files: { 'a.json': json([traccarPosition]) },
      expected: { first: [{ ...ONE.first![0], vehicle_id: '5', speed: '5.14', heading: '270', battery: '94' }] },
    },
    {
      input: 'a file of GTFS-realtime vehicle positions',
      happens: 'the vehicle’s id, label or plate; times of the feed’s header where a vehicle has none, which is told',
      files: { 'vehicles.pb': feed },
      expected: { first: [{ ...ONE.first![0], speed: '3' }] },
    },
    {
      input: 'MF-JSON (MobilityDB, ours)',
      happens: 'a row for each instant of a `MovingPoint`; times without an offset are of UTC, which is told',
      files: {
        'a.mfjson': json({
          type: 'Feature',
          properties: { id: 'a' },
          temporalGeometry: { type: 'MovingPoint', datetimes: ['2026-05-06T07:08:09'], coordinates: [[1.5, 2.5]] },
        }),
      },
      expected: ONE,
    },
    {
      input: 'Parquet, of any layout',
      happens: 'columns by their names; times by their types',
      files: {
        'a.parquet': await duckdbFile(`${SQL}, 1.5::DOUBLE AS lon, 2.5::DECIMAL(9,6) AS lat`, 'FORMAT parquet'),
      },
      expected: ONE,
    },
    {
      input: 'Parquet whose times have no zone',
      happens: 'asked for `--timezone`',
      files: {
        'a.parquet': await duckdbFile(
          `SELECT 'a' AS id, TIMESTAMP '2026-05-06 07:08:09' AS time, 1.5::DOUBLE AS lon, 2.5::DOUBLE AS lat`,
          'FORMAT parquet',
        ),
      },
      expected: { asked: 'have no offset from UTC: say their zone with --timezone' },
    },
    {
      input: 'GeoParquet (points as WKB or `point`)',
      happens: 'the geometry is the place, unless there are columns of it; another reference system is refused',
      files: {
        'a.parquet': await duckdbFile(
          `${SQL}, from_hex('0101000000000000000000F83F0000000000000440') AS geometry`,
          `FORMAT parquet, KV_METADATA {geo: '${json({
            version: '1.1.0',
            primary_column: 'geometry',
            columns: { geometry: { encoding: 'WKB', geometry_types: ['Point'] } },
          })}'}`,
        ),
      },
      expected: ONE,
    },
    {
      input: 'Arrow files, streams and Feather; a field’s metadata may have its `unit`',
      happens: 'columns by their names; the unit is used, and told',
      files: { 'a.arrow': arrowFile() },
      expected: {
        first: [{ ...ONE.first![0], speed: '10' }],
        told: 'speed is taken in km/h, as the file says',
      },
    },
    {
      input: 'XLSX',
      happens: 'the sheet with positions, or `--table`; dates are of `--timezone`',
      files: {
        'a.xlsx': makeWorkbook([
          { name: 'Notes', rows: [['nothing'], ['here']] },
          {
            name: 'Fleet',
            rows: [
              ['id', 'time', 'lon', 'lat'],
              ['a', '<c r="@" s="1"><v>46148.29732638889</v></c>', 1.5, 2.5],
            ],
          },
        ]),
      },
      settings: { timezone: 'UTC' },
      expected: ONE,
    },
    {
      input: 'SQLite',
      happens: 'the table with positions, or the table or view of `--table`',
      files: {
        'a.db': databaseOf(
          `CREATE TABLE fleet (id TEXT, time TEXT, lon REAL, lat REAL); INSERT INTO fleet VALUES ('a', '${T}', 1.5, 2.5); CREATE TABLE other (x INT)`,
        ),
      },
      expected: ONE,
    },
    ...PACKINGS,
  ],
})

const PACKINGS: readonly Kind[] = (
  [
    ['gz', gzipSync(CSV_TEXT)],
    ['zst', zstdCompressSync(CSV_TEXT)],
    ['bz2', Buffer.from(BZ2, 'base64')],
    ['xz', Buffer.from(XZ, 'base64')],
    ['zip', makeZip({ 'in/a.csv': CSV_TEXT })],
    ['zip', makeZip({ 'in/a.csv.gz': gzipSync(CSV_TEXT) })],
  ] as const
).map(([ending, bytes], i) => ({
  input: i === 5 ? 'a packed file in a `zip`' : `\`${ending}\``,
  happens: i === 4 ? 'each file in it' : 'unpacked as it is read; told by its content',
  files: { [`a.csv.${ending}`]: bytes },
  expected: ONE,
}))
