import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import type { FormatName } from '../formats/format.ts'
import { blockOf } from '../testing/block-of.ts'
import type { Row } from '../testing/read-all.ts'
import type { FieldOptions } from './draft.ts'
import { describePlan } from './describe-plan.ts'
import { parseMapping } from './parse-mapping.ts'
import type { FieldPlan } from './plan.ts'
import { planFields } from './plan-fields.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

interface Given extends FieldOptions {
  readonly columns?: string
  readonly format?: FormatName
  readonly hasMeaning?: boolean
  readonly instants?: readonly string[]
}

const plan = (
  rows: readonly Row[] | readonly (readonly Row[])[],
  { columns, format = 'csv', hasMeaning = false, instants = [], ...options }: Given = {},
): FieldPlan => {
  const blocks = (Array.isArray(rows[0]) ? rows : [rows]) as readonly (readonly Row[])[]
  return planFields({
    format: { name: format, hasMeaning },
    sample: blocks.map((block) => blockOf(block, instants)),
    asked: columns === undefined ? {} : parseMapping(columns),
    options,
    nowMs: NOW,
  })
}

/** Where columns come from, in short. */
const sources = (rows: readonly Row[] | readonly (readonly Row[])[], given: Given = {}): Record<string, string> =>
  Object.fromEntries(
    plan(rows, given).fields.map(({ name, sources: all, unit }) => [
      name,
      all.join('|') + (unit === undefined ? '' : ` ${unit}`),
    ]),
  )

const question = (rows: readonly Row[], given: Given = {}): string => {
  try {
    plan(rows, given)
  } catch (error) {
    expect(error).toEqual(fault('import.invalid'))
    return (error as Error).message
  }
  throw new Error('nothing was asked')
}

const T = '2026-05-06T07:08:09Z'
const base = { id: 'a', time: T, lon: '116.4', lat: '39.9' }

test('usual names are found whatever their case and separators', () => {
  expect(
    sources([{ Taxi_ID: 'a', 'GPS Time': T, LNG: '1.5', lat: '30.1', Speed: '3', bearing: '7', note: 'x' }]),
  ).toEqual({
    vehicle_id: 'Taxi_ID',
    event_time: 'GPS Time',
    longitude: 'LNG',
    latitude: 'lat',
    speed: 'Speed',
    heading: 'bearing',
  })
  expect(
    sources([
      {
        'vehicle.id': 'a',
        'vehicle.type': 'bus',
        'position.coords.longitude': 1.5,
        'position.coords.latitude': 30.1,
        'position.timestamp': T,
      },
    ]),
  ).toEqual({
    vehicle_id: 'vehicle.id',
    vehicle_type: 'vehicle.type',
    event_time: 'position.timestamp',
    longitude: 'position.coords.longitude',
    latitude: 'position.coords.latitude',
  })
  expect(
    sources([
      {
        'individual-id': 'x',
        'tag.id': 'a',
        'location-long': '1.5',
        'location-lat': '30.1',
        timestamp_utc: '2026-05-06 07:08:09',
      },
    ]),
  ).toMatchObject({
    longitude: 'location-long',
    latitude: 'location-lat',
    event_time: 'timestamp_utc',
  })
})

test('names of vehicles come before id and name', () => {
  const row = { ...base, id: '1', Name: 'EVER GIVEN', MMSI: '353136000' }
  expect(sources([row])['vehicle_id']).toBe('MMSI')
  expect(plan([row]).notes).toContain('vehicle_id is read from "MMSI", not from "id", "Name"')
  expect(sources([{ ...base, name: 'b', imei: '358990000000001' }])['vehicle_id']).toBe('imei')
  expect(sources([{ ...base, name: 'b', device_id: '7', imei: '358990000000001' }])['vehicle_id']).toBe('imei')
  expect(sources([{ ...base, vehicle_id: 'v', imei: '358990000000001' }])['vehicle_id']).toBe('vehicle_id')
  // An empty column gives way.
  expect(sources([{ ...base, vehicle_id: '', imei: '358990000000001' }])['vehicle_id']).toBe('imei')
})

test('a number of the row is no vehicle', () => {
  const rows = [1, 2, 3, 4, 5].map((id) => ({ ...base, id: String(id) }))
  expect(question(rows)).toBe(
    'the field "id" counts the rows, so that it may be no vehicle\'s: say --columns vehicle_id=id if it is, another field, or --vehicle-id if all rows are of one vehicle',
  )
  expect(sources(rows, { columns: 'vehicle_id=id' })['vehicle_id']).toBe('id')
  const named = rows.map((row) => ({ ...row, name: 'bus 7' }))
  expect(sources(named)['vehicle_id']).toBe('name')
  expect(plan(named).notes).toContain('"id" counts the rows, and is not taken for the vehicle')
})

test('what a person says counts, and is not taken for another column too', () => {
  const row = { name_id: 'a', timestamp: T, time: T, id: '7', longitude: '116.4', latitude: '39.9' }
  expect(sources([row], { columns: 'vehicle_id=name_id, event_time=timestamp' })).toEqual({
    vehicle_id: 'name_id',
    event_time: 'timestamp',
    longitude: 'longitude',
    latitude: 'latitude',
  })
  expect(sources([base], { columns: 'vehicle_type=id', vehicleId: 'x' })).toEqual({
    vehicle_type: 'id',
    event_time: 'time',
    longitude: 'lon',
    latitude: 'lat',
  })
  expect(plan([base], { columns: 'vehicle_id=id', vehicleId: 'x' })).toMatchObject({
    vehicleId: 'x',
    notes: ['--vehicle-id counts: vehicle_id is not read from "id"'],
  })
})

test('a field that is not there is told with the nearest names', () => {
  expect(question([base], { columns: 'speed=v' })).toBe(
    'there is no field "v"; the input has "id", "time", "lon", "lat"',
  )
  expect(question([{ ...base, longitude: '1', latitude: '30' }], { columns: 'longitude=lngitude' })).toBe(
    'there is no field "lngitude" (did you mean "longitude"?); the input has "id", "time", "lon", "lat", "longitude", "latitude"',
  )
  expect(question([base], { columns: 'doors=d' })).toContain('there is no field "d"')
  // Later objects may have what the first ones lack.
  expect(plan([base], { columns: 'doors=d', format: 'ndjson' }).notes).toContain(
    'none of the first 1 rows has the field "d"',
  )
})

test('needed columns that are missing are told together, with what the input has', () => {
  expect(question([{ a: 'x', lon: '1', lat: '30' }])).toBe(
    'no field for vehicle_id, event_time; the input has "a", "lon", "lat": name them with --columns vehicle_id=<field>,event_time=<field>, or give --vehicle-id if all rows are of one vehicle',
  )
  expect(question([{ id: 'a', time: T, lat: '30' }])).toBe(
    'no field for longitude; the input has "id", "time", "lat": name them with --columns longitude=<field>',
  )
  expect(
    question([{ event_time: 0, longitude: 1, latitude: 2 }], {
      format: 'plt',
      hasMeaning: true,
      instants: ['event_time'],
    }),
  ).toBe(
    'no field for vehicle_id; the input has "event_time", "longitude", "latitude": say --vehicle-id, or --vehicle-id-from if the name of the file has it',
  )
  expect(question([])).toContain('the input has no fields')
})

test('all questions are asked at once', () => {
  expect(
    question([{ id: 'a', time: '05/06/2026 07:08', x: '448251.8', y: '5411932.7', sog: '5' }]).split('\n'),
  ).toEqual([
    expect.stringContaining('metres of a map projection'),
    expect.stringContaining('may have the day or the month first'),
    expect.stringContaining('may be in knots'),
  ])
})

test('x and y are taken only where they are degrees', () => {
  const { lon: _, lat: __, ...rest } = base
  expect(sources([{ ...rest, x: '116.4', y: '39.9' }])).toMatchObject({ longitude: 'x', latitude: 'y' })
  expect(question([{ ...rest, x: '116', y: '39' }])).toBe(
    '"x", "y" are whole numbers, such as 116, 39: if they are degrees, say --columns longitude=x,latitude=y',
  )
  expect(question([{ ...rest, x: '12950123.4', y: '4865942.3' }])).toContain('metres of a map projection')
  expect(question([{ ...rest, x: '2.031634', y: '0.696658' }])).toContain('radians')
  expect(sources([{ ...base, x: '12950123.4', y: '4865942.3' }])).toMatchObject({ longitude: 'lon', latitude: 'lat' })
  expect(question([{ ...rest, 'Longitude (rad)': '2.031634', 'Latitude (rad)': '0.696658' }])).toBe(
    '"Longitude (rad)" is in radians by its name: turn coordinates into degrees first',
  )
})

test('fields with N, S, E, W are found by their names, or beside a coordinate', () => {
  const angles = (rows: readonly Row[], given: Given = {}): unknown => {
    const { longitude, latitude } = plan(rows, given)
    return [longitude.kind, longitude.hemisphere, latitude.kind, latitude.hemisphere]
  }
  const { lon, lat, ...rest } = base
  expect(angles([{ ...rest, lat, 'N/S': 'S', lon, 'E/W': 'E' }])).toEqual(['degrees', 'E/W', 'degrees', 'N/S'])
  expect(angles([{ ...rest, lat, lat_dir: 'S', lon, lon_dir: 'E' }])).toEqual([
    'degrees',
    'lon_dir',
    'degrees',
    'lat_dir',
  ])
  expect(angles([{ ...rest, lat, f4: 'S', lon, f6: 'W' }])).toEqual(['degrees', 'f6', 'degrees', 'f4'])
  expect(angles([{ ...rest, lat: '3114.375', ns: 'N', lon: '12131.02', ew: 'E' }])).toEqual([
    'minutes',
    'ew',
    'minutes',
    'ns',
  ])
  expect(angles([{ ...rest, 'LATITUDE N/S': '31.24N', 'LONGITUDE E/W': '121.5E' }])).toEqual([
    'degrees',
    undefined,
    'degrees',
    undefined,
  ])
  expect(
    angles([{ ...rest, lat, zone: 'S', lon, side: 'E' }], {
      columns: 'latitude_hemisphere=zone,longitude_hemisphere=side',
    }),
  ).toEqual(['degrees', 'side', 'degrees', 'zone'])
  // Alone it may be anything, such as E for an empty taxi.
  expect(angles([{ ...rest, lat, lon, status: 'E' }])).toEqual(['degrees', undefined, 'degrees', undefined])
  expect(plan([{ ...rest, lat, lon, status: 'E' }]).notes).toEqual([
    '"status" is not taken for the hemisphere of longitude: say --columns longitude_hemisphere=status if it is',
  ])
  // A heading as a text is no hemisphere.
  expect(
    angles([
      { ...rest, lat, lon, wind: 'E' },
      { ...rest, lat, lon, wind: 'NE' },
    ]),
  ).toEqual(['degrees', undefined, 'degrees', undefined])
})

test('day and time of day in two fields are joined', () => {
  const two = (
    date: unknown,
    time: unknown,
    given: Given = {},
    names: readonly [string, string] = ['Date', 'Time'],
  ): unknown => {
    const {
      time: reading,
      isTimeInTwo,
      fields,
      sampled,
    } = plan([{ id: 'a', [names[0]]: date, [names[1]]: time, lon: '116.4', lat: '39.9' }], given)
    const at = sampled === undefined ? undefined : new Date(sampled.from).toISOString()
    return [reading, isTimeInTwo, fields.find(({ name }) => name === 'event_time')?.sources, at]
  }
  const utc = { timezone: 'UTC' }
  expect(two('2026-05-06', '07:08:09', utc)).toEqual([
    { kind: 'iso', zone: 'UTC' },
    true,
    ['Date', 'Time'],
    '2026-05-06T07:08:09.000Z',
  ])
  expect(two('16/05/2026', '7:08:09 PM', utc)).toEqual([
    { kind: 'pattern', pattern: 'DD/MM/YYYY hh:mm:ss A', zone: 'UTC' },
    true,
    ['Date', 'Time'],
    '2026-05-16T19:08:09.000Z',
  ])
  expect(two(46148, 0.5, utc)).toEqual([
    { kind: 'number', unit: 'days-1899', zone: 'UTC' },
    true,
    ['Date', 'Time'],
    '2026-05-06T12:00:00.000Z',
  ])
  expect(two(20260506, 70809, utc)).toEqual([
    { kind: 'pattern', pattern: 'YYYYMMDD HHmmss', zone: 'UTC' },
    true,
    ['Date', 'Time'],
    '2026-05-06T07:08:09.000Z',
  ])
  expect(two(20260506, 708, utc)).toMatchObject([
    { pattern: 'YYYYMMDD HHmm' },
    true,
    ['Date', 'Time'],
    '2026-05-06T07:08:00.000Z',
  ])
  expect(
    two('2026-05-06', '07:08:09', { timezone: 'UTC', columns: 'event_time=day one+clock' }, ['day one', 'clock']),
  ).toEqual([{ kind: 'iso', zone: 'UTC' }, true, ['day one', 'clock'], '2026-05-06T07:08:09.000Z'])
  expect(two('2026-05-06 07:08:09Z', '07:08:09')).toEqual([
    { kind: 'iso', zone: undefined },
    false,
    ['Date'],
    '2026-05-06T07:08:09.000Z',
  ])
  expect(two('2026-05-06', '2026-05-06 07:08:09Z')).toEqual([
    { kind: 'iso', zone: undefined },
    false,
    ['Time'],
    '2026-05-06T07:08:09.000Z',
  ])
  const seconds = [1, 2, 3, 4, 5].map((i) => ({ id: 'a', date: 20260506, time: 45120 + 17 * i, lon: 116.4, lat: 39.9 }))
  expect(question(seconds, utc)).toContain('most times in "date+time" are not understood, such as "20260506 45137"')
  expect(question([{ ...base, time: '07:08:09' }])).toContain(
    'the field "time" has times of day, and no field has their day: name it with --columns "event_time=<date>+time"',
  )
})

test('a time that is not sure gives way to one that is', () => {
  const row = { ...base, timestamp: '05/06/2026 07:08', time: T }
  expect(plan([row])).toMatchObject({
    time: { kind: 'iso', zone: undefined },
    notes: ['the times in "timestamp" are not read, since it is not sure how'],
  })
  expect(question([{ ...base, time: '2026-05-06 07:08:09' }])).toBe(
    'the times in "time", such as "2026-05-06 07:08:09", have no offset from UTC: say their zone with --timezone, such as --timezone Asia/Shanghai or --timezone UTC',
  )
  expect(() => plan([base], { timezone: 'Asia/Shangai' })).toThrow(
    fault('usage.invalid', '--timezone "Asia/Shangai" is not a time zone; did you mean Asia/Shanghai?'),
  )
  const { time: _, ...rest } = base
  expect(plan([{ ...rest, 'Time (UTC)': '2026-05-06 07:08:09' }])).toMatchObject({
    time: { kind: 'iso', zone: 'UTC' },
    notes: ['the times in "Time (UTC)" are taken for UTC, as the input\'s names say'],
  })
})

test('fields of which a row has one are read together, and two that differ are asked for', () => {
  const rows = [[{ id: 'a', time: T, lat: 30.5, lon: 116.5 }], [{ id: 'a', time: T, latitude: 30.5, longitude: 116.5 }]]
  expect(sources(rows, { format: 'ndjson' })).toEqual({
    vehicle_id: 'id',
    event_time: 'time',
    longitude: 'longitude|lon',
    latitude: 'latitude|lat',
  })
  const { lon, lat, ...rest } = base
  const trip = { ...rest, 'start.lon': lon, 'start.lat': lat, 'end.lon': '117.1', 'end.lat': '40.1' }
  expect(question([trip])).toBe(
    [
      'longitude may be in "start.lon" or in "end.lon", which differ: say which with --columns longitude=<field>',
      'latitude may be in "start.lat" or in "end.lat", which differ: say which with --columns latitude=<field>',
    ].join('\n'),
  )
})

test('the unit of speed comes from the person, the name, or the input’s kind', () => {
  const speed = (name: string, value: unknown, given: Given = {}): unknown => {
    const { fields } = plan([{ ...base, [name]: value }], given)
    return fields.find((field) => field.name === 'speed')?.unit
  }
  expect(speed('speed_kmh', '36')).toBe('km/h')
  expect(speed('Speed (km/h)', '36')).toBe('km/h')
  expect(speed('speedKnots', '36')).toBe('kn')
  expect(speed('speed_mph', '36')).toBe('mph')
  expect(speed('gps_speed_km_h', '36')).toBe('km/h')
  expect(speed('speed_ms', '36')).toBe('m/s')
  expect(speed('speed_kmh', '36', { speedUnit: 'kn' })).toBe('kn')
  expect(speed('v', '36', { columns: 'speed=v', speedUnit: 'kn' })).toBe('kn')
  expect(speed('v_kmh', '36', { columns: 'speed=v_kmh' })).toBe('km/h')
  expect(speed('speed', '36')).toBeUndefined()
  expect(plan([{ ...base, speed: '36' }]).notes).toEqual([
    'the speeds in "speed", such as 36, are taken in m/s: --speed-unit says another unit',
  ])
  expect(plan([{ ...base, speed: '5.0 kn' }]).notes).toEqual([])
  expect(question([{ ...base, speed: '120' }])).toBe(
    'the speeds in "speed", such as 120, are too fast for m/s: say --speed-unit m/s|km/h|kn|mph',
  )
  expect(question([{ ...base, sog: '12' }])).toBe(
    'the speeds in "sog" may be in knots, as the name is used at sea, or in another unit: say --speed-unit m/s|km/h|kn|mph',
  )
})

test('a table of Marine Cadastre is one of AIS', () => {
  const row = {
    MMSI: '367390380',
    BaseDateTime: '2020-01-01T00:00:00',
    LAT: '29.93174',
    LON: '-89.99239',
    SOG: '5.0',
    COG: '296.2',
    Heading: '299.0',
    VesselName: 'LARRY B',
    IMO: '',
    CallSign: 'WDF7344',
    VesselType: '31',
    Status: '12',
  }
  const found = plan([row, { ...row, LAT: '91', LON: '181' }])
  expect(found).toMatchObject({ isAis: true, time: { kind: 'iso', zone: 'UTC' } })
  expect(sources([row])).toEqual({
    vehicle_id: 'MMSI',
    vehicle_type: 'VesselType',
    event_time: 'BaseDateTime',
    longitude: 'LON',
    latitude: 'LAT',
    speed: 'SOG kn',
    heading: 'Heading|COG',
  })
  expect(found.notes).toEqual([
    'heading is read from the first of "Heading", "COG" that a row has',
    'the times in "BaseDateTime" are taken for UTC, as the input\'s names say',
    'speed is taken in kn, as tables of AIS have it',
  ])
})

test('the direction of a route is no heading', () => {
  expect(
    sources([
      { ...base, direction: '0' },
      { ...base, direction: '1' },
    ])['heading'],
  ).toBeUndefined()
  expect(
    sources([
      { ...base, direction: '0' },
      { ...base, direction: '271' },
    ])['heading'],
  ).toBe('direction')
})

test('measures are those that are asked for, and well-known ones by their own names', () => {
  const row = {
    ...base,
    temp_f: '50',
    humidity: '3',
    driver_id: '007',
    altitude_ft: '100',
    doors: '2',
    State: 'x',
    code: '012',
  }
  const found = plan([row], { columns: 'temperature=temp_f,doors=doors,code=code' })
  expect(found.fields.slice(4)).toEqual([
    { name: 'temperature', sources: ['temp_f'], by: 'asked', type: 'double', unit: '°F' },
    { name: 'doors', sources: ['doors'], by: 'asked', type: 'double' },
    { name: 'code', sources: ['code'], by: 'asked', type: 'string' },
    { name: 'altitude', sources: ['altitude_ft'], by: 'name', type: 'double', unit: 'ft' },
    { name: 'driver_id', sources: ['driver_id'], by: 'name', type: 'string' },
  ])
  expect(describePlan(found, blockOf([row])).leftOut).toEqual(['humidity', 'State'])
  expect(question([{ ...base, fuel_l: '40' }], { columns: 'fuel=fuel_l' })).toBe(
    'fuel can\'t be in l, as the name of "fuel_l" says: give it another name, such as --columns fuel_l=fuel_l',
  )
})

test('a decimal comma is seen in the coordinates', () => {
  expect(plan([{ ...base, lon: '116,4', lat: '39,9', speed: '12,5' }])).toMatchObject({
    decimal: ',',
    notes: [
      'numbers are taken to have a decimal comma',
      'the speeds in "speed", such as 12.5, are taken in m/s: --speed-unit says another unit',
    ],
  })
  expect(plan([base]).decimal).toBe('.')
  expect(plan([base], { decimal: ',' }).decimal).toBe(',')
})

test('names of a format that means something are taken as they are', () => {
  const row = {
    vehicle_id: 'a',
    event_time: 1778051289000,
    longitude: 116.4,
    latitude: 39.9,
    speed: 120,
    heading: 7,
    altitude: 3,
    id: 'x',
    sog: 4,
  }
  const given: Given = { format: 'gpx', hasMeaning: true, instants: ['event_time'] }
  const found = plan([row], given)
  expect(found).toEqual({
    fields: ['vehicle_id', 'event_time', 'longitude', 'latitude', 'speed', 'heading']
      .map((name) => ({ name, sources: [name], by: 'format' }))
      .concat([{ name: 'altitude', sources: ['altitude'], by: 'format', type: 'double' } as never]),
    time: { kind: 'instant' },
    isTimeInTwo: false,
    longitude: { kind: 'degrees', hemisphere: undefined },
    latitude: { kind: 'degrees', hemisphere: undefined },
    decimal: '.',
    isAis: false,
    vehicleId: undefined,
    vehicleType: undefined,
    sampled: { from: 1778051289000, to: 1778051289000 },
    notes: [],
  })
  expect(sources([row], { ...given, columns: 'speed=sog', speedUnit: 'kn' })).toMatchObject({
    vehicle_id: 'vehicle_id',
    speed: 'sog kn',
  })
})

test('the mapping is described for people and for programs', () => {
  const row = {
    Id: 'a',
    Date: '16/05/2026',
    Time: '07:08:09',
    lat: '3114.375',
    'N/S': 'N',
    lon: '12131.02',
    'E/W': 'E',
    v_kmh: '36',
    note: '\u001b[31m',
    doors: '2',
  }
  const found = plan([row], { timezone: 'UTC', vehicleType: 'bus', columns: 'speed=v_kmh,doors=doors' })
  const { lines, object, leftOut } = describePlan(found, blockOf([row]))
  expect(lines).toEqual([
    'vehicle_type = "bus" where a row has none',
    'vehicle_id ← "Id"',
    'event_time ← "Date", "Time" (DD/MM/YYYY HH:mm:ss, UTC where there is no offset)',
    'longitude ← "lon" with "E/W" (ddmm.mmmm)',
    'latitude ← "lat" with "N/S" (ddmm.mmmm)',
    'speed ← "v_kmh" (km/h)',
    'doors ← "doors"',
    'the values of "lon" and "lat", such as "12131.02", "3114.375", are beyond ±180 and ±90: they are taken for degrees and minutes, ddmm.mmmm',
    'the times in "Date+Time" are read as "DD/MM/YYYY HH:mm:ss", since days beyond the 12th show it: "16/05/2026 07:08:09" is 2026-05-16T07:08:09',
    'speed is taken in km/h, as the name of "v_kmh" says',
  ])
  expect(leftOut).toEqual(['note'])
  expect(object).toEqual({
    vehicleId: null,
    vehicleType: 'bus',
    columns: [
      { name: 'vehicle_id', fields: ['Id'], by: 'name' },
      {
        name: 'event_time',
        fields: ['Date', 'Time'],
        by: 'name',
        detail: 'DD/MM/YYYY HH:mm:ss, UTC where there is no offset',
      },
      { name: 'longitude', fields: ['lon'], by: 'name', detail: 'ddmm.mmmm', as: 'minutes', hemisphere: 'E/W' },
      { name: 'latitude', fields: ['lat'], by: 'name', detail: 'ddmm.mmmm', as: 'minutes', hemisphere: 'N/S' },
      { name: 'speed', fields: ['v_kmh'], by: 'asked', detail: 'km/h', unit: 'km/h' },
    ],
    measures: [{ name: 'doors', fields: ['doors'], by: 'asked', type: 'double' }],
    time: { kind: 'pattern', pattern: 'DD/MM/YYYY HH:mm:ss', zone: 'UTC' },
    decimal: '.',
    ais: false,
    notes: found.notes,
    leftOut: ['note'],
  })
  expect(
    describePlan(plan([{ ...base, '\u001b[31mid': '1' }]), blockOf([{ '\u001b[31mid': '1' }])).lines.join(''),
  ).not.toContain('\u001b')
})

test('both coordinates of a cell are read where nothing better has them, and their order is told or asked for', () => {
  const rows = (...places: readonly unknown[]): Row[] => places.map((place) => ({ id: 'a', time: T, location: place }))
  expect(plan(rows('31.2,121.4', '31.3,121.5')).longitude).toEqual({
    kind: 'point',
    order: 'lat-lon',
    hemisphere: undefined,
  })
  expect(sources(rows('POINT(1 2)', 'POINT(3 4)'))).toMatchObject({ longitude: 'location', latitude: 'location' })
  expect(sources([{ id: 'a', time: T, place_of_start: 'SRID=4326;POINT(1 2)' }])['latitude']).toBe('place_of_start')
  expect(sources([{ ...base, location: 'POINT(1 2)' }])['latitude']).toBe('lat')
  expect(sources([{ id: 'a', time: T, location: 'Main Street', coords: '(121.4 31.2)' }])['latitude']).toBe('coords')
  expect(plan([{ id: 'a', time: T, lat_lng: '1.5,2.5' }]).latitude.order).toBe('lat-lon')
  expect(plan([{ id: 'a', time: T, 'p.type': 'Point', 'p.coordinates': [1.5, 2.5] }]).latitude.order).toBe('lon-lat')
  expect(plan(rows('1.5,2.5'), { coordinates: 'lon-lat' }).latitude.order).toBe('lon-lat')
  expect(
    plan(rows('1.5,2.5'), { coordinates: 'lat-lon', columns: 'longitude=location,latitude=location' }),
  ).toMatchObject({
    longitude: { order: 'lat-lon' },
  })
  expect(question(rows('1.5,2.5'))).toBe(
    'the places in "location", such as "1.5,2.5", may have the latitude or the longitude first: say which with --coordinates lat-lon or --coordinates lon-lat',
  )
  expect(question(rows('SRID=25832;POINT(352000 5461000)'))).toBe(
    'the places in "location" are of the reference system 25832: transform them to longitude and latitude first, EPSG:4326',
  )
  expect(question([{ id: 'a', time: T, start: 'POINT(1 2)', end: 'POINT(3 4)' }])).toBe(
    'places may be in "start", "end": say which with --columns longitude=start,latitude=start',
  )
  expect(plan([base], { coordinates: 'lat-lon' }).notes).toContain(
    '--coordinates lat-lon is not used: each coordinate has a field of its own',
  )
  // The comma between both is no decimal one.
  expect(plan([{ id: 'a', time: T, location: '31,121', speed: '1.234' }]).decimal).toBe('.')
})

test('a member that is an object is no value, and its members are named', () => {
  const row = { ...base, 'cargo.weight': 5, 'cargo.kind': 'x' }
  expect(question([row], { columns: 'load=cargo', format: 'ndjson' })).toBe(
    '"cargo" is an object, whose members are fields of their own: name one of "cargo.weight", "cargo.kind"',
  )
  expect(sources([row], { columns: 'load=cargo.weight', format: 'ndjson' })['load']).toBe('cargo.weight')
})

const TRACCAR = {
  id: '1',
  deviceId: '5',
  protocol: 'osmand',
  serverTime: '2026-05-06 07:08:10',
  deviceTime: '2026-05-06 07:08:09',
  fixTime: '2026-05-06 07:08:09',
  valid: 'true',
  latitude: '2.5',
  longitude: '1.5',
  altitude: '400',
  speed: '10',
  course: '270',
  address: '',
  accuracy: '0',
  battery: '12.6',
  batteryLevel: '94',
}

test('columns of known tables have the units and times that such tables have', () => {
  const traccar = plan([TRACCAR], { timezone: 'UTC' })
  expect(sources([TRACCAR], { timezone: 'UTC' })).toMatchObject({
    vehicle_id: 'deviceId',
    event_time: 'fixTime',
    speed: 'speed kn',
    heading: 'course',
    battery: 'batteryLevel',
  })
  expect(traccar.notes).toContain("speed is taken in kn, as Traccar's tables have it")
  const danish = {
    Timestamp: '18/03/2026 00:00:00',
    'Type of mobile': 'Class A',
    MMSI: '219000001',
    Latitude: '55.5',
    Longitude: '14.75',
    SOG: '10.0',
    COG: '241.8',
    'Ship type': 'Cargo',
  }
  expect(plan([danish])).toMatchObject({ isAis: true, time: { zone: 'UTC' } })
})

test('what a file says of a unit counts more than a name', () => {
  const block = { ...blockOf([{ ...base, speed: 36, altitude_m: 7, load: 3 }]), units: new Map() }
  const units = new Map([
    ['speed', 'km/h'],
    ['altitude_m', 'ft'],
    ['load', 't'],
  ])
  const found = planFields({
    format: { name: 'arrow', hasMeaning: false },
    sample: [{ ...block, units }],
    asked: parseMapping('altitude=altitude_m,load=load'),
    options: {},
    nowMs: NOW,
  })
  expect(Object.fromEntries(found.fields.map(({ name, unit }) => [name, unit]))).toMatchObject({
    speed: 'km/h',
    altitude: 'ft',
    load: 't',
  })
  expect(found.notes).toContain('speed is taken in km/h, as the file says')
})

test('a column’s own name counts before what comes near to it', () => {
  expect(
    sources([{ vehicle_id: 'a', event_time: T, longitude: 1, latitude: 2, longitude_deg: 7, lat: 8 }]),
  ).toMatchObject({
    longitude: 'longitude',
    latitude: 'latitude',
  })
})

test('where names are missing, what may be meant is named', () => {
  const trip = { medallion: 'x', tpep_pickup_datetime: T, pickup_longitude: '1.5', pickup_latitude: '2.5' }
  expect(question([trip])).toContain(
    'name them with --columns vehicle_id=<field>,event_time=tpep_pickup_datetime,longitude=pickup_longitude,latitude=pickup_latitude',
  )
  expect(question([{ 1: 'a', 2: T, 3: '1.5', 4: '2.5' }])).toBe(
    `no field for vehicle_id, event_time, longitude, latitude; the input has no header, and in its first row 1 is "a", 2 is "${T}", 3 is "1.5", 4 is "2.5": name them with --columns vehicle_id=<field>,event_time=<field>,longitude=<field>,latitude=<field>, or give --vehicle-id if all rows are of one vehicle`,
  )
  const route = [{ longitude: 1.5, latitude: 2.5, vehicle_id: 'a' }]
  expect(question(route, { format: 'gpx', hasMeaning: true })).toBe(
    'its only row has no time: what has none is no report of a vehicle',
  )
})
