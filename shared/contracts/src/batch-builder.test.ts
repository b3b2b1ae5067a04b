import fc from 'fast-check'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { createBatchBuilder, type EncodedBatch, type RowsToSend } from './batch-builder.ts'
import { decodePositions, measureOfName, type PositionRow, rowsOfPositions, textsOfStrings } from '@fleetlake/columnar'

const utf8 = new TextEncoder()

const batchesOf = (rows: readonly PositionRow[], limits: { maxRows: number; maxBytes?: number }): EncodedBatch[] => {
  const builder = createBatchBuilder(limits)
  const batches: EncodedBatch[] = []
  for (const row of rows) {
    const id = utf8.encode(row.vehicleId)
    const said = Object.entries(row.measures ?? {}).map(([name, value]) => ({
      measure: measureOfName(name, value),
      value,
    }))
    const append = (): boolean =>
      builder.append(
        id,
        0,
        id.length,
        builder.codeOf(row.vehicleType),
        row.eventTime,
        row.longitude,
        row.latitude,
        row.speed ?? NaN,
        row.heading ?? NaN,
        said,
      )
    if (append()) continue
    batches.push(builder.take()!)
    append()
  }
  const last = builder.take()
  if (last !== undefined) batches.push(last)
  return batches
}

const anyRow: fc.Arbitrary<PositionRow> = fc.record({
  vehicleId: fc.string({ unit: 'grapheme', maxLength: 20 }),
  vehicleType: fc.constantFrom('taxi', 'bus', 'ômnibus', 'a truck with a long name'),
  eventTime: fc.integer({ min: 0, max: 2e12 }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  speed: fc.constantFrom(NaN, 0, 12.5),
  heading: fc.constantFrom(NaN, 0, 359),
})

test('batches hold every row once and in order, and none is longer or larger than allowed', () => {
  fc.assert(
    fc.property(
      fc.array(anyRow, { maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 2_500, max: 6_000 }),
      (rows, maxRows, maxBytes) => {
        const batches = batchesOf(rows, { maxRows, maxBytes })
        expect(batches.flatMap(({ payload }) => rowsOfPositions(decodePositions(payload)!))).toEqual(rows)
        for (const batch of batches) {
          expect(batch.payload.length).toBeLessThanOrEqual(maxBytes)
          expect(batch.rows).toBeLessThanOrEqual(maxRows)
        }
      },
    ),
  )
})

const manySaid = fc.record(
  {
    temperature: fc.double({ noNaN: true }),
    ignition: fc.boolean(),
    order_id: fc.string({ unit: 'grapheme', maxLength: 40 }),
    // Of all kinds, so that a batch must end where the next row says another one.
    mood: fc.oneof(fc.integer(), fc.string({ maxLength: 5 }), fc.boolean()),
  },
  { requiredKeys: [] },
)

test('measures come with their rows, whatever they are, and batches keep to their limits', () => {
  const spoken = fc
    .tuple(anyRow, manySaid)
    .map(([bare, measures]): PositionRow => (Object.keys(measures).length === 0 ? bare : { ...bare, measures }))
  fc.assert(
    fc.property(
      fc.array(spoken, { maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 5_000, max: 9_000 }),
      (rows, maxRows, maxBytes) => {
        const batches = batchesOf(rows, { maxRows, maxBytes })
        expect(batches.flatMap(({ payload }) => rowsOfPositions(decodePositions(payload)!))).toEqual(rows)
        for (const batch of batches) expect(batch.payload.length).toBeLessThanOrEqual(maxBytes)
      },
    ),
  )
})

/** The same rows by columns. */
const columnsOf = (rows: readonly PositionRow[]): RowsToSend => {
  const typeNames = [...new Set(rows.map(({ vehicleType }) => vehicleType))].toReversed()
  const ids = [...new Set(rows.map(({ vehicleId }) => vehicleId))]
  const numbers = (of: (row: PositionRow) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row) => of(row) ?? NaN)
  return {
    vehicles: Int32Array.from(rows, ({ vehicleId }) => ids.indexOf(vehicleId)),
    vehicleIds: textsOfStrings(ids),
    types: Int32Array.from(rows, ({ vehicleType }) => typeNames.indexOf(vehicleType)),
    typeNames,
    eventTime: numbers(({ eventTime }) => eventTime),
    longitude: numbers(({ longitude }) => longitude),
    latitude: numbers(({ latitude }) => latitude),
    speed: numbers(({ speed }) => speed),
    heading: numbers(({ heading }) => heading),
    said: rows.map(({ measures }) =>
      measures === undefined
        ? undefined
        : Object.entries(measures).map(([name, value]) => ({ measure: measureOfName(name, value), value })),
    ),
  }
}

test('rows by columns make the same batches, in whatever order they are taken and however many at a time', () => {
  const spoken = fc
    .tuple(anyRow, manySaid)
    .map(([bare, measures]): PositionRow => (Object.keys(measures).length === 0 ? bare : { ...bare, measures }))
  fc.assert(
    fc.property(
      fc.array(spoken, { maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 5_000, max: 9_000 }),
      fc.nat(),
      fc.integer({ min: 1, max: 60 }),
      (rows, maxRows, maxBytes, shift, step) => {
        const order = Int32Array.from(rows, (_, i) => (i + shift) % rows.length)
        const builder = createBatchBuilder({ maxRows, maxBytes })
        const columns = columnsOf(rows)
        const batches: EncodedBatch[] = []
        for (let from = 0; from < rows.length; from += step) {
          const end = Math.min(rows.length, from + step)
          for (let at = from; at < end;) {
            at = builder.appendRows(columns, order, at, end)
            if (at < end) batches.push(builder.take()!)
          }
        }
        const last = builder.take()
        if (last !== undefined) batches.push(last)
        expect(batches).toEqual(
          batchesOf(
            Array.from(order, (place) => rows[place]),
            { maxRows, maxBytes },
          ),
        )
      },
    ),
  )
})

test('a measure of another type than it has is refused', () => {
  const builder = createBatchBuilder({ maxRows: 10 })
  const said = [{ measure: { name: 'doors', type: 'int' } as const, value: 1.5 }]
  expect(() => builder.append(new Uint8Array(1), 0, 1, 0, 0, 0, 0, 0, 0, said)).toThrow(
    fault('message.invalid', "doors is of type int and can't be 1.5"),
  )
})

test('the headers say rows, time range and bounds of each batch', () => {
  const at = (eventTime: number, longitude: number, latitude: number): PositionRow => ({
    vehicleId: 'a',
    vehicleType: 'taxi',
    eventTime,
    longitude,
    latitude,
    speed: NaN,
    heading: NaN,
  })
  expect(
    batchesOf([at(5, -56.1, -34), at(3, -56.2, -35), at(9, 1, 2)], { maxRows: 2 }).map(({ headers }) => headers),
  ).toEqual([
    { 'fleet-rows': '2', 'fleet-from': '3', 'fleet-to': '5', 'fleet-bounds': '-56.2,-35,-56.1,-34' },
    { 'fleet-rows': '1', 'fleet-from': '9', 'fleet-to': '9', 'fleet-bounds': '1,2,1,2' },
  ])
})

test('a message holds 1,200 rows with ids of 8 characters', () => {
  const rows = Array.from({ length: 1_200 }, (_, i): PositionRow => ({
    vehicleId: `v-${String(i).padStart(6, '0')}`,
    vehicleType: 'taxi',
    eventTime: 1,
    longitude: 2,
    latitude: 3,
    speed: 4,
    heading: NaN,
  }))
  expect(batchesOf(rows, { maxRows: 10_000 }).map((batch) => batch.rows)).toEqual([1_200])
})

test('a row that no batch can hold is refused, not tried for ever', () => {
  const builder = createBatchBuilder({ maxRows: 10, maxBytes: 2_500 })
  expect(() => builder.append(new Uint8Array(2_500), 0, 2_500, 0, 0, 0, 0, 0, 0)).toThrow(fault('message.invalid'))
})

test('a type that a refused row brought does not make the batch before it larger', () => {
  const longType = 't'.repeat(400)
  const builder = createBatchBuilder({ maxRows: 10_000, maxBytes: 8_192 })
  const id = new TextEncoder().encode('v')
  const append = (type: string): boolean => builder.append(id, 0, 1, builder.codeOf(type), 0, 0, 0, 0, 0)
  while (append('a'));
  expect(append(longType)).toBe(false)
  const batch = builder.take()!
  expect(batch.payload.length).toBeLessThanOrEqual(8_192)
  expect(decodePositions(batch.payload)!.vehicleTypes).toEqual(['a'])
})
