import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valueOf } from '../formats/block.ts'
import { blockOf } from '../testing/block-of.ts'
import type { Row } from '../testing/read-all.ts'
import type { FieldOptions } from './draft.ts'
import { parseMapping } from './parse-mapping.ts'
import { planFields } from './plan-fields.ts'
import { readScalars } from './read-scalars.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

interface Given extends FieldOptions {
  readonly columns?: string
}

/** The rows as they are read by a plan that is made of the first. */
const readAll = (rows: readonly Row[], { columns, ...options }: Given = {}): unknown[] => {
  const plan = planFields({
    format: { name: 'ndjson', hasMeaning: false },
    sample: [blockOf(rows.slice(0, 1))],
    asked: columns === undefined ? {} : parseMapping(columns),
    options,
    nowMs: NOW,
  })
  const { read } = readScalars(plan)
  const block = blockOf(rows)
  return rows.map((_, row) =>
    read((name) => (block.names.includes(name) ? valueOf(block.fields[block.names.indexOf(name)], row) : undefined)),
  )
}

const AT = Date.parse('2026-05-06T07:08:09Z')
const base: Row = {
  id: 'a',
  time: '2026-05-06T07:08:09Z',
  lon: '116.12345678',
  lat: '39.5',
  speed_kmh: '36',
  heading: '7',
  type: 'bus',
}
const read = {
  vehicleId: 'a',
  vehicleType: 'bus',
  eventTime: AT,
  longitude: 116.123457,
  latitude: 39.5,
  speed: 10,
  heading: 7,
  measures: {},
  unread: [],
}

test('a row becomes scalars in the units of columns', () => {
  expect(
    readAll([base, { ...base, id: ' b ', speed_kmh: '36 m/s', heading: '7°', type: 70, lon: '116.5E', lat: '39.5S' }]),
  ).toEqual([read, { ...read, vehicleId: 'b', vehicleType: '70', longitude: 116.5, latitude: -39.5, speed: 36 }])
})

test.each([
  [{ id: '' }, 'vehicle-id-missing'],
  [{ id: '3.58899E+14' }, 'vehicle-id-rounded'],
  [{ id: 'a'.repeat(256) }, 'text-too-long'],
  [{ id: 'é'.repeat(128) }, 'text-too-long'],
  [{ id: 'bad\uFFFD' }, 'not-utf-8'],
  [{ time: '' }, 'time-missing'],
  [{ time: 'noon' }, 'time-not-understood'],
  [{ time: '2018-02-30 08:00:00Z' }, 'time-that-never-was'],
  [{ time: '2018-02-03 08:00:00' }, 'time-without-offset'],
  [{ lon: '' }, 'position-missing'],
  [{ lat: '\\N' }, 'position-missing'],
  [{ lon: '104N' }, 'position-not-a-number'],
])('%j refuses its row alone: %s', (change, reason) => {
  expect(readAll([base, { ...base, ...change }, base])).toEqual([
    read,
    { reason, detail: expect.stringMatching(/ /) },
    read,
  ])
})

test.each([
  [{ speed_kmh: 'fast' }, { speed: NaN, unread: ['speed-not-a-number'] }],
  [{ speed_kmh: '5 parsecs' }, { speed: NaN, unread: ['speed-unit-not-known'] }],
  [{ speed_kmh: '\\N' }, { speed: NaN }],
  [{ speed_kmh: 'Unknown' }, { speed: NaN }],
  [{ heading: 'north' }, { heading: NaN, unread: ['heading-not-a-number'] }],
  [{ type: { a: 1 } }, { vehicleType: undefined, unread: ['vehicle-type-not-a-text'] }],
  [{ type: 'x'.repeat(256) }, { vehicleType: undefined, unread: ['vehicle-type-too-long'] }],
  [{ type: '\uFFFD' }, { vehicleType: undefined, unread: ['vehicle-type-not-utf-8'] }],
  [{ type: 'NA' }, { vehicleType: undefined }],
  [
    { speed_kmh: 'fast', heading: 'north' },
    { speed: NaN, heading: NaN, unread: ['speed-not-a-number', 'heading-not-a-number'] },
  ],
  [{ note: 'x' }, {}],
])('%j never costs the position', (change, expected) => {
  expect(readAll([base, { ...base, ...change }])).toEqual([read, { ...read, ...expected }])
})

test('one bad row costs itself only, whatever it holds', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(base)), fc.anything(), { minKeys: 1 }), (change) => {
      const [first, changed, last] = readAll([base, { ...base, ...change }, base])
      expect([first, last]).toEqual([read, read])
      expect(changed).toEqual(
        Object.hasOwn(changed as object, 'reason')
          ? { reason: expect.any(String), detail: expect.any(String) }
          : { ...(changed as object), vehicleId: expect.any(String), eventTime: expect.any(Number) },
      )
    }),
    { numRuns: 300 },
  )
})

test('AIS says "not available" with numbers', () => {
  const row: Row = {
    MMSI: 353136000,
    BaseDateTime: '2026-05-06T07:08:09',
    LAT: 29.9,
    LON: -89.9,
    SOG: 10,
    COG: 296.2,
    Heading: 299,
  }
  const [usual, none, course, nowhere] = readAll([
    row,
    { ...row, SOG: 102.3, COG: 360, Heading: 511 },
    { ...row, Heading: 511 },
    { ...row, LAT: 91, LON: 181 },
  ]) as Record<string, unknown>[]
  expect(usual).toMatchObject({
    vehicleId: '353136000',
    eventTime: AT,
    speed: (10 * 1852) / 3600,
    heading: 299,
    unread: [],
  })
  expect(none).toMatchObject({ speed: NaN, heading: NaN, unread: [] })
  expect(course).toMatchObject({ heading: 296.2 })
  expect(nowhere).toEqual({ reason: 'position-not-a-number', detail: expect.any(String) })
})

test('day and time of day in two fields, and a hemisphere in a field of its own', () => {
  const row: Row = {
    id: 'a',
    date: '16/05/2026',
    time: '7:08:09 PM',
    lat: '3114.375',
    'N/S': 'S',
    lon: '12131.02',
    'E/W': 'W',
  }
  const rows = readAll([row, { ...row, time: '' }, { ...row, 'N/S': '' }], { timezone: 'Europe/Paris' })
  expect(rows).toEqual([
    {
      ...read,
      vehicleType: undefined,
      eventTime: Date.parse('2026-05-16T17:08:09Z'),
      longitude: -121.517,
      latitude: -31.239583,
      speed: NaN,
      heading: NaN,
    },
    { reason: 'time-missing', detail: 'time nothing' },
    { reason: 'position-missing', detail: 'longitude "12131.02", latitude "3114.375"' },
  ])
})

test('a row has the measures of the plan, and values that they can’t have are in its attributes', () => {
  const columns = 'temperature=temp_f,ignition=ignition,driver_id=driver,doors=doors,note=note'
  const row: Row = { ...base, temp_f: '50', ignition: 'yes', driver: ' 007', doors: 2, note: 'x' }
  const measured = (change: Row): unknown => {
    const [, found] = readAll([row, { ...row, ...change }], { columns }) as { measures: unknown; unread: unknown }[]
    return [found.measures, found.unread]
  }
  const usual = { temperature: 10, ignition: true, driver_id: ' 007', doors: 2, note: 'x' }
  expect(measured({})).toEqual([usual, []])
  expect(measured({ temp_f: 'NA', ignition: '', driver: '', doors: '-', note: '\\N' })).toEqual([{}, []])
  expect(measured({ temp_f: '10 °C' })).toEqual([usual, []])
  expect(measured({ temp_f: 'hot', ignition: 'maybe', doors: 'many' })).toEqual([
    { driver_id: ' 007', note: 'x', attributes: '{"temperature":"hot","ignition":"maybe","doors":"many"}' },
    [],
  ])
  expect(measured({ note: 7, doors: true })).toEqual([
    { temperature: 10, ignition: true, driver_id: ' 007', note: '7', attributes: '{"doors":true}' },
    [],
  ])
  expect(measured({ doors: 2 ** 60, note: { a: [1] } })).toEqual([{ ...usual, doors: 2 ** 60, note: '{"a":[1]}' }, []])
  expect(measured({ note: [1n, 2 ** 0.5 > 1] })).toEqual([{ ...usual, note: '["1",true]' }, []])
  expect(measured({ note: 'x'.repeat(4_097) })).toEqual([
    { temperature: 10, ignition: true, driver_id: ' 007', doors: 2 },
    ['measure-text-too-long'],
  ])
  expect(measured({ note: '\uFFFD' })).toEqual([
    { temperature: 10, ignition: true, driver_id: ' 007', doors: 2 },
    ['measure-not-utf-8'],
  ])
  expect(measured({ doors: 'x'.repeat(20_000) })).toEqual([
    { temperature: 10, ignition: true, driver_id: ' 007', note: 'x' },
    ['measure-text-too-long'],
  ])
})
