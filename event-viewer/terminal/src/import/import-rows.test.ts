import { decodePositions, type PositionRow, rowsOfPositions } from '@fleetlake/columnar'
import { cellOf, partitionOfCell, partitionOfText, toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMotionDeriver } from './derive-motion.ts'
import { emptyTally, type ImportTally, importRows } from './import-rows.ts'
import type { InputRow } from './input-row.ts'
import { createPartitionSink } from './partition-sink.ts'
import { createMeasureReader } from './read-measures.ts'
import { readPosition, type PositionSettings } from './read-position.ts'
import { createRevisions } from './revisions.ts'
import { createTimeReader } from './read-time.ts'

const settings: PositionSettings = {
  readTime: createTimeReader({ format: 'auto', timezone: 'Asia/Shanghai' }).read,
  speedUnit: 'km/h',
  vehicleType: 'taxi',
  latestMs: Date.parse('2026-01-01T00:00:00Z'),
}

const T = '2018-10-01 08:00:00'
const AT = Date.parse('2018-10-01T00:00:00Z')

test('a row becomes a rounded position with speed in m/s', () => {
  expect(readPosition([' A1 ', 'bus', T, '104.12345678', '30.5', '36', '450'], settings)).toEqual({
    vehicleId: 'A1',
    vehicleType: 'bus',
    eventTime: AT,
    longitude: 104.123457,
    latitude: 30.5,
    speed: 10,
    heading: NaN,
  })
  expect(readPosition([7, undefined, T, 104, 30, 'NA', 360], settings)).toEqual({
    vehicleId: '7',
    vehicleType: 'taxi',
    eventTime: AT,
    longitude: 104,
    latitude: 30,
    speed: NaN,
    heading: 0,
  })
})

test.each([
  [['', 'bus', T, '104', '30', '', ''], 'vehicle-id-missing'],
  [[{}, 'bus', T, '104', '30', '', ''], 'vehicle-id-missing'],
  [['a'.repeat(256), 'bus', T, '104', '30', '', ''], 'text-too-long'],
  [['é'.repeat(128), 'bus', T, '104', '30', '', ''], 'text-too-long'],
  [['a', 'é'.repeat(128), T, '104', '30', '', ''], 'text-too-long'],
  [[Buffer.from('bad\xff', 'latin1').toString('utf8'), 'bus', T, '104', '30', '', ''], 'not-utf-8'],
  [['a', 'bus', '', '104', '30', '', ''], 'time-missing'],
  [['a', 'bus', 'noon', '104', '30', '', ''], 'time-not-understood'],
  [['a', 'bus', '2018-02-30 08:00:00', '104', '30', '', ''], 'time-that-never-was'],
  [['a', 'bus', T, '', '30', '', ''], 'position-not-a-number'],
  [['a', 'bus', T, '104E', '30', '', ''], 'position-not-a-number'],
  [['a', 'bus', T, '30', '104', '', ''], 'off-the-globe'],
  [['a', 'bus', T, '0.0', '-0.0000004', '', ''], 'null-island'],
  [['a', 'bus', '2027-01-01T00:00:00Z', '104', '30', '', ''], 'in-the-future'],
  [['a', 'bus', '1969-01-01T00:00:00Z', '104', '30', '', ''], 'before-1970'],
  [['a', 'bus', T, '104', '30', 'fast', ''], 'speed-not-a-number'],
  [['a', 'bus', T, '104', '30', '', 'north'], 'heading-not-a-number'],
])('%j is rejected: %s', (values, reason) => {
  expect(readPosition(values, settings)).toEqual({ reason, detail: expect.any(String) })
})

test('rows of a source that corrects itself have a revision each, later ones a greater one', async () => {
  const sent: PositionRow[] = []
  const tally = emptyTally(['revision', 'temperature'])
  const rows = [36, 37, 'fast'].map((speed, line): InputRow => ({
    line,
    text: '',
    values: ['a', 'bus', T, 104, 30, speed, 0, 4],
  }))
  await importRows(inputOf(rows), tally, {
    settings: { ...settings, readMeasures: createMeasureReader(['temperature']) },
    deriver: createMotionDeriver({ maxGapMs: 1, maxVehicles: 1 }),
    nextRevision: createRevisions(AT + 0.7),
    sink: { add: (row) => void sent.push(row), finish: () => undefined },
    reject: () => undefined,
    pause: async () => undefined,
    signal: new AbortController().signal,
  })
  expect(sent.map(({ measures }) => measures)).toEqual([
    { temperature: 4, revision: AT * 1000 },
    { temperature: 4, revision: AT * 1000 + 1 },
  ])
  expect(tally.measures).toEqual({ revision: 2, temperature: 2 })
})

async function* inputOf(rows: readonly InputRow[]): AsyncGenerator<InputRow[]> {
  for (let at = 0; at < rows.length; at += 7) yield rows.slice(at, at + 7)
}

interface Outcome {
  readonly tally: ImportTally
  readonly sent: { partition: number; rows: PositionRow[] }[]
  readonly rejected: [number, string][]
}

const importAll = async (
  rows: readonly InputRow[],
  by: 'cell' | 'vehicle' = 'cell',
  stopAt = Infinity,
): Promise<Outcome> => {
  const sent: Outcome['sent'] = []
  const rejected: Outcome['rejected'] = []
  const tally = emptyTally()
  const stop = new AbortController()
  let pauses = 0
  const outlet = {
    publish: (partition: number, payload: Uint8Array): void => {
      sent.push({ partition, rows: rowsOfPositions(decodePositions(payload)!) })
    },
  }
  await importRows(inputOf(rows), tally, {
    settings,
    deriver: createMotionDeriver({ maxGapMs: 300_000, maxVehicles: 1000 }),
    sink: createPartitionSink(outlet, { partitions: [1, 4, 6], by, geohashLength: 5, batchRows: 5 }),
    reject: ({ line }, { reason }) => rejected.push([line, reason]),
    pause: async () => {
      if (pauses++ === stopAt) stop.abort()
    },
    signal: stop.signal,
  })
  return { tally, sent, rejected }
}

const rowAt = (line: number, id: string, seconds: number, longitude: number, latitude: number): InputRow => ({
  line,
  text: '',
  values: [id, undefined, AT / 1000 + seconds, longitude, latitude, undefined, undefined],
})

test('good rows are kept with a derived motion, bad ones told, and the whole is summed up', async () => {
  const { tally, sent, rejected } = await importAll([
    rowAt(2, 'a', 0, 104, 30),
    { line: 3, text: 'x', fault: { reason: 'not-csv', detail: '' } },
    rowAt(4, 'a', 10, 104, 30.001),
    rowAt(5, 'a', 20, 204, 30.001),
  ])
  expect(tally).toEqual({
    rows: 2,
    rejected: 2,
    reasons: { 'not-csv': 1, 'off-the-globe': 1 },
    vehicles: 1,
    measures: {},
    period: { from: AT, to: AT + 10_000 },
    bounds: [104, 30, 104, 30.001],
  })
  expect(rejected).toEqual([
    [3, 'not-csv'],
    [5, 'off-the-globe'],
  ])
  expect(sent.flatMap(({ rows }) => rows)).toEqual([
    { vehicleId: 'a', vehicleType: 'taxi', eventTime: AT, longitude: 104, latitude: 30, speed: NaN, heading: NaN },
    {
      vehicleId: 'a',
      vehicleType: 'taxi',
      eventTime: AT + 10_000,
      longitude: 104,
      latitude: 30.001,
      speed: Math.fround(11.1),
      heading: 0,
    },
  ])
})

test('a row has the measures that were asked for, and values that they can’t have are in its attributes', () => {
  const read = createMeasureReader(['temperature', 'ignition', 'driver_id', 'axles'])
  const withMeasures = (...values: unknown[]): unknown => {
    const row = readPosition(['a', 'bus', T, '104', '30', '', '', ...values], { ...settings, readMeasures: read })
    return 'measures' in row ? row.measures : row
  }
  expect(withMeasures(' -18.5', 'yes', ' 007', '2')).toEqual({
    temperature: -18.5,
    ignition: true,
    driver_id: ' 007',
    axles: 2,
  })
  expect(withMeasures('NA', '', '', '-')).toEqual({})
  expect(withMeasures('hot', 'maybe', null, undefined)).toEqual({
    attributes: '{"temperature":"hot","ignition":"maybe"}',
  })
  // From the first text on there are texts.
  expect(withMeasures(4, false, 12, '003')).toEqual({
    temperature: 4,
    ignition: false,
    driver_id: '12',
    axles: '003',
  })
  expect(withMeasures(undefined, undefined, undefined, 2)).toEqual({ axles: '2' })
  expect(withMeasures(undefined, undefined, 'x'.repeat(4_097))).toMatchObject({ reason: 'measure-text-too-long' })
  expect(withMeasures(undefined, undefined, '\uFFFD')).toMatchObject({ reason: 'not-utf-8' })
})

test('a number’s text is a number only if it says no more than that', () => {
  const readOne = (value: unknown): unknown => {
    const read = createMeasureReader(['x'])([value])
    return 'x' in read ? read.x : read
  }
  expect(['1', '-2.50', '1e3', '0.1', true, { a: [1] }].map(readOne)).toEqual([1, -2.5, 1000, 0.1, true, '{"a":[1]}'])
  const texts = ['01', '1234567890123456', '1_000', '+5', '0x10', '1e400']
  expect(texts.map(readOne)).toEqual(texts)
})

test('measures go to the batches of their rows', async () => {
  const sent: PositionRow[] = []
  const sink = createPartitionSink(
    { publish: (_, payload) => void sent.push(...rowsOfPositions(decodePositions(payload)!)) },
    { partitions: [0], by: 'cell', geohashLength: 5, batchRows: 2 },
  )
  const row = { vehicleId: 'a', vehicleType: 't', eventTime: 1, longitude: 1, latitude: 2, speed: NaN, heading: NaN }
  const rows = [{ ...row, measures: { temperature: 4.5, axles: 2 } }, row, { ...row, measures: { axles: '2' } }]
  for (const each of rows) sink.add(each)
  sink.finish()
  expect(sent).toEqual(rows)
})

test('an import that is stopped anywhere and then repeated stores every row once, since each batch is remembered by its number', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(10), async (count, stopAt) => {
      const rows = Array.from({ length: count }, (_, i) =>
        rowAt(i + 1, `v${i}`, i, 1 + ((i * 37) % 179), (i * 17) % 90),
      )
      const stopped = await importAll(rows, 'cell', stopAt)
      const remembered = new Map<string, PositionRow[]>()
      for (const { sent } of [stopped, await importAll(rows)]) {
        const next = new Map<number, number>()
        for (const batch of sent) {
          const n = (next.get(batch.partition) ?? 0) + 1
          next.set(batch.partition, n)
          const id = `${batch.partition}/${n}`
          if (!remembered.has(id)) remembered.set(id, batch.rows)
        }
      }
      const stored = [...remembered.values()].flat().map(({ vehicleId }) => vehicleId)
      expect(stored.toSorted()).toEqual(rows.map((_, i) => `v${i}`).toSorted())
    }),
    { numRuns: 100 },
  ))

const place = fc
  .record({
    id: fc.constantFrom('a', 'b', 'ç'),
    seconds: fc.nat(10_000),
    x: fc.integer({ min: -180e6, max: 180e6 }),
    y: fc.integer({ min: -90e6, max: 90e6 }),
  })
  .filter(({ x, y }) => x !== 0 || y !== 0)

test('every good row is sent once, to the partition that its cell or its vehicle decides, in the order of the input', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(place, { maxLength: 60 }),
      fc.constantFrom('cell' as const, 'vehicle' as const),
      async (places, by) => {
        const rows = places.map(({ id, seconds, x, y }, i) => rowAt(i + 1, id, seconds, x / 1e6, y / 1e6))
        const { tally, sent } = await importAll(rows, by)
        expect(tally.rows).toBe(rows.length)
        const partitionOf = ({ id, x, y }: (typeof places)[number]): number =>
          [1, 4, 6][by === 'cell' ? partitionOfCell(cellOf(x, y, 5), 3) : partitionOfText(id, 3)]
        for (const partition of [1, 4, 6]) {
          const expected = places.filter((each) => partitionOf(each) === partition)
          const actual = sent.filter((each) => each.partition === partition).flatMap((each) => each.rows)
          expect(
            actual.map((row) => [
              row.vehicleId,
              row.eventTime,
              toMicroDegrees(row.longitude),
              toMicroDegrees(row.latitude),
            ]),
          ).toEqual(expected.map(({ id, seconds, x, y }) => [id, AT + seconds * 1000, x + 0, y + 0]))
        }
      },
    ),
    { numRuns: 60 },
  ))
