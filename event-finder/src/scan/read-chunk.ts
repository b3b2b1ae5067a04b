import {
  type Arena,
  type Footer,
  footerBytesOf,
  isWidened,
  parseFooter,
  type RowGroup,
  rowsOfGroup,
  type FilePart,
} from '@fleetlake/columnar/parquet'
import { isParquet, readChunkFile, rowsOfFrame } from '@fleetlake/columnar/formats'
import { type ObjectStore } from '@fleetlake/archive'
import {
  emptyMeasure,
  lazyMeasures,
  measureRowBytes,
  type MeasureSpec,
  NO_ROWS,
  type Rows,
  withMeasures,
} from '@fleetlake/columnar'
import { type Period, reasonOf } from '@fleetlake/core'
import type { VehicleSearch } from '../core/search.ts'
import { sliceRows } from '../core/slice-rows.ts'
import { type GroupRead, planReads, type Span, spanOf } from './plan-reads.ts'
import { mayHoldMatches } from './prune-groups.ts'

export interface ChunkToRead {
  /** Within the store. */
  readonly path: string
  /** By the log. */
  readonly bytes: number
  /** All its rows lie in the area. */
  readonly inside: boolean
  /** Its matches lie within, `[from, to)`, ms; missing where no more is known than the search says. */
  readonly period?: Period | undefined
}

/** Why a chunk can't be read, for people. */
export interface ChunkFault {
  readonly fault: string
}

export interface ReadChunk {
  /** What its pieces take at once. */
  readonly memoryBytes: number
  /** In the order of the file; a piece is done with when the next is asked for. Throws when the columns are not the table's. */
  readonly pieces: AsyncIterator<ChunkPiece, void>
  /** Measures that it has in a way that can't be read, for people: its rows come without them. */
  readonly lacks?: string
}

/** A bounded number of rows, with the measures of the search in their order, and what was read for them. */
export interface ChunkPiece {
  readonly rows: Rows
  readonly rowsRead: number
  readonly bytesRead: number
}

export interface ReadOptions {
  readonly search: VehicleSearch
  readonly arena: Arena
}

/**
 * A Parquet file up to this size is read whole, as those of other formats always are: one journey to the store. Of a larger one the
 * footer comes first, then the row groups that may hold matches.
 */
export const SMALL_FILE_BYTES = 512 * 1024
/** What is read of a larger one first: the footer of some fifty row groups. */
const TAIL_BYTES = 32 * 1024
/** Neighbouring row groups are read by one request up to this number of bytes. */
const READ_BYTES = 4 * 1024 * 1024
/** … and over measures that are not asked for, up to this number of bytes: another request to the store takes as long. */
const GAP_BYTES = 256 * 1024
const PIECE_ROWS = 65_536
/** A compressed position takes this many times its bytes in memory, as a frame and as rows. */
const UNPACKED = 12

/** What reading a chunk takes before more is known about it. */
export const memoryToOpen = ({ path, bytes }: ChunkToRead): number =>
  (isParquet(path) ? Math.min(bytes, SMALL_FILE_BYTES) : bytes) * UNPACKED

/** What a row takes while its row group is unpacked: its columns. */
const ROW_BYTES = 32

const memoryOf = (groups: readonly RowGroup[], measures: readonly MeasureSpec[]): number =>
  groups.reduce((most, { rows }) => Math.max(most, rows), 0) *
  (ROW_BYTES + measureRowBytes(measures.map((spec) => ({ spec }))))

/** The first line: polars adds its query plan. */
export const faultOf = (error: unknown): string => `the file can't be read: ${reasonOf(error).split('\n')[0]}`

const wrongSize = (found: number, bytes: number): ChunkFault => ({
  fault: `the file has ${found} bytes, the log says ${bytes}: it is ${found < bytes ? 'truncated' : 'not the file that was written'}`,
})

const MISSING: ChunkFault = { fault: 'the file is missing' }

/**
 * Opens a chunk. Invariant: a file that is missing, of another size than in the log or not readable is a fault, never fewer rows. Parquet is
 * unpacked by the types that it declares, other formats by polars.
 */
export const readChunk = async (
  store: ObjectStore,
  chunk: ChunkToRead,
  { search, arena }: ReadOptions,
): Promise<ReadChunk | ChunkFault> => {
  const options = { search: withinTimes(search, chunk), arena }
  try {
    const isSmall = chunk.bytes <= SMALL_FILE_BYTES || !isParquet(chunk.path)
    return await (isSmall ? openWhole(store, chunk, options) : openLarge(store, chunk, options))
  } catch (error) {
    return { fault: faultOf(error) }
  }
}

/** The search, no longer than its matches in the file may last. */
const withinTimes = (search: VehicleSearch, { period }: ChunkToRead): VehicleSearch =>
  period === undefined
    ? search
    : {
        ...search,
        period: { from: Math.max(search.period.from, period.from), to: Math.min(search.period.to, period.to) },
      }

/** The measures of a search as a file has them. */
interface FileMeasures {
  /** What rows have, in this order. */
  readonly layout: readonly MeasureSpec[]
  /** Those of them that can't be read, for people. */
  readonly unreadable: ReadonlyMap<string, string>
}

const NO_MEASURES: FileMeasures = { layout: [], unreadable: new Map() }

/** @throws RangeError when a column that the filter looks at can't be read: rows would be missed */
const measuresIn = ({ measures: held, others }: Footer, { measures }: VehicleSearch): FileMeasures => {
  if (measures === undefined) return NO_MEASURES
  const { layout, where } = measures
  const unreadable = new Map<string, string>()
  for (const { name, type } of layout) {
    const found = held.find((spec) => spec.name === name)
    if (found !== undefined && !isWidened(found.type, type)) {
      unreadable.set(name, `its column ${name} is of type ${found.type}, not ${type}`)
    } else if (others.includes(name))
      unreadable.set(name, `its column ${name} is of a type that Fleetlake does not read`)
  }
  for (const { name } of where?.measures ?? []) {
    const reason = unreadable.get(name)
    if (reason !== undefined) throw new RangeError(reason)
  }
  return { layout, unreadable }
}

const lacksOf = ({ unreadable }: FileMeasures): Pick<ReadChunk, 'lacks'> =>
  unreadable.size === 0
    ? {}
    : { lacks: `its rows are without the columns that can't be read: ${[...unreadable.values()].join('; ')}` }

const rowsWith = (group: RowGroup, part: FilePart, arena: Arena, { layout, unreadable }: FileMeasures): Rows => {
  const rows = rowsOfGroup(group, part, arena, layout)
  if (unreadable.size === 0) return rows
  return withMeasures(
    rows,
    lazyMeasures(layout.length, (place) =>
      unreadable.has(layout[place].name) ? emptyMeasure(layout[place], rows.length) : rows.measures[place],
    ),
  )
}

const openWhole = async (
  store: ObjectStore,
  { path, bytes }: ChunkToRead,
  options: ReadOptions,
): Promise<ReadChunk | ChunkFault> => {
  const file = await store.get(path)
  if (file === undefined) return MISSING
  if (file.length !== bytes) return wrongSize(file.length, bytes)
  if (!isParquet(path)) return { memoryBytes: bytes * UNPACKED, pieces: piecesOfFrame(path, file, options) }
  const footer = parseFooter(file)
  const measures = measuresIn(footer, options.search)
  const memoryBytes = Math.max(bytes * UNPACKED, memoryOf(footer.rowGroups, measures.layout))
  return { memoryBytes, pieces: piecesOfFile(footer, file, { ...options, measures }), ...lacksOf(measures) }
}

async function* piecesOfFrame(
  path: string,
  file: Uint8Array,
  { search }: ReadOptions,
): AsyncGenerator<ChunkPiece, void> {
  let bytesRead = file.length
  for (const rows of rowsOfFrame(await readChunkFile(path, file), search.measures?.layout)) {
    yield { rows, rowsRead: rows.length, bytesRead }
    bytesRead = 0
  }
}

type GroupOptions = ReadOptions & { readonly measures: FileMeasures }

async function* piecesOfFile(
  { rowGroups }: Footer,
  file: Uint8Array,
  { search, arena, measures }: GroupOptions,
): AsyncGenerator<ChunkPiece, void> {
  let bytesRead = file.length
  for (const group of rowGroups) {
    if (!mayHoldMatches(group, search)) continue
    for (const rows of sliceRows(rowsWith(group, { bytes: file, start: 0 }, arena, measures), PIECE_ROWS)) {
      yield { rows, rowsRead: rows.length, bytesRead }
      bytesRead = 0
    }
  }
  if (bytesRead > 0) yield { rows: NO_ROWS, rowsRead: 0, bytesRead }
}

const openLarge = async (
  store: ObjectStore,
  chunk: ChunkToRead,
  options: ReadOptions,
): Promise<ReadChunk | ChunkFault> => {
  const { path, bytes } = chunk
  const size = await store.size(path)
  if (size === undefined) return MISSING
  if (size !== bytes) return wrongSize(size, bytes)
  const tail = await readRange(store, path, bytes - TAIL_BYTES, bytes)
  const footerAt = bytes - footerBytesOf(tail)
  if (footerAt < 0) throw new RangeError('its metadata extend beyond the file')
  const footer = parseFooter(
    footerAt < bytes - TAIL_BYTES ? await readRange(store, path, footerAt, bytes) : tail,
    bytes,
  )
  const measures = measuresIn(footer, options.search)
  const { layout } = measures
  const groups = footer.rowGroups.filter((group) => mayHoldMatches(group, options.search))
  const reads = planReads(groups, { mostBytes: READ_BYTES, mostGap: GAP_BYTES, measures: layout })
  const largest = (spans: readonly Span[]): number =>
    spans.reduce((most, { start, end }) => Math.max(most, end - start), 0)
  return {
    memoryBytes:
      largest(reads) +
      Math.max(largest(groups.map((group) => spanOf(group, layout))) * UNPACKED, memoryOf(groups, layout)),
    pieces: piecesOfReads(store, path, {
      ...options,
      measures,
      reads,
      footerBytes: bytes - Math.min(footerAt, bytes - tail.length),
    }),
    ...lacksOf(measures),
  }
}

const readRange = async (store: ObjectStore, path: string, start: number, end: number): Promise<Uint8Array> => {
  const from = Math.max(0, start)
  const found = await store.get(path, { offset: from, length: end - from })
  if (found?.length !== end - from) throw new RangeError('unexpected end of file')
  return found
}

interface ReadsToMake extends GroupOptions {
  readonly reads: readonly GroupRead[]
  readonly footerBytes: number
}

async function* piecesOfReads(
  store: ObjectStore,
  path: string,
  { reads, arena, measures, footerBytes }: ReadsToMake,
): AsyncGenerator<ChunkPiece, void> {
  let bytesRead = footerBytes
  for (const { start, end, groups } of reads) {
    const part = { bytes: await readRange(store, path, start, end), start }
    bytesRead += end - start
    for (const group of groups) {
      for (const rows of sliceRows(rowsWith(group, part, arena, measures), PIECE_ROWS)) {
        yield { rows, rowsRead: rows.length, bytesRead }
        bytesRead = 0
      }
    }
  }
  if (bytesRead > 0) yield { rows: NO_ROWS, rowsRead: 0, bytesRead }
}
