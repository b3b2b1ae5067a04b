import { FleetError, type Period, reasonOf } from '@fleetlake/core'
import type { DataFrame, Expr } from 'nodejs-polars'
import { DATA_COLUMNS, PARTITION_COLUMNS } from '../schema.ts'
import type { Chunk } from '../chunk.ts'
import { isParquet, readChunkFile } from '../codec/open-codec.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { compareUtf8 } from '../utf8-order.ts'

/** Some rows of a file, as columns; speed and heading are NaN where unknown. */
export interface FileRows {
  readonly length: number
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

const unfit = (what: string): FleetError => new FleetError('table.unsupported', what)

/** Law: what a rewrite would lose is not rewritten. */
const checkColumns = (columns: readonly string[]): void => {
  const other = columns.find((name) => !KNOWN.has(name))
  if (other !== undefined) throw unfit(`it has a column "${other}" of another writer, which would be lost`)
}

/** Texts numbered in the order of their bytes. */
const textsOf = (frame: DataFrame, column: string): { texts: string[]; codes: Uint32Array } => {
  const series = frame.getColumn(column)
  const codes = Uint32Array.from(series.rank('dense').toTypedArray() as Uint32Array, (rank) => rank - 1)
  return { texts: (series.unique().toArray() as string[]).toSorted(compareUtf8), codes }
}

const rowsOf = (frame: DataFrame): FileRows => {
  for (const column of COLUMNS.slice(0, 5)) {
    if (frame.getColumn(column).nullCount() > 0) throw unfit(`it has rows without ${column}`)
  }
  const { texts: vehicleIds, codes: vehicle } = textsOf(frame, 'vehicle_id')
  const { texts: vehicleTypes, codes: vehicleType } = textsOf(frame, 'vehicle_type')
  const typed = <T>(column: string): T => frame.getColumn(column).toTypedArray() as T
  const eventTime = typed<Float64Array>('event_time')
  for (let i = 0; i < eventTime.length; i++) {
    const ms = eventTime[i] / 1_000
    if (!Number.isInteger(ms)) throw unfit('it has times finer than a millisecond')
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

/** What selects rows, and makes numbers that JavaScript has of what the files hold. */
const expressions = async ({ period, vehicleIds }: RowSelection): Promise<{ filter: Expr; columns: Expr[] }> => {
  const { default: pl } = await import('nodejs-polars')
  const instant = (ms: number): Expr =>
    pl
      .lit(ms * 1_000)
      .cast(pl.Int64)
      .cast(pl.Datetime('us', 'UTC')) as unknown as Expr
  const time = pl.col('event_time')
  const within = time.gtEq(instant(period.from)).and(time.lt(instant(period.to)))
  const micro = (column: string): Expr => pl.col(column).cast(pl.Float64).mul(1e6).round(0).cast(pl.Int32)
  const number = (column: string): Expr => pl.col(column).cast(pl.Float32).fillNull(pl.lit(Number.NaN)).cast(pl.Float32)
  return {
    filter: vehicleIds === undefined ? within : within.and(pl.col('vehicle_id').isIn([...vehicleIds])),
    columns: [
      pl.col('vehicle_id'),
      pl.col('vehicle_type'),
      time.cast(pl.Int64).cast(pl.Float64),
      micro('longitude'),
      micro('latitude'),
      number('speed'),
      number('heading'),
    ],
  }
}

/** Cuts a period into equal parts, at least a ms each. */
const partsOf = ({ from, to }: Period, count: number): Period[] => {
  const parts = Math.min(count, to - from)
  const at = (i: number): number => from + Math.floor(((to - from) * i) / parts)
  return Array.from({ length: parts }, (_, i) => ({ from: at(i), to: at(i + 1) }))
}

async function* readFrames(store: ObjectStore, chunk: Chunk, selection: RowSelection): AsyncGenerator<DataFrame> {
  const { path, bytes } = chunk
  const isWhole = !isParquet(path) || estimateRows(chunk) <= ROWS_AT_ONCE
  if (isWhole) {
    const file = await store.get(path)
    if (file?.length !== bytes)
      throw unfit(file === undefined ? 'it is missing' : 'it is not of the size that the log tells')
    const { filter, columns } = await expressions(selection)
    const frame = await readChunkFile(path, file)
    checkColumns(frame.columns)
    yield frame.filter(filter).select(...columns)
    return
  }
  if ((await store.size(path)) !== bytes) throw unfit('it is missing, or not of the size that the log tells')
  const { default: pl } = await import('nodejs-polars')
  const from = Math.max(selection.period.from, chunk.from)
  const period = { from, to: Math.max(from + 1, Math.min(selection.period.to, chunk.to + 1)) }
  const share = (period.to - period.from) / (chunk.to + 1 - chunk.from)
  for (const part of partsOf(period, Math.ceil((estimateRows(chunk) * share) / ROWS_AT_ONCE))) {
    const { filter, columns } = await expressions({ ...selection, period: part })
    const scan = pl.scanParquet(store.url(path), {
      glob: false,
      hivePartitioning: false,
      cloudOptions: await store.scanOptions(),
    })
    checkColumns(scan.columns)
    yield await scan
      .filter(filter)
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
    for await (const frame of readFrames(store, chunk, selection)) if (frame.height > 0) yield rowsOf(frame)
  } catch (error) {
    if (error instanceof FleetError && error.code === 'store.failed') throw error
    // The first line: polars adds its query plan.
    throw new FleetError('table.unsupported', `${chunk.path} can't be compacted: ${reasonOf(error).split('\n')[0]}`, {
      cause: error,
    })
  }
}
