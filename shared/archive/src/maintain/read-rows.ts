import { FleetError, type Period, reasonOf } from '@fleetlake/core'
import type { DataFrame, Expr } from 'nodejs-polars'
import { DATA_COLUMNS, PARTITION_COLUMNS } from '../schema.ts'
import type { Chunk } from '../chunk.ts'
import { isParquet, readChunkFile } from '../codec/open-codec.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { freeFrames } from './free-frames.ts'

/** Some rows of a file, as columns; speed and heading are NaN where unknown. */
export interface FileRows {
  readonly length: number
  /** May hold a text more than once. */
  readonly vehicleIds: readonly string[]
  /** Index into `vehicleIds`. */
  readonly vehicle: Uint32Array
  readonly vehicleTypes: readonly string[]
  readonly vehicleType: Uint32Array
  /** ms since the epoch. */
  readonly eventTime: Float64Array
  /** Whole millionths of a degree. */
  readonly longitude: Int32Array
  readonly latitude: Int32Array
  readonly speed: Float32Array
  readonly heading: Float32Array
}

export interface RowSelection {
  readonly period: Period
  /** Only these vehicles; all when missing. */
  readonly vehicleIds?: readonly string[] | undefined
}

/** A file of more rows is read in parts, if its format allows. */
const ROWS_AT_ONCE = 262_144
/** What a file without stats is taken for. */
const BYTES_PER_ROW = 4
const COLUMNS = DATA_COLUMNS.map(([name]) => name)
const KNOWN = new Set<string>([...COLUMNS, ...PARTITION_COLUMNS])

export const estimateRows = ({ rows, bytes }: Pick<Chunk, 'rows' | 'bytes'>): number =>
  rows ?? Math.ceil(bytes / BYTES_PER_ROW)

const unfit = ({ path }: Chunk, what: string): FleetError =>
  new FleetError('table.unsupported', `${path} can't be compacted: ${what}`)

/** Law: what a rewrite would lose is not rewritten. */
const checkColumns = (chunk: Chunk, columns: readonly string[]): void => {
  const other = columns.find((name) => !KNOWN.has(name))
  if (other !== undefined) throw unfit(chunk, `it has a column "${other}" of another writer, which would be lost`)
}

const runName = (column: string): string => `${column} run`
const startName = (column: string): string => `${column} start`

/** The texts of a column run by run, which may come again, and each row's run: rows are sorted by vehicle, so that runs are few. */
const runsOf = (frame: DataFrame, column: string): { texts: string[]; runs: Uint32Array } => {
  const runs = frame.getColumn(runName(column)).toTypedArray() as Uint32Array
  for (let i = 0; i < runs.length; i++) runs[i]--
  const starts = frame.getColumn(startName(column))
  return { texts: frame.getColumn(column).filter(starts).toArray() as string[], runs }
}

const rowsOf = (chunk: Chunk, frame: DataFrame): FileRows => {
  for (const column of COLUMNS.slice(0, 5)) {
    if (frame.getColumn(column).nullCount() > 0) throw unfit(chunk, `it has rows without ${column}`)
  }
  const { texts: vehicleIds, runs: vehicle } = runsOf(frame, 'vehicle_id')
  const { texts: vehicleTypes, runs: vehicleType } = runsOf(frame, 'vehicle_type')
  const typed = <T>(column: string): T => frame.getColumn(column).toTypedArray() as T
  const eventTime = typed<Float64Array>('event_time')
  for (let i = 0; i < eventTime.length; i++) {
    const ms = eventTime[i] / 1_000
    if (!Number.isInteger(ms)) throw unfit(chunk, 'it has times finer than a millisecond')
    eventTime[i] = ms
  }
  return {
    length: frame.height,
    vehicleIds,
    vehicle,
    vehicleTypes,
    vehicleType,
    eventTime,
    longitude: typed('longitude'),
    latitude: typed('latitude'),
    speed: typed('speed'),
    heading: typed('heading'),
  }
}

/** What makes numbers that JavaScript has of what the files hold, and what selects rows. */
const loadExpressions = async () => {
  const { default: pl } = await import('nodejs-polars')
  const instant = (ms: number): Expr =>
    pl
      .lit(ms * 1_000)
      .cast(pl.Int64)
      .cast(pl.Datetime('us', 'UTC')) as unknown as Expr
  const time = pl.col('event_time')
  const micro = (column: string): Expr => pl.col(column).cast(pl.Float64).mul(1e6).round(0).cast(pl.Int32)
  const number = (column: string): Expr => pl.col(column).cast(pl.Float32).fillNull(pl.lit(Number.NaN)).cast(pl.Float32)
  const starts = (column: string): Expr => pl.col(column).neq(pl.col(column).shift(1)).fillNull(pl.lit(true))
  return {
    pl,
    columns: [
      ...['vehicle_id', 'vehicle_type'].flatMap((column) => [
        pl.col(column),
        starts(column).alias(startName(column)),
        starts(column).cast(pl.UInt32).cumSum().alias(runName(column)),
      ]),
      time.cast(pl.Int64).cast(pl.Float64),
      micro('longitude'),
      micro('latitude'),
      number('speed'),
      number('heading'),
    ],
    filterOf: ({ period, vehicleIds }: RowSelection): Expr => {
      const within = time.gtEq(instant(period.from)).and(time.lt(instant(period.to)))
      return vehicleIds === undefined ? within : within.and(pl.col('vehicle_id').isIn([...vehicleIds]))
    },
  }
}

/** Rows of frames that were read since their memory was given back. */
let readSince = 0

/** Made once: an expression costs more than a small file. */
let expressions: ReturnType<typeof loadExpressions> | undefined

/** Cuts a period into equal parts, at least a ms each. */
const partsOf = ({ from, to }: Period, count: number): Period[] => {
  const parts = Math.min(count, to - from)
  const at = (i: number): number => from + Math.floor(((to - from) * i) / parts)
  return Array.from({ length: parts }, (_, i) => ({ from: at(i), to: at(i + 1) }))
}

const isAll = ({ period, vehicleIds }: RowSelection, { rows, from, to }: Chunk): boolean =>
  vehicleIds === undefined && rows !== undefined && period.from <= from && period.to > to

async function* readFrames(store: ObjectStore, chunk: Chunk, selection: RowSelection): AsyncGenerator<DataFrame> {
  const { path, bytes } = chunk
  expressions ??= loadExpressions()
  const { pl, columns, filterOf } = await expressions
  if (!isParquet(path) || estimateRows(chunk) <= ROWS_AT_ONCE) {
    const file = await store.get(path)
    if (file?.length !== bytes) {
      throw unfit(chunk, file === undefined ? 'it is missing' : 'it is not of the size that the log tells')
    }
    const frame = await readChunkFile(path, file)
    checkColumns(chunk, frame.columns)
    yield (isAll(selection, chunk) ? frame : frame.filter(filterOf(selection))).select(...columns)
    return
  }
  if ((await store.size(path)) !== bytes) throw unfit(chunk, 'it is missing, or not of the size that the log tells')
  const from = Math.max(selection.period.from, chunk.from)
  const period = { from, to: Math.max(from + 1, Math.min(selection.period.to, chunk.to + 1)) }
  const share = (period.to - period.from) / (chunk.to + 1 - chunk.from)
  for (const part of partsOf(period, Math.ceil((estimateRows(chunk) * share) / ROWS_AT_ONCE))) {
    const scan = pl.scanParquet(store.url(path), {
      glob: false,
      hivePartitioning: false,
      cloudOptions: await store.scanOptions(),
    })
    checkColumns(chunk, scan.columns)
    yield await scan
      .filter(filterOf({ ...selection, period: part }))
      .select(...columns)
      .collect()
  }
}

/**
 * The selected rows of a file, a bounded number at a time.
 * @throws FleetError `table.unsupported` for a file that is missing, truncated, not readable, or holds what a rewrite would lose; `store.failed`
 */
export async function* readRows(store: ObjectStore, chunk: Chunk, selection: RowSelection): AsyncGenerator<FileRows> {
  try {
    for await (const frame of readFrames(store, chunk, selection)) {
      if (frame.height === 0) continue
      readSince += frame.height
      yield rowsOf(chunk, frame)
      if (readSince < ROWS_AT_ONCE) continue
      readSince = 0
      await freeFrames()
    }
  } catch (error) {
    if (error instanceof FleetError) throw error
    // The first line: polars adds its query plan.
    throw unfit(chunk, reasonOf(error).split('\n')[0])
  }
}
