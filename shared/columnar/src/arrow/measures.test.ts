import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  DenseUnion,
  Dictionary,
  DurationMillisecond,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Int64,
  Int8,
  IntervalYearMonth,
  List,
  makeData,
  Null,
  SparseUnion,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  Uint32,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MeasureSpec } from '../measures.ts'
import { measureOfValues, measureValue } from '../rows/measure-columns.ts'
import { positionsOfRows, rowsOfPositions } from '../rows/position-rows.ts'
import { columnsOfSamples, measureSamples } from '../testing/measures.ts'
import { decodePositions } from './decode.ts'
import { decodeForeignPositions, decodeLetterPositions } from './foreign.ts'
import { encodeDescribedPositions, encodePositions, encodePositionsOf } from './position-batch.ts'

const ROWS = 6
const plain = positionsOfRows(
  Array.from({ length: ROWS }, (_, i) => ({
    vehicleId: `v-${i}`,
    vehicleType: 'bus',
    eventTime: 1_700_000_000_000 + i,
    longitude: i,
    latitude: -i,
  })),
)

test('measures of every type come back from a message, by both readers and by the Arrow library', () => {
  fc.assert(
    fc.property(measureSamples(ROWS), (samples) => {
      const payload = encodePositions({ ...plain, measures: columnsOfSamples(samples) })
      for (const rows of [decodePositions(payload)!, decodeForeignPositions(payload)]) {
        expect(rows.measures.map(({ spec }) => spec)).toEqual(samples.map(({ spec }) => spec))
        rows.measures.forEach((column, m) => {
          expect(Array.from({ length: ROWS }, (_, row) => measureValue(column, row))).toEqual(samples[m].values)
        })
        expect(rowsOfPositions({ ...rows, measures: [] })).toEqual(rowsOfPositions(plain))
      }
      const table = tableFromIPC(payload)
      for (const { spec, values } of samples) {
        const found = Array.from(table.getChild(spec.name)!, (value: unknown) =>
          typeof value === 'bigint' ? Number(value) : value,
        )
        expect(found).toEqual(values)
      }
    }),
  )
})

test('the source of all rows is said once, beside other measures, and comes back by both readers and by the Arrow library', () => {
  const samples = measureSamples(ROWS).filter((some) => some.every(({ spec }) => spec.name !== 'source'))
  fc.assert(
    fc.property(samples, fc.string({ unit: 'binary' }), (some, source) => {
      const measured = { ...plain, measures: columnsOfSamples(some) }
      const payload = encodePositionsOf(source, measured)
      const expected = rowsOfPositions(measured).map((row) => ({ ...row, measures: { ...row.measures, source } }))
      for (const rows of [decodePositions(payload)!, decodeForeignPositions(payload)]) {
        expect(rowsOfPositions(rows)).toEqual(expected)
      }
      expect([...tableFromIPC(payload).getChild('source')!]).toEqual(Array<string>(ROWS).fill(source))
    }),
  )
})

test('a source takes a byte a row and some hundreds a message', () => {
  const rows = positionsOfRows(
    Array.from({ length: 1_000 }, (_, i) => ({
      vehicleId: 'v',
      vehicleType: 'bus',
      eventTime: i,
      longitude: 1,
      latitude: 2,
    })),
  )
  const added = encodePositionsOf('generation/0123456789abcdef', rows).length - encodePositions(rows).length
  expect(added).toBeGreaterThanOrEqual(1_000)
  expect(added).toBeLessThan(1_700)
})

test('texts by a small dictionary are read with nulls, and a number that is not in it is damage', () => {
  const rowsWith = (numbers: readonly (number | null)[]): Uint8Array => {
    const table = tableFromIPC(encodePositions(plain))
    const type = new Dictionary(new Utf8(), new Int8(), 7)
    const dictionary = vectorFromArray(['a', 'b'], new Utf8())
    const data = Int8Array.from(numbers, (number) => number ?? 0)
    const nullBitmap = Uint8Array.of(numbers.reduce<number>((bits, n, i) => bits | (n === null ? 0 : 1 << i), 0))
    const nullCount = numbers.filter((number) => number === null).length
    const column = new Vector([
      makeData({ type, data, dictionary, nullCount, ...(nullCount === 0 ? {} : { nullBitmap }) }),
    ])
    return tableToIPC(table.assign(new Table({ state: column })), 'stream')
  }
  const payload = rowsWith([1, null, 0, 0, null, 1])
  const values = ['b', null, 'a', 'a', null, 'b']
  for (const { measures } of [decodePositions(payload)!, decodeForeignPositions(payload)]) {
    expect(measures.map(({ spec }) => spec)).toEqual([{ name: 'state', type: 'string' }])
    expect(values.map((_, row) => measureValue(measures[0], row))).toEqual(values)
  }
  for (const number of [2, 127, -1]) {
    expect(() => decodePositions(rowsWith([0, 1, number, 0, 0, 0]))).toThrow(/not in its dictionary/)
  }
})

test('an answer tells units and descriptions, which a move does not, and readers that know nothing of them read on', () => {
  const specs: MeasureSpec[] = [
    { name: 'pressure', type: 'double', unit: 'bar', description: 'of the tyres · ümläut' },
    { name: 'doors', type: 'int' },
    { name: 'remark', type: 'string', description: 'by hand' },
  ]
  const rows = { ...plain, measures: specs.map((spec) => measureOfValues(spec, Array(ROWS).fill(null))) }
  const answer = encodeDescribedPositions(rows)
  expect(decodePositions(answer)!.measures.map(({ spec }) => spec)).toEqual(specs)
  const bare = specs.map(({ name, type }) => ({ name, type }))
  expect(decodePositions(encodePositions(rows))!.measures.map(({ spec }) => spec)).toEqual(bare)
  expect(decodeForeignPositions(answer).measures.map(({ spec }) => spec)).toEqual(bare)
  const [pressure, doors] = tableFromIPC(answer).schema.fields.slice(7)
  expect([...pressure.metadata]).toEqual([
    ['unit', 'bar'],
    ['description', 'of the tyres · ümläut'],
  ])
  expect(doors.metadata.size).toBe(0)
})

test('a unit or a description is cut where it is longer than an answer may tell, before it is looked at', () => {
  const spec: MeasureSpec = {
    name: 'pressure',
    type: 'double',
    unit: 'ä'.repeat(100_000),
    description: 'x'.repeat(300),
  }
  const answer = encodeDescribedPositions({ ...plain, measures: [measureOfValues(spec, Array(ROWS).fill(1))] })
  expect(decodePositions(answer)!.measures[0].spec).toEqual({
    name: 'pressure',
    type: 'double',
    unit: 'ä'.repeat(40),
    description: 'x'.repeat(250),
  })
})

test('a message without measures is the same bytes as ever', () => {
  const bytes = encodePositions(plain)
  expect(decodePositions(bytes)!.measures).toEqual([])
})

const foreign = (columns: Record<string, unknown>): Uint8Array => {
  const table = tableFromIPC(encodePositions(plain))
  const ours = Object.fromEntries(table.schema.fields.map(({ name }) => [name, table.getChild(name)!]))
  return tableToIPC(new Table({ ...ours, ...columns } as never), 'stream')
}

test("others' columns are read by their types, whatever their names", () => {
  const of = <Value>(value: Value): Value[] => Array<Value>(ROWS).fill(value)
  const rows = decodeForeignPositions(
    foreign({
      axles: vectorFromArray(of(3), new Int8()),
      counter: vectorFromArray(of(4_000_000_000), new Uint32()),
      fuel: vectorFromArray(of(0.5), new Float32()),
      open: vectorFromArray(of(true), new Bool()),
      state: vectorFromArray(of('loading'), new Dictionary(new Utf8(), new Int8())),
      'Not A Name': vectorFromArray(of(1), new Int8()),
      deep: vectorFromArray(of({ x: 1 }), new Struct([new Field('x', new Int8())])),
    }),
  )
  expect(rows.measures.map(({ spec }) => [spec.name, spec.type])).toEqual([
    ['axles', 'int'],
    ['counter', 'long'],
    ['fuel', 'float'],
    ['open', 'boolean'],
    ['state', 'string'],
    ['Not A Name', 'int'],
    ['attributes', 'string'],
  ])
  expect(rowsOfPositions(rows)[5].measures).toEqual({
    axles: 3,
    counter: 4_000_000_000,
    fuel: 0.5,
    open: true,
    state: 'loading',
    'Not A Name': 1,
    attributes: '{"deep":{"x":1}}',
  })
})

const same = <Value>(value: Value): Value[] => Array.from({ length: ROWS }, () => value)

/** What a message says beside, as both readers read it. */
const saidIn = (bytes: Uint8Array): unknown[] => {
  const said = rowsOfPositions(decodeForeignPositions(bytes)).map(({ measures }) => measures)
  const fast = decodePositions(bytes)
  if (fast !== undefined) expect(rowsOfPositions(fast).map(({ measures }) => measures)).toEqual(said)
  return said
}

const BIG = [1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n), null, 2n ** 60n + 1n]

test.each([
  ['int64', (): Vector => vectorFromArray(BIG, new Int64()), BIG],
  [
    'uint64',
    (): Vector => vectorFromArray([...BIG.slice(0, 3), 2n ** 64n - 1n, null, 5n], new Uint64()),
    [...BIG.slice(0, 3), 2n ** 64n - 1n, null, 5n],
  ],
] as const)(
  'of %s what a double does not hold is in the attributes, digit by digit, and all else in its column',
  (_, column, values) => {
    const expected = values.map((value) => {
      if (value === null) return { deg: 1 }
      const isHeld = Number.isSafeInteger(Number(value))
      return isHeld ? { counter: Number(value), deg: 1 } : { attributes: `{"counter":"${value}"}`, deg: 1 }
    })
    const deg = vectorFromArray(Array(ROWS).fill(1), new Float64())
    expect(saidIn(foreign({ counter: column(), deg }))).toEqual(expected)
  },
)

test('our own layout with a large whole number is read as any other', () => {
  const bytes = encodePositions({
    ...plain,
    measures: [
      measureOfValues({ name: 'counter', type: 'long' }, [1, 2, 3, 4, 5, 6]),
      measureOfValues({ name: 'attributes', type: 'string' }, ['{"a":1}', null, 'text', null, '{}', null]),
    ],
  })
  // Each value of the one column of longs becomes 2^53 more.
  const large = bytes.slice()
  for (let at = 0; at + 48 <= large.length; at += 8) {
    const longs = new BigInt64Array(large.slice(at, at + 48).buffer)
    if (!longs.every((value, i) => value === BigInt(i + 1))) continue
    new DataView(large.buffer).setBigInt64(at, 2n ** 53n + 1n, true)
    new DataView(large.buffer).setBigInt64(at + 16, -(2n ** 53n) - 3n, true)
  }
  expect(saidIn(large)).toEqual([
    { attributes: '{"a":1,"counter":"9007199254740993"}' },
    { counter: 2 },
    { attributes: '{"attributes":"text","counter":"-9007199254740995"}' },
    { counter: 4 },
    { attributes: '{}', counter: 5 },
    { counter: 6 },
  ])
})

test('decimals are numbers as far as a double has their digits, else their digits', () => {
  const words = (value: bigint): number[] => {
    const all = BigInt.asUintN(128, value)
    return [0n, 32n, 64n, 96n].map((by) => Number((all >> by) & 0xffffffffn))
  }
  const values = [-1250n, 10n ** 15n, 10n ** 15n + 1n, -(10n ** 30n) - 7n, 5n, 0n]
  const data = makeData({
    type: new Decimal(2, 38, 128),
    length: ROWS,
    nullCount: 0,
    data: Uint32Array.from(values.flatMap(words)),
  })
  expect(saidIn(foreign({ price: new Vector([data]) }))).toEqual([
    { price: -12.5 },
    { price: 1e13 },
    { attributes: '{"price":"10000000000000.01"}' },
    { attributes: '{"price":"-10000000000000000000000000000.07"}' },
    { price: 0.05 },
    { price: 0 },
  ])
})

test('columns that no measure can be are in the attributes as JSON', () => {
  const of = <Value>(value: Value): (Value | null)[] => [value, null, value, value, value, value]
  const said = saidIn(
    foreign({
      stops: vectorFromArray(of([1, null, 3]), new List(new Field('item', new Int8()))),
      names: vectorFromArray(of(['a', 'é"']), new List(new Field('item', new Utf8()))),
      deep: vectorFromArray(
        of({ x: 1.5, y: [true, false], z: 2n ** 60n }),
        new Struct([
          new Field('x', new Float32()),
          new Field('y', new List(new Field('item', new Bool()))),
          new Field('z', new Int64()),
        ]) as never,
      ),
      pair: vectorFromArray(of([1, 2]), new FixedSizeList(2, new Field('item', new Int32()))),
      seen: new Vector([
        makeData({
          type: new TimestampMicrosecond('UTC'),
          length: ROWS,
          nullCount: 1,
          nullBitmap: Uint8Array.of(0b111101),
          data: new BigInt64Array(ROWS).fill(1_767_600_000_123_004n),
        }),
      ]),
      local: vectorFromArray(of(1_767_600_000_000), new TimestampMillisecond()),
      day: vectorFromArray(of(new Date('2026-01-05')), new DateDay()),
      clock: vectorFromArray(of(3_661_000n * 1_000_000n + 5n), new TimeNanosecond()),
      took: vectorFromArray(of(-1_500n), new DurationMillisecond()),
      raw: vectorFromArray(of(Uint8Array.of(1, 2, 255)), new Binary()),
      kinds: vectorFromArray(of(['bus', 'taxi']), new List(new Field('item', new Utf8()))),
    }),
  ) as { attributes?: string }[]
  expect(said[1]).toBeUndefined()
  for (const row of [0, 2, 5]) {
    expect(JSON.parse(said[row].attributes!)).toEqual({
      stops: [1, null, 3],
      names: ['a', 'é"'],
      deep: { x: 1.5, y: [true, false], z: '1152921504606846976' },
      pair: [1, 2],
      seen: '2026-01-05T08:00:00.123004Z',
      local: '2026-01-05T08:00:00.000',
      day: '2026-01-05',
      clock: '01:01:01.000000005',
      took: 'PT-1.500S',
      raw: 'AQL/',
      kinds: ['bus', 'taxi'],
    })
  }
})

test('values of several types in one column, and intervals, are in the attributes too', () => {
  const [numbers, words] = [
    makeData({
      type: new Int32(),
      length: ROWS,
      nullCount: 0,
      data: Int32Array.from({ length: ROWS }, (_, i) => 10 * i),
    }),
    vectorFromArray(['a', 'b', 'c', 'd', 'e', 'f'], new Utf8()).data[0],
  ]
  const fields = [new Field('n', new Int32()), new Field('w', new Utf8())]
  const typeIds = Int8Array.of(0, 5, 0, 5, 5, 0)
  const sparse = makeData({
    type: new SparseUnion([0, 5], fields) as never,
    length: ROWS,
    nullCount: 0,
    typeIds,
    children: [numbers, words],
  } as never)
  const dense = makeData({
    type: new DenseUnion([0, 5], fields) as never,
    length: ROWS,
    nullCount: 0,
    typeIds,
    valueOffsets: Int32Array.of(1, 5, 2, 0, 0, 3),
    children: [numbers, words],
  } as never)
  const months = makeData({
    type: new IntervalYearMonth(),
    length: ROWS,
    nullCount: 0,
    data: Int32Array.of(1, 2, 3, 4, 5, 14),
  } as never)
  const said = saidIn(
    foreign({ sparse: new Vector([sparse]), dense: new Vector([dense]), months: new Vector([months as never]) }),
  ) as { attributes: string }[]
  expect(said.map(({ attributes }) => JSON.parse(attributes))).toEqual([
    { sparse: 0, dense: 10, months: 'P1M' },
    { sparse: 'b', dense: 'f', months: 'P2M' },
    { sparse: 20, dense: 20, months: 'P3M' },
    { sparse: 'd', dense: 'a', months: 'P4M' },
    { sparse: 'e', dense: 'a', months: 'P5M' },
    { sparse: 50, dense: 30, months: 'P14M' },
  ])
})

test('an object in `attributes` is what the device says there, and what is added follows within it', () => {
  const said = saidIn(
    foreign({
      attributes: vectorFromArray(same({ a: 1 }), new Struct([new Field('a', new Int8())]) as never),
      list: vectorFromArray(same([1]), new List(new Field('item', new Int8()))),
    }),
  )
  expect(said[3]).toEqual({ attributes: '{"a":1,"list":[1]}' })
})

/** The same with names of columns replaced by others of the same length. */
const renamed = (bytes: Uint8Array, names: Readonly<Record<string, string>>): Uint8Array => {
  const copy = Buffer.from(bytes)
  for (const [name, other] of Object.entries(names)) copy.write(other, copy.indexOf(name))
  return new Uint8Array(copy)
}

test('of two columns of one name the first counts, and the other is in the attributes with an underscore', () => {
  const numbers = (from: number): Vector => {
    const values = Array.from({ length: ROWS }, (_, i) => from + i)
    return vectorFromArray(values, new Float64())
  }
  const said = saidIn(
    renamed(foreign({ load: numbers(0), loaQ: numbers(10), speeQ: numbers(20), loaZ: numbers(30) }), {
      loaQ: 'load',
      speeQ: 'speed',
      loaZ: 'load',
    }),
  )
  expect(said[2]).toEqual({ load: 2, attributes: '{"load_":12,"speed_":22,"load__":32}' })
})

test('of two columns of one name neither is lost, though no measure can be the first', () => {
  const columns = {
    load: vectorFromArray(same([1]), new List(new Field('item', new Int8()))),
    loaQ: vectorFromArray(Array(ROWS).fill(5), new Int8()),
  }
  const said = saidIn(renamed(foreign(columns), { loaQ: 'load' }))
  expect(said[0]).toEqual({ attributes: '{"load":[1],"load_":5}' })
})

test('what a device calls reason is kept, and why a letter was refused is not', () => {
  const bytes = encodePositions(plain, Array(ROWS).fill('off-the-globe'))
  expect(saidIn(bytes)[0]).toEqual({ attributes: '{"reason":"off-the-globe"}' })
  expect(decodeLetterPositions(bytes).measures).toEqual([])
})

test('lists that would unpack to more than a message may hold are refused, in bounded time', () => {
  // Values that take no bytes.
  const type = new FixedSizeList(20_000, new Field('item', new Null(), true))
  const child = makeData({ type: new Null(), length: 20_000 })
  const list = new Vector([makeData({ type, length: 1, nullCount: 0, child } as never)])
  const one = positionsOfRows([{ vehicleId: 'v', vehicleType: 'bus', eventTime: 0, longitude: 0, latitude: 0 }])
  const table = tableFromIPC(encodePositions(one))
  const columns = Object.fromEntries(table.schema.fields.map(({ name }) => [name, table.getChild(name)!]))
  const bytes = tableToIPC(new Table({ ...columns, list } as never), 'stream')
  expect(() => decodeForeignPositions(bytes)).toThrow(/unpack to too much/)
})

test('more measures than a batch may have are refused', () => {
  const columns = Object.fromEntries(
    Array.from({ length: 257 }, (_, i) => [`m_${i}`, vectorFromArray(Array(ROWS).fill(i), new Float32())]),
  )
  expect(() => decodeForeignPositions(foreign(columns))).toThrow(/more than 256 measures/)
})
