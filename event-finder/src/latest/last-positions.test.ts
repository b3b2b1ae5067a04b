import { createIdTable, measureOfValues, type Rows, rowsOfArrays, textAt, textsOfStrings } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLastPositions } from './last-positions.ts'

/** Vehicle, time, longitude, latitude, speed, heading, type, revision, order. */
type Row = readonly [string, number, number, number, number, number, string, number | null, string | null]

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom('a', 'bü', 'c'),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: -1, max: 1 }),
  fc.integer({ min: -1, max: 1 }),
  fc.constantFrom(NaN, 0, 3),
  fc.constantFrom(NaN, 0, 90),
  fc.constantFrom('bus', 'taxi'),
  fc.constantFrom(null, 1, 2),
  fc.constantFrom(null, 'o1', 'o2'),
)

const rowsOf = (rows: readonly Row[]): Rows =>
  rowsOfArrays({
    length: rows.length,
    vehicleIds: textsOfStrings(rows.map(([id]) => id)),
    vehicle: Int32Array.from(rows.keys()),
    vehicleTypes: rows.map(([, , , , , , type]) => type),
    vehicleType: Int32Array.from(rows.keys()),
    eventTime: Float64Array.from(rows, ([, time]) => time),
    longitude: Int32Array.from(rows, ([, , x]) => x),
    latitude: Int32Array.from(rows, ([, , , y]) => y),
    speed: Float32Array.from(rows, ([, , , , speed]) => speed),
    heading: Float32Array.from(rows, ([, , , , , heading]) => heading),
    measures: [
      measureOfValues(
        { name: 'revision', type: 'long' },
        rows.map(([, , , , , , , revision]) => revision),
      ),
      measureOfValues(
        { name: 'order_id', type: 'string' },
        rows.map((each) => each[8]),
      ),
    ],
  })

const low = (value: number | null): number => (value === null || Number.isNaN(value) ? -Infinity : value)

const isGreater = (a: Row, b: Row): boolean => {
  const values = ([id, time, x, y, speed, heading, type, revision]: Row): (number | string)[] => [
    time,
    low(revision),
    x,
    y,
    id,
    low(speed),
    low(heading),
    type,
  ]
  const [first, second] = [values(a), values(b)]
  const at = first.findIndex((value, i) => value !== second[i])
  return at >= 0 && first[at] > second[at]
}

/** Brute force. */
const expected = (rows: readonly Row[], keyOf: (each: Row) => string | null): Map<string, unknown[]> => {
  const found = new Map<string, Row>()
  for (const each of rows) {
    const key = keyOf(each)
    if (key === null) continue
    const known = found.get(key)
    if (known === undefined || isGreater(each, known)) found.set(key, each)
  }
  return new Map(
    [...found].map(([key, [id, time, x, y, speed, heading, type]]) => [key, [id, time, x, y, speed, heading, type]]),
  )
}

const plain = (rows: Rows, by: string | undefined): Map<string, unknown[]> =>
  new Map(
    Array.from({ length: rows.length }, (_, i) => {
      const id = textAt(rows.vehicleIds, rows.vehicle[i])
      const [measure] = rows.measures
      const key = by === undefined || !('texts' in measure) ? id : textAt(measure.texts, measure.codes[i])
      return [
        key,
        [
          id,
          rows.eventTime[i],
          rows.longitude[i],
          rows.latitude[i],
          rows.speed[i],
          rows.heading[i],
          rows.vehicleTypes[rows.vehicleType[i]],
        ],
      ]
    }),
  )

test.each([
  ['vehicles', undefined, (each: Row) => each[0]],
  ['orders', 'order_id', (each: Row) => each[8]],
])('the last position of %s is the greatest row of each, in any order and again', (_, by, keyOf) =>
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 6 }), (batches) => {
      const positions = createLastPositions(by)
      for (const batch of [...batches, ...batches.toReversed()]) positions.fold(rowsOf(batch))
      const wanted = expected(batches.flat(), keyOf)
      expect(plain(positions.take(), by)).toEqual(wanted)
      expect(positions.size).toBe(wanted.size)
      for (const key of wanted.keys()) {
        const number = positions.find(key)
        expect(
          plain(
            positions.take((each) => each === number),
            by,
          ),
        ).toEqual(new Map([[key, wanted.get(key)]]))
      }
      expect(positions.find('none')).toBe(-1)
    }),
  ),
)

test('a vehicle takes less than 160 bytes, and what was taken stays as it was', () => {
  const positions = createLastPositions()
  const vehicles = 100_000
  const ids = createIdTable()
  const encoder = new TextEncoder()
  for (let i = 0; i < vehicles; i++) {
    const id = encoder.encode(`v-7k3f9a-${i}`)
    ids.numberOf(id, 0, id.length)
  }
  const fold = (time: number): void =>
    positions.fold(
      rowsOfArrays({
        length: vehicles,
        vehicleIds: ids.texts(),
        vehicle: Int32Array.from({ length: vehicles }, (_, i) => i),
        vehicleTypes: ['bus'],
        vehicleType: new Int32Array(vehicles),
        eventTime: new Float64Array(vehicles).fill(time),
        longitude: new Int32Array(vehicles),
        latitude: new Int32Array(vehicles),
      }),
    )
  fold(1)
  const taken = positions.take()
  fold(2)
  expect([taken.eventTime[7], positions.take().eventTime[7]]).toEqual([1, 2])
  expect(positions.bytes / vehicles).toBeLessThan(160)
})
