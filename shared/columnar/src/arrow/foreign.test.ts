import { readFileSync } from 'node:fs'
import { fault } from '@fleetlake/core/testing'
import {
  Bool,
  Dictionary,
  Float64,
  Int32,
  Int8,
  LargeUtf8,
  Table,
  tableFromIPC,
  tableToIPC,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { Field } from 'apache-arrow/fb/field'
import { List } from 'apache-arrow/fb/list'
import { Schema } from 'apache-arrow/fb/schema'
import { Type } from 'apache-arrow/fb/type'
import { expect, test } from 'vitest'
import { FleetError, reasonOf } from '@fleetlake/core'
import { decodePositions } from './decode.ts'
import { encodeSchema } from './encode.ts'
import { decodeForeignPositions, decodeReasons } from './foreign.ts'
import { batchMessage, dictionaryMessage, type HostileBatch, joined, schemaMessage } from '../testing/hostile-stream.ts'
import { encodePositions, POSITION_FIELDS } from './position-batch.ts'
import { type PositionRow, positionsOfRows, rowsOfPositions } from '../rows/position-rows.ts'

const caseOf = (name: string): Uint8Array => readFileSync(new URL(`../testing/cases/${name}.arrow`, import.meta.url))

const row = (overrides: Partial<PositionRow> = {}): PositionRow => ({
  vehicleId: 'v',
  vehicleType: 'bus',
  eventTime: 1_700_000_000_000,
  longitude: -56,
  latitude: -34,
  speed: 1,
  heading: 90,
  ...overrides,
})

const tableOf = (columns: Record<string, unknown>): Uint8Array =>
  tableToIPC(
    new Table({
      vehicle_id: vectorFromArray(['a', 'b'], new LargeUtf8()),
      vehicle_type: vectorFromArray(['bus', 'bus'], new Utf8()),
      event_time: vectorFromArray([1, 2], new TimestampMillisecond()),
      longitude: vectorFromArray([1, 2], new Float64()),
      latitude: vectorFromArray([1, 2], new Float64()),
      ...columns,
    } as never),
    'stream',
  )

const reasonFor = (bytes: Uint8Array): string | undefined => {
  try {
    void (decodePositions(bytes) ?? decodeForeignPositions(bytes))
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

test.each(['poison-1', 'poison-2'])('%s, on which the Arrow library never comes back, is refused', (name) => {
  expect(reasonFor(caseOf(name))).toMatch(/^/)
  expect(() => decodeForeignPositions(caseOf(name))).toThrow(fault('arrow.invalid'))
  expect(() => decodeReasons(caseOf(name))).not.toThrow(RangeError)
})

test('where both readers take a stream of which one byte was changed, they read the same rows', () => {
  const good = encodePositions(positionsOfRows([row(), row({ vehicleId: 'w', eventTime: 1_700_000_001_000 })]))
  let readByBoth = 0
  for (const stream of [good, tableToIPC(tableFromIPC(good), 'stream')]) {
    for (let at = 0; at < stream.length; at++) {
      for (const step of [-1, 1, 128]) {
        const mutant = stream.slice()
        mutant[at] += step
        const [fast, slow] = [decodePositions, decodeForeignPositions].map((decode) => {
          try {
            const rows = decode(mutant)
            return rows && rowsOfPositions(rows)
          } catch (error) {
            if (error instanceof FleetError) return undefined
            throw error
          }
        })
        if (fast === undefined || slow === undefined) continue
        readByBoth++
        expect(slow, `byte ${at}, ${step}`).toEqual(fast)
      }
    }
  }
  expect(readByBoth).toBeGreaterThan(1_000)
})

test('one long id that stands in every row is refused before it is unpacked', () => {
  expect(reasonFor(caseOf('bomb'))).toBe(
    'the vehicle ids of the Arrow batch would unpack to more than 255 bytes a row: send shorter ones',
  )
})

test('a long id in a few rows is read as it is, to be judged with its row', () => {
  const ids = Array.from({ length: 300 }, (_, i) => (i === 7 ? 'x'.repeat(5_000) : `v-${i}`))
  const bytes = tableToIPC(
    new Table({
      vehicle_id: vectorFromArray(ids, new Dictionary(new Utf8(), new Int32())),
      vehicle_type: vectorFromArray(
        ids.map(() => 'bus'),
        new Utf8(),
      ),
      event_time: vectorFromArray(
        ids.map(() => 1),
        new TimestampMillisecond(),
      ),
      longitude: vectorFromArray(
        ids.map(() => 1),
        new Float64(),
      ),
      latitude: vectorFromArray(
        ids.map(() => 1),
        new Float64(),
      ),
    }),
    'stream',
  )
  expect(rowsOfPositions(decodeForeignPositions(bytes)).map(({ vehicleId }) => vehicleId)).toEqual(ids)
})

test.each([
  [
    { vehicle_id: vectorFromArray([1, 2], new Int32()) },
    "the column vehicle_id of the Arrow batch is of type Int, which can't be read as a text: send Utf8, LargeUtf8 or Utf8View, plain or in a dictionary",
  ],
  [
    { longitude: vectorFromArray(['1', '2'], new Utf8()) },
    "the column longitude of the Arrow batch is of type Utf8, which can't be read as a number: send a float, an integer or a decimal",
  ],
  [
    { event_time: vectorFromArray([true, false], new Bool()) },
    "the column event_time of the Arrow batch is of type Bool, which can't be read as a time: send a timestamp, a date, or a number of ms since 1970",
  ],
])('a column of another type is named: %#', (columns, reason) => {
  expect(reasonFor(tableOf(columns))).toBe(`${reason}`)
})

test('a column that is missing is named', () => {
  const bytes = tableToIPC(new Table({ vehicle_id: vectorFromArray(['a'], new Utf8()) }), 'stream')
  expect(reasonFor(bytes)).toBe('the Arrow batch has no column vehicle_type')
})

test('nulls where a value must be cost their row and not the batch, in our layout too', () => {
  const bytes = encodePositions(positionsOfRows([row({ vehicleId: 'a' }), row({ vehicleId: 'b' })]))
  expect(decodeReasons(bytes)).toEqual([])
  const columns = { vehicle_id: vectorFromArray(['a', null], new Utf8()) }
  expect(rowsOfPositions(decodeForeignPositions(tableOf(columns))).map(({ vehicleId }) => vehicleId)).toEqual(['a', ''])
})

test('reasons are read back', () => {
  const reasons = ['off-the-globe', 'in-the-future', 'off-the-globe']
  expect(decodeReasons(encodePositions(positionsOfRows([row(), row(), row()]), reasons))).toEqual(reasons)
})

/** Lists within lists, each of which has the next one so many times. */
const nested = (depth: number, times: number): Uint8Array =>
  schemaMessage((builder) => {
    let field = 0
    for (let level = 0; level < depth; level++) {
      List.startList(builder)
      const type = List.endList(builder)
      const inner = level === 0 ? [] : Array.from({ length: times }, () => field)
      const children = Field.createChildrenVector(builder, inner)
      Field.startField(builder)
      Field.addTypeType(builder, Type.List)
      Field.addType(builder, type)
      Field.addChildren(builder, children)
      field = Field.endField(builder)
    }
    const fields = Schema.createFieldsVector(builder, [field])
    Schema.startSchema(builder)
    Schema.addFields(builder, fields)
    return Schema.endSchema(builder)
  })

test('columns that share their parts end by their number, those that are nested by their depth', () => {
  expect(() => decodeForeignPositions(nested(50, 2))).toThrow('more than 4096 columns')
  expect(() => decodeForeignPositions(nested(100, 1))).toThrow('nested too deeply')
  expect(() => decodeForeignPositions(nested(50, 1))).toThrow('no column vehicle_id')
})

const OUR_SCHEMA = encodeSchema(POSITION_FIELDS)
const TYPES: HostileBatch = {
  rows: 1,
  nulls: [0],
  buffers: [
    [0, 0],
    [0, 8],
    [8, 3],
  ],
  body: Uint8Array.of(0, 0, 0, 0, 3, 0, 0, 0, 98, 117, 115, 0, 0, 0, 0, 0),
}
/** Every column reads the same zeros. */
const zeros = (rows: number, body: Uint8Array): HostileBatch => ({
  rows,
  nulls: [0, 0, 0, 0, 0, 0, 0],
  buffers: Array.from({ length: 15 }, () => [0, body.length] as const),
  body,
})

test.each([1e3, 2 ** 31, 2 ** 40, 2 ** 53, -1])('a batch that says it has %d rows in 64 bytes is refused', (rows) => {
  const stream = joined(OUR_SCHEMA, dictionaryMessage(1, false, TYPES), batchMessage(zeros(rows, new Uint8Array(64))))
  expect(() => decodePositions(stream)).toThrow(fault('arrow.invalid'))
  expect(() => decodeForeignPositions(stream)).toThrow(fault('arrow.invalid'))
  const dictionary = joined(OUR_SCHEMA, dictionaryMessage(1, false, { ...TYPES, rows }))
  expect(() => decodePositions(dictionary)).toThrow(fault('arrow.invalid'))
  expect(() => decodeForeignPositions(dictionary)).toThrow(fault('arrow.invalid'))
})

test('a stream holds no more rows than an eighth of its bytes', () => {
  const rows = 10_000
  const same = <Value>(value: Value): Value[] => Array.from({ length: rows }, () => value)
  const texts = () => vectorFromArray(same('a'), new Dictionary(new Utf8(), new Int8()))
  const ones = () => vectorFromArray(same(1), new Int8())
  const columns = {
    vehicle_id: texts(),
    vehicle_type: texts(),
    event_time: ones(),
    longitude: ones(),
    latitude: ones(),
  }
  const bytes = tableToIPC(new Table(columns), 'stream')
  expect(bytes.length).toBeLessThan(8 * rows)
  expect(() => decodeForeignPositions(bytes)).toThrow('it counts more rows than its bytes can hold')
  const body = new Uint8Array(8 * rows)
  const shared = joined(OUR_SCHEMA, dictionaryMessage(1, false, TYPES), batchMessage(zeros(rows, body)))
  expect(decodePositions(shared)!.length).toBe(rows)
  expect(decodeForeignPositions(shared).length).toBe(rows)
})

test.each([
  ['another dictionary', dictionaryMessage(9, false, TYPES)],
  ['none', new Uint8Array(0)],
])('a type that is in no dictionary is refused: %s', (_, dictionary) => {
  const stream = joined(OUR_SCHEMA, dictionary, batchMessage(zeros(1, new Uint8Array(64))))
  expect(decodePositions(stream)).toBeUndefined()
  expect(() => decodeForeignPositions(stream)).toThrow('a value is not in its dictionary')
})

test('a dictionary grows by what is added to it, and is replaced by another', () => {
  const more: HostileBatch = { ...TYPES, body: Uint8Array.from(TYPES.body, (byte) => (byte === 98 ? 66 : byte)) }
  const body = new Uint8Array(64)
  body[0] = 1
  // Of one row: offsets 1 and 1, type 1, and what the rest reads there.
  const batch = zeros(1, body)
  const second: HostileBatch = { ...batch, buffers: batch.buffers.map((b, i) => (i === 1 ? [8, 8] : b)) }
  const grown = joined(
    OUR_SCHEMA,
    dictionaryMessage(1, false, TYPES),
    dictionaryMessage(1, true, more),
    batchMessage(second),
  )
  expect(rowsOfPositions(decodeForeignPositions(grown))[0].vehicleType).toBe('Bus')
  const replaced = joined(
    OUR_SCHEMA,
    dictionaryMessage(1, false, TYPES),
    dictionaryMessage(1, false, more),
    batchMessage(second),
  )
  expect(() => decodeForeignPositions(replaced)).toThrow('a value is not in its dictionary')
})

test('a second schema is refused', () => {
  expect(() => decodeForeignPositions(joined(OUR_SCHEMA, OUR_SCHEMA))).toThrow('two schemas')
})
