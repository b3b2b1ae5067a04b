import { encodePositions, encodePositionsOf, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import {
  Bool,
  type DataType,
  DateMillisecond,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  LargeUtf8,
  List,
  Map_,
  makeVector,
  Null,
  type RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint32,
  Utf8,
  Utf8View,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import polars from 'nodejs-polars'

type FullRow = Required<Omit<PositionRow, 'measures'>> & Pick<PositionRow, 'measures'>

/** One way to write the same positions as an Arrow stream. */
export interface ArrowLayout {
  readonly name: string
  readonly bytes: Uint8Array
  /** What it is to be read as, where that is not `SAMPLE`. */
  readonly rows?: readonly FullRow[]
}

/** Values that every layout can hold. */
export const SAMPLE: readonly FullRow[] = Array.from({ length: 40 }, (_, i) => ({
  vehicleId: i % 3 === 0 ? `v-${i}` : `a vehicle with a long name, números ${i % 7}`,
  vehicleType: ['taxi', 'ômnibus', 'an articulated bus of line 104'][i % 3],
  eventTime: 1_700_000_000_000 + i * 1_000,
  longitude: -56 + i / 16,
  latitude: -34.5 + i / 8,
  speed: i % 5 === 0 ? NaN : i / 2,
  heading: i * 4,
}))

type Columns = Record<string, Vector>

const of = <Value>(get: (row: FullRow) => Value): Value[] => SAMPLE.map(get)
const nullable = (value: number): number | null => (Number.isNaN(value) ? null : value)
const bigints = (perMs: bigint, rest = 0n): BigInt64Array =>
  BigInt64Array.from(of(({ eventTime }) => BigInt(eventTime) * perMs + rest))

const PLAIN: Columns = {
  vehicle_id: vectorFromArray(
    of((row) => row.vehicleId),
    new Utf8(),
  ),
  vehicle_type: vectorFromArray(
    of((row) => row.vehicleType),
    new Utf8(),
  ),
  event_time: makeVector({ type: new TimestampMillisecond('UTC'), data: bigints(1n) }),
  longitude: vectorFromArray(
    of((row) => row.longitude),
    new Float64(),
  ),
  latitude: vectorFromArray(
    of((row) => row.latitude),
    new Float64(),
  ),
  speed: vectorFromArray(
    of((row) => nullable(row.speed)),
    new Float32(),
  ),
  heading: vectorFromArray(
    of((row) => row.heading),
    new Float32(),
  ),
}

const written = (columns: Columns): Uint8Array => tableToIPC(new Table(columns), 'stream')
const layout = (name: string, changed: Columns, rows?: readonly FullRow[]): ArrowLayout => ({
  name,
  bytes: written({ ...PLAIN, ...changed }),
  ...(rows === undefined ? {} : { rows }),
})

const texts = (type: () => DataType): Columns => ({
  vehicle_id: vectorFromArray(
    of((row) => row.vehicleId),
    type(),
  ),
  vehicle_type: vectorFromArray(
    of((row) => row.vehicleType),
    type(),
  ),
})
const times = (type: DataType, data: BigInt64Array): Columns => ({ event_time: makeVector({ type, data } as never) })
const numbers = (type: () => DataType, value: (row: FullRow) => unknown, name: string): Columns => ({
  [name]: vectorFromArray(of(value), type()),
})

/** Columns of every kind, before, between and after ours: some are measures. */
const amongOthers = (): Uint8Array => {
  const lists = vectorFromArray(
    of((row) => [row.heading, null, 3]),
    new List(new Field('item', new Float64(), true)),
  )
  const pairs = vectorFromArray(
    of((row) => [row.longitude, row.latitude]),
    new FixedSizeList(2, new Field('item', new Float64())),
  )
  const structs = vectorFromArray(
    of((row) => ({ name: row.vehicleId, deep: [{ x: 1 }] })),
    new Struct([
      new Field('name', new Utf8View(), true),
      new Field('deep', new List(new Field('item', new Struct([new Field('x', new Int8())])))),
    ]),
  )
  return written({
    lists,
    note: vectorFromArray(
      of((row) => `a note of more than twelve letters for ${row.vehicleId}`),
      new Utf8View(),
    ),
    heading: PLAIN['heading'],
    latitude: PLAIN['latitude'],
    structs,
    flag: vectorFromArray(
      of(({ heading }) => heading % 8 === 0),
      new Bool(),
    ),
    nothing: vectorFromArray(
      of(() => null),
      new Null(),
    ),
    longitude: PLAIN['longitude'],
    pairs,
    ...texts(() => new Utf8View()),
    event_time: PLAIN['event_time'],
    colour: vectorFromArray(
      of(({ heading }) => ['red', 'blue'][heading % 2]),
      new Dictionary(new Utf8(), new Int8()),
    ),
    speed: PLAIN['speed'],
  })
}

/** Those that are measures, and the others as JSON. */
const withOthers: readonly FullRow[] = SAMPLE.map((row) => ({
  ...row,
  measures: {
    note: `a note of more than twelve letters for ${row.vehicleId}`,
    flag: row.heading % 8 === 0,
    colour: ['red', 'blue'][row.heading % 2],
    attributes: JSON.stringify({
      lists: [row.heading, null, 3],
      structs: { name: row.vehicleId, deep: [{ x: 1 }] },
      pairs: [row.longitude, row.latitude],
    }),
  },
}))

/** A measure of each type, with and without values. */
const measured: readonly FullRow[] = SAMPLE.map((row, i) => ({
  ...row,
  measures: {
    ...(i % 3 === 0 ? {} : { temperature: i / 8 }),
    ignition: i % 2 === 0,
    revision: 1_700_000_000_000_000 + i,
    ...(i % 4 === 0 ? {} : { driver_id: `driver ${i % 5}` }),
    attributes: `{"n":${i}}`,
  },
}))

/** Three batches, whose dictionaries differ: the writer replaces them or adds to them. */
const severalBatches = (): Uint8Array => {
  const type = new Dictionary(new Utf8(), new Int32(), 7)
  const names = Object.keys(PLAIN)
  const schemaOf = (columns: Columns): Schema => new Schema(names.map((n) => new Field(n, columns[n].type, true)))
  const batches: RecordBatch[] = []
  for (const [from, to] of [
    [0, 10],
    [10, 25],
    [25, 40],
  ]) {
    const columns: Columns = { ...PLAIN }
    for (const name of names) columns[name] = PLAIN[name].slice(from, to)
    columns['vehicle_type'] = vectorFromArray(
      SAMPLE.slice(from, to).map((row) => row.vehicleType),
      type,
    )
    const table = new Table(schemaOf(columns), columns as never)
    batches.push(...table.batches)
  }
  return tableToIPC(new Table(batches), 'stream')
}

const withNulls = (): ArrowLayout => {
  const rows = SAMPLE.map((row, i) => ({
    ...row,
    vehicleId: i === 3 ? '' : row.vehicleId,
    vehicleType: i === 4 ? '' : row.vehicleType,
    eventTime: i === 5 ? NaN : row.eventTime,
    longitude: i === 6 ? NaN : row.longitude,
    latitude: i === 7 ? NaN : row.latitude,
  }))
  const changed: Columns = {
    vehicle_id: vectorFromArray(
      rows.map(({ vehicleId }) => (vehicleId === '' ? null : vehicleId)),
      new Utf8(),
    ),
    vehicle_type: vectorFromArray(
      rows.map(({ vehicleType }) => (vehicleType === '' ? null : vehicleType)),
      new Dictionary(new Utf8(), new Int16()),
    ),
    event_time: vectorFromArray(
      rows.map(({ eventTime }) => nullable(eventTime)),
      new TimestampMillisecond('UTC'),
    ),
    longitude: vectorFromArray(
      rows.map(({ longitude }) => nullable(longitude)),
      new Float64(),
    ),
    latitude: vectorFromArray(
      rows.map(({ latitude }) => nullable(latitude)),
      new Float64(),
    ),
  }
  return layout('nulls in columns that must have values', changed, rows)
}

const ofPolars = (name: string, change: (frame: polars.DataFrame) => polars.DataFrame): ArrowLayout => {
  const frame = polars.DataFrame({
    vehicle_id: of((row) => row.vehicleId),
    vehicle_type: of((row) => row.vehicleType),
    event_time: of((row) => new Date(row.eventTime)),
    longitude: of((row) => row.longitude),
    latitude: of((row) => row.latitude),
    speed: of((row) => nullable(row.speed)),
    heading: of((row) => row.heading),
  })
  return { name: `polars: ${name}`, bytes: change(frame).writeIPCStream({ compression: 'uncompressed' }) }
}

/** Types that no measure can be. */
const manyTypes = (): ArrowLayout => {
  const changed: Columns = {
    pairs: vectorFromArray(
      of(({ heading, vehicleType }) => new Map([[vehicleType, heading]])),
      new Map_(
        new Field(
          'entries',
          new Struct([new Field('key', new Utf8()), new Field('value', new Float64(), true)]) as never,
        ),
      ) as never,
    ),
    seen: makeVector({ type: new TimestampMicrosecond(), data: bigints(1_000n, 4n) }),
    took: makeVector({ type: new DurationMicrosecond(), data: bigints(1_000n, 4n) }),
    counter: makeVector({ type: new Int64(), data: bigints(10_000n, 1n) }),
  }
  const rows = SAMPLE.map((row) => {
    const us = BigInt(row.eventTime) * 1_000n + 4n
    const digits = String(us)
    return {
      ...row,
      measures: {
        attributes: JSON.stringify({
          counter: String(BigInt(row.eventTime) * 10_000n + 1n),
          pairs: { [row.vehicleType]: row.heading },
          seen: new Date(row.eventTime).toISOString().replace('Z', '004'),
          took: `PT${digits.slice(0, -6)}.${digits.slice(-6)}S`,
        }),
      },
    }
  })
  return layout('types that no measure can be', changed, rows)
}

/** Types that no measure can be, as polars writes them. */
const polarsOthers = (): ArrowLayout => {
  const others = ofPolars('lists, objects, times', (frame) =>
    cast(
      frame.withColumns(
        polars
          .Series(
            'tags',
            of((row) => [row.vehicleType, null]),
            polars.List(polars.Utf8),
          )
          .cast(polars.List(polars.Categorical)),
        polars.Series(
          'deep',
          of((row) => ({ x: row.heading, y: [row.heading] })),
        ),
        polars.Series(
          'seen',
          of((row) => new Date(row.eventTime)),
        ),
        polars.Series(
          'day',
          of((row) => new Date(row.eventTime)),
        ),
        polars.Series(
          'counter',
          of((row) => String(2n ** 60n + BigInt(row.eventTime))),
          polars.Utf8,
        ),
        polars.Series(
          'price',
          of((row) => row.heading / 4),
        ),
      ),
      { day: polars.Date, price: polars.Decimal(38, 3), seen: polars.Datetime('us', 'UTC'), counter: polars.Int64 },
    ),
  )
  const rows = SAMPLE.map((row) => ({
    ...row,
    measures: {
      price: row.heading / 4,
      attributes: JSON.stringify({
        counter: String(2n ** 60n + BigInt(row.eventTime)),
        tags: [row.vehicleType, null],
        deep: { x: row.heading, y: [row.heading] },
        seen: new Date(row.eventTime).toISOString().replace('Z', '000Z'),
        day: '2023-11-14',
      }),
    },
  }))
  return { ...others, rows }
}

const cast = (frame: polars.DataFrame, types: Record<string, polars.DataType>): polars.DataFrame =>
  frame.withColumns(...Object.entries(types).map(([name, type]) => polars.col(name).cast(type)))

export const arrowLayouts = (): ArrowLayout[] => {
  const ours = encodePositions(positionsOfRows(SAMPLE))
  const reasons = encodePositions(
    positionsOfRows(SAMPLE),
    SAMPLE.map(() => 'off-the-globe'),
  )
  const noMotion = { ...PLAIN }
  delete noMotion['speed']
  delete noMotion['heading']
  return [
    { name: 'ours', bytes: ours },
    {
      name: 'ours, with reasons',
      bytes: reasons,
      rows: SAMPLE.map((row) => ({ ...row, measures: { attributes: '{"reason":"off-the-globe"}' } })),
    },
    { name: 'ours, with measures', bytes: encodePositions(positionsOfRows(measured)), rows: measured },
    {
      name: 'ours, of one source',
      bytes: encodePositionsOf('generation/run', positionsOfRows(measured)),
      rows: measured.map((row) => ({ ...row, measures: { ...row.measures, source: 'generation/run' } })),
    },
    { name: 'ours, written by Arrow JS', bytes: tableToIPC(tableFromIPC(ours), 'stream') },
    layout('Utf8', {}),
    layout(
      'LargeUtf8',
      texts(() => new LargeUtf8()),
    ),
    layout(
      'Utf8View',
      texts(() => new Utf8View()),
    ),
    layout(
      'Dictionary<Int8, Utf8>',
      texts(() => new Dictionary(new Utf8(), new Int8())),
    ),
    layout(
      'Dictionary<Int16, LargeUtf8>',
      texts(() => new Dictionary(new LargeUtf8() as never, new Int16())),
    ),
    layout(
      'Dictionary<Uint32, Utf8>',
      texts(() => new Dictionary(new Utf8(), new Uint32())),
    ),
    layout(
      'seconds',
      times(
        new TimestampSecond(),
        BigInt64Array.from(bigints(1n), (ms) => ms / 1000n),
      ),
    ),
    layout('microseconds, with a rest', times(new TimestampMicrosecond('UTC'), bigints(1_000n, 999n))),
    layout('nanoseconds, with a rest', times(new TimestampNanosecond(), bigints(1_000_000n, 999_999n))),
    layout('dates of milliseconds', times(new DateMillisecond(), bigints(1n))),
    layout('integers of milliseconds', times(new Int64(), bigints(1n))),
    layout(
      'doubles of milliseconds',
      numbers(
        () => new Float64(),
        (row) => row.eventTime + 0.5,
        'event_time',
      ),
    ),
    layout('short floats and integers', {
      ...numbers(
        () => new Float32(),
        (row) => row.longitude,
        'longitude',
      ),
      ...numbers(
        () => new Float16(),
        (row) => nullable(row.speed),
        'speed',
      ),
      ...numbers(
        () => new Int32(),
        (row) => row.heading,
        'heading',
      ),
    }),
    layout('dictionaries of numbers', {
      ...numbers(
        () => new Dictionary(new Float64(), new Int8()),
        (row) => row.latitude,
        'latitude',
      ),
      ...numbers(
        () => new Dictionary(new Float32(), new Int8()),
        (row) => nullable(row.speed),
        'speed',
      ),
    }),
    {
      name: 'without speed and heading',
      bytes: written(noMotion),
      rows: SAMPLE.map((row) => ({ ...row, speed: NaN, heading: NaN })),
    },
    { name: 'among other columns, in another order', bytes: amongOthers(), rows: withOthers },
    { name: 'several batches', bytes: severalBatches() },
    withNulls(),
    manyTypes(),
    ofPolars('texts, ms', (frame) => frame),
    polarsOthers(),
    ofPolars('categories, ns', (frame) =>
      cast(frame, {
        vehicle_id: polars.Categorical,
        vehicle_type: polars.Categorical,
        event_time: polars.Datetime('ns'),
      }),
    ),
    ofPolars('decimals, µs, as the table has them', (frame) =>
      cast(frame, {
        event_time: polars.Datetime('us', 'UTC'),
        longitude: polars.Decimal(9, 6),
        latitude: polars.Decimal(9, 6),
      }),
    ),
  ]
}
