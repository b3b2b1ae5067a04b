import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { temporaryFolder } from '@fleetlake/testing'
import { parquetWriteBuffer } from 'hyparquet-writer'
import pl from 'nodejs-polars'

/** For tests: one table of positions in every form in which engines write it. */

export const CELL = '6cb13'
export const ROWS = 3_000
const START_MS = Date.UTC(2026, 10, 28, 4)

/** `vehicle time x y speed heading`, in the order of the file. */
export type FormRow = readonly [
  id: string,
  type: string,
  ms: number,
  x: number,
  y: number,
  speed: number,
  heading: number,
]

const xOf = (i: number): number => -56_174_300 + ((i * 37) % 5_000)
const yOf = (i: number): number => -34_904_200 + ((i * 53) % 5_000)
const idOf = (i: number): string => `v-${Math.floor(i / 7)}-ü`

export const rowOf = (i: number): FormRow => [
  idOf(i),
  i % 20 < 10 ? 'bus' : 'taxi',
  START_MS + i * 1_237,
  xOf(i),
  yOf(i),
  i % 4 === 0 ? Number.NaN : (i % 40) / 2,
  i % 360,
]

export const rowsOfForm = (change: (row: FormRow) => FormRow = (row) => row): FormRow[] =>
  Array.from({ length: ROWS }, (_, i) => change(rowOf(i)))

const SOURCE = `
  SELECT 'v-' || (i // 7) || '-ü' AS vehicle_id,
         CASE WHEN i % 20 < 10 THEN 'bus' ELSE 'taxi' END AS vehicle_type,
         make_timestamp((${START_MS}::BIGINT + i * 1237) * 1000) AS event_time,
         ((-56174300 + (i * 37) % 5000)::DECIMAL(18,0) / 1000000)::DECIMAL(9,6) AS longitude,
         ((-34904200 + (i * 53) % 5000)::DECIMAL(18,0) / 1000000)::DECIMAL(9,6) AS latitude,
         CASE WHEN i % 4 = 0 THEN NULL ELSE ((i % 40) / 2)::FLOAT END AS speed,
         (i % 360)::FLOAT AS heading
  FROM range(${ROWS}) AS r(i)`

/** What DuckDB writes of the columns, some of them as other expressions, with options of its own. */
const byDuckdb =
  (columns: Readonly<Record<string, string>> = {}, options = 'COMPRESSION zstd') =>
  async (): Promise<Uint8Array> => {
    const to = join(await temporaryFolder(), 'form.parquet')
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`SET TimeZone = 'UTC'`)
    const names = ['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading']
    const select = names.filter((name) => columns[name] !== '').map((name) => `${columns[name] ?? name} AS ${name}`)
    await connection.run(
      `COPY (SELECT ${select.join(', ')} FROM (${SOURCE})) TO '${to}' (FORMAT parquet, ROW_GROUP_SIZE 2048, ${options})`,
    )
    connection.closeSync()
    return new Uint8Array(await readFile(to))
  }

const byPolars =
  (options: object, change: (frame: pl.LazyDataFrame) => pl.LazyDataFrame = (frame) => frame) =>
  async (): Promise<Uint8Array> => {
    const folder = await temporaryFolder()
    const from = join(folder, 'from.parquet')
    const to = join(folder, 'to.parquet')
    await writeFile(from, await byDuckdb()())
    await change(pl.scanParquet(from)).sinkParquet(to, options).collect()
    return new Uint8Array(await readFile(to))
  }

const column = <Value>(place: number): Value[] => rowsOfForm().map((row) => row[place] as Value)

/** Columns of text and floats as they are, and others by their elements of the schema. */
const byHyparquet =
  (elements: Readonly<Record<string, object>> = {}, encodings: Readonly<Record<string, string>> = {}) =>
  async (): Promise<Uint8Array> => {
    const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }
    const float = { type: 'FLOAT', repetition_type: 'OPTIONAL' }
    const decimal = { type: 'INT32', converted_type: 'DECIMAL', precision: 9, scale: 6, repetition_type: 'REQUIRED' }
    const known = {
      vehicle_id: { ...text },
      vehicle_type: { ...text },
      event_time: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS', repetition_type: 'REQUIRED' },
      longitude: decimal,
      latitude: decimal,
      speed: float,
      heading: float,
      ...elements,
    }
    const data: Readonly<Record<string, unknown[]>> = {
      vehicle_id: column(0),
      vehicle_type: column(1),
      event_time: column<number>(2).map((ms) => new Date(ms)),
      longitude: column<number>(3).map((x) => x / 1e6),
      latitude: column<number>(4).map((y) => y / 1e6),
      speed: column<number>(5).map((speed) => (Number.isNaN(speed) ? undefined : speed)),
      heading: column(6),
    }
    const bytes = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 7 },
        ...Object.entries(known).map(([name, element]) => ({ name, ...element })),
      ],
      columnData: Object.keys(known).map((name) => ({ name, data: data[name], encoding: encodings[name] })),
      rowGroupSize: 700,
    } as unknown as Parameters<typeof parquetWriteBuffer>[0])
    return new Uint8Array(bytes)
  }

const float32 = (micro: number): number => Math.round(Math.fround(micro / 1e6) * 1e6)

export interface FormCase {
  readonly name: string
  write(): Promise<Uint8Array>
  readonly rows: readonly FormRow[]
}

const form = (name: string, write: FormCase['write'], change?: (row: FormRow) => FormRow): FormCase => ({
  name,
  write,
  rows: rowsOfForm(change),
})

/** Files of two rows 5 s apart. */
const fixture = (name: string, id: string, ms: number): FormCase => ({
  name,
  write: async () => new Uint8Array(await readFile(fileURLToPath(new URL(`./cases/${name}.parquet`, import.meta.url)))),
  rows: [
    [id, 'taxi', ms, -56_174_300, -34_904_200, 4.5, 10],
    [id, 'taxi', ms + 5_000, -56_174_200, -34_904_100, 4.5, 10],
  ],
})

const CODECS = ['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'lz4_raw', 'uncompressed']

export const FORMS: readonly FormCase[] = [
  ...CODECS.flatMap((codec) =>
    ['V1', 'V2'].map((version) =>
      form(`DuckDB, ${codec}, ${version}`, byDuckdb({}, `COMPRESSION ${codec}, PARQUET_VERSION ${version}`)),
    ),
  ),
  form('times in µs, UTC', byDuckdb({ event_time: 'event_time::TIMESTAMPTZ' })),
  form('times in ms', byDuckdb({ event_time: 'event_time::TIMESTAMP_MS' })),
  form('times in ns', byDuckdb({ event_time: 'event_time::TIMESTAMP_NS' })),
  form('times in ns, delta encoded', byDuckdb({ event_time: 'event_time::TIMESTAMP_NS' }, 'PARQUET_VERSION V2')),
  form('times finer than a ms are rounded down', byDuckdb({ event_time: `event_time + INTERVAL 999 MICROSECOND` })),
  form('times in ns finer than a ms', byDuckdb({ event_time: 'make_timestamp_ns(epoch_ns(event_time) + 999999)' })),
  form(
    'times in ns finer than a ms, delta encoded',
    byDuckdb(
      { event_time: 'make_timestamp_ns(epoch_ns(event_time) + 999999)' },
      'PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1',
    ),
  ),
  form(
    'polars, times in ms of another zone',
    byPolars({}, (frame) =>
      frame.withColumn(pl.col('event_time').cast(pl.Datetime('ms', 'UTC')).cast(pl.Datetime('ms', 'Europe/Berlin'))),
    ),
  ),
  form('polars, snappy', byPolars({ compression: 'snappy' })),
  form('polars, brotli', byPolars({ compression: 'brotli' })),
  form('polars, gzip', byPolars({ compression: 'gzip' })),
  form('polars, lz4', byPolars({ compression: 'lz4' })),
  form('decimals of INT64', byDuckdb({ longitude: 'longitude::DECIMAL(18,6)', latitude: 'latitude::DECIMAL(12,6)' })),
  form(
    'decimals of INT64, delta encoded',
    byDuckdb(
      { longitude: 'longitude::DECIMAL(18,6)', latitude: 'latitude::DECIMAL(18,8)' },
      'PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1',
    ),
  ),
  form(
    'decimals of INT32, delta encoded, of another scale',
    byDuckdb(
      { longitude: 'longitude::DECIMAL(9,6)', latitude: 'latitude::DECIMAL(9,7)' },
      'PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1',
    ),
  ),
  form(
    'decimals of fixed bytes',
    byDuckdb({ longitude: 'longitude::DECIMAL(38,6)', latitude: 'latitude::DECIMAL(30,10)' }),
  ),
  form(
    'decimals of fewer digits',
    byDuckdb({ longitude: 'round(longitude, 3)::DECIMAL(6,3)', latitude: 'round(latitude, 4)::DECIMAL(18,4)' }),
    ([id, type, ms, x, y, speed, heading]) => [
      id,
      type,
      ms,
      -Math.round(-x / 1e3) * 1e3,
      -Math.round(-y / 1e2) * 1e2,
      speed,
      heading,
    ],
  ),
  form('doubles', byDuckdb({ longitude: 'longitude::DOUBLE', latitude: 'latitude::DOUBLE' })),
  form(
    'doubles, bytes split',
    byDuckdb(
      { longitude: 'longitude::DOUBLE', latitude: 'latitude::DOUBLE' },
      'PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1',
    ),
  ),
  form(
    'floats',
    byDuckdb({ longitude: 'longitude::DOUBLE::FLOAT', latitude: 'latitude::DOUBLE::FLOAT' }),
    ([id, type, ms, x, y, speed, heading]) => [id, type, ms, float32(x), float32(y), speed, heading],
  ),
  form('texts as bytes', byDuckdb({ vehicle_id: 'encode(vehicle_id)', vehicle_type: 'encode(vehicle_type)' })),
  form('texts as an enumeration', byDuckdb({ vehicle_type: `vehicle_type::ENUM('taxi', 'bus')` })),
  form(
    'speeds as doubles, headings as whole numbers',
    byDuckdb({ speed: 'speed::DOUBLE', heading: 'heading::SMALLINT' }),
  ),
  form(
    'speeds as decimals, headings as INT64',
    byDuckdb({ speed: 'speed::DECIMAL(5,1)', heading: 'heading::BIGINT' }, 'PARQUET_VERSION V2'),
  ),
  form('no speeds', byDuckdb({ speed: '' }), ([id, type, ms, x, y, , heading]) => [id, type, ms, x, y, NaN, heading]),
  form('old types alone', byHyparquet()),
  form(
    'texts that share their beginnings, bytes of numbers apart',
    byHyparquet(
      {},
      {
        vehicle_id: 'DELTA_BYTE_ARRAY',
        vehicle_type: 'DELTA_BYTE_ARRAY',
        event_time: 'BYTE_STREAM_SPLIT',
        longitude: 'BYTE_STREAM_SPLIT',
        latitude: 'DELTA_BINARY_PACKED',
        heading: 'BYTE_STREAM_SPLIT',
      },
    ),
  ),
  form(
    'decimals of bytes',
    byHyparquet({
      longitude: { type: 'BYTE_ARRAY', converted_type: 'DECIMAL', precision: 9, scale: 6, repetition_type: 'OPTIONAL' },
      latitude: { type: 'BYTE_ARRAY', converted_type: 'DECIMAL', precision: 12, scale: 8, repetition_type: 'OPTIONAL' },
    }),
  ),
  form(
    'old types alone, times in ms',
    byHyparquet({ event_time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' } }),
  ),
  ...['time-millis', 'time-millis-local', 'time-nanos'].map((name) => fixture(name, 'trino-1', START_MS)),
  fixture('time-int96', 'spark-1', Date.UTC(2026, 10, 29, 4, 0, 0, 456)),
]
