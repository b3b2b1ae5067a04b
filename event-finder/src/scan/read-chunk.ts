import { isParquet, type ObjectStore, readChunkFile } from '@fleetlake/archive'
import { reasonOf, toDegrees } from '@fleetlake/core'
import pl, { type DataFrame, type Expr } from 'nodejs-polars'
import type { ChunkRows } from '../core/chunk-rows.ts'
import type { VehicleSearch } from '../core/search.ts'
import { CHUNK_COLUMNS, rowsOfIpc } from './ipc-rows.ts'

export interface ChunkToRead {
  /** Within the store. */
  readonly path: string
  /** As the log tells. */
  readonly bytes: number
  /** All its rows lie in the area. */
  readonly inside: boolean
}

/** Why a chunk can't be read, for people. */
export interface ChunkFault {
  readonly fault: string
}

export interface ReadChunk {
  /** Of the file; of a large one only those that the files' own filter lets pass. */
  readonly rowCount: number
  /** In the order of the file, a bounded number at a time. Throws when the columns are not the table's. */
  readonly pieces: Iterable<ChunkRows>
}

/** A Parquet file up to this size is read whole, as those of other formats always are: for polars that takes about a third of the processor of a lazy scan (`scan.bench.ts`). */
export const SMALL_FILE_BYTES = 4 * 1024 * 1024
const PIECE_ROWS = 65_536

const degrees = (micro: number): Expr => pl.lit(toDegrees(micro)).cast(pl.Decimal(9, 6)) as unknown as Expr
const instant = (ms: number): Expr =>
  pl
    .lit(ms * 1_000)
    .cast(pl.Int64)
    .cast(pl.Datetime('us', 'UTC')) as unknown as Expr

const isWithin = (column: string, low: number, high: number): Expr =>
  pl
    .col(column)
    .gtEq(degrees(low))
    .and(pl.col(column).ltEq(degrees(high)))

/** What a large file can decide by its statistics, row group by row group; the exact test comes after it. */
const predicateOf = ({ period, area, vehicleTypes, vehicleIds }: VehicleSearch, isInside: boolean): Expr => {
  const tests = [pl.col('event_time').gtEq(instant(period.from)), pl.col('event_time').lt(instant(period.to))]
  if (!isInside) {
    const { west, south, east, north } = area.bounds
    tests.push(isWithin('longitude', west, east), isWithin('latitude', south, north))
  }
  if (vehicleTypes !== undefined) tests.push(pl.col('vehicle_type').isIn([...vehicleTypes]))
  if (vehicleIds !== undefined) tests.push(pl.col('vehicle_id').isIn([...vehicleIds]))
  return tests.reduce((all, test) => all.and(test))
}

function* piecesOf(frame: DataFrame): Generator<ChunkRows> {
  for (let from = 0; from < frame.height; from += PIECE_ROWS) {
    const part = frame.height > PIECE_ROWS ? frame.slice(from, PIECE_ROWS) : frame
    yield* rowsOfIpc(part.writeIPCStream())
  }
}

const truncated = (found: number, bytes: number): ChunkFault => ({
  fault: `the file has ${found} bytes, the log says ${bytes}: it is ${found < bytes ? 'truncated' : 'not the file that was written'}`,
})

const MISSING: ChunkFault = { fault: 'the file is missing' }

/**
 * Reads a chunk. Law: a file that is missing, not of the size that the log tells or not readable is a fault, never fewer rows.
 */
export const readChunk = async (
  store: ObjectStore,
  chunk: ChunkToRead,
  search: VehicleSearch,
): Promise<ReadChunk | ChunkFault> => {
  try {
    const frame = await (chunk.bytes <= SMALL_FILE_BYTES || !isParquet(chunk.path)
      ? readWhole(store, chunk)
      : scan(store, chunk, search))
    return 'fault' in frame ? frame : { rowCount: frame.height, pieces: piecesOf(frame) }
  } catch (error) {
    return { fault: faultOf(error) }
  }
}

/** The first line: polars adds its query plan. */
export const faultOf = (error: unknown): string => `the file can't be read: ${reasonOf(error).split('\n')[0]}`

const readWhole = async (store: ObjectStore, { path, bytes }: ChunkToRead): Promise<DataFrame | ChunkFault> => {
  const file = await store.get(path)
  if (file === undefined) return MISSING
  if (file.length !== bytes) return truncated(file.length, bytes)
  return readChunkFile(path, file, CHUNK_COLUMNS)
}

const scan = async (
  store: ObjectStore,
  { path, bytes, inside }: ChunkToRead,
  search: VehicleSearch,
): Promise<DataFrame | ChunkFault> => {
  const size = await store.size(path)
  if (size === undefined) return MISSING
  if (size !== bytes) return truncated(size, bytes)
  return pl
    .scanParquet(store.url(path), {
      glob: false,
      hivePartitioning: false,
      cloudOptions: await store.scanOptions(),
    })
    .filter(predicateOf(search, inside))
    .select(...CHUNK_COLUMNS)
    .collect()
}
