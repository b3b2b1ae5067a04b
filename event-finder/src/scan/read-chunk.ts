import {
  type Arena,
  bytesIn,
  type FilePart,
  type Footer,
  footerBytesOf,
  groupOfPages,
  isWidened,
  parseFooter,
  rowsOfGroup,
  type Span,
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
import { chooseParts, type GroupPart, keysOf, spanOf } from './choose-parts.ts'
import { endOfFile, partWith, readSpan, readSpans, wholeFile } from './file-bytes.ts'
import { lengthOf, type PartRead, planReads } from './plan-reads.ts'

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
/** … where vehicles are looked for: with the filters and page indexes of a file of ours, which take that share of it at most. */
const INDEX_SHARE = 1 / 48
/** … of a file up to some 150 MB; of a larger one the rest is read after it. */
const MOST_TAIL_BYTES = 2 * 1024 * 1024
/** Neighbouring row groups are read by one request up to this number of bytes. */
const READ_BYTES = 4 * 1024 * 1024
/** … and over measures that are not asked for, up to this number of bytes: another request to the store takes as long. */
const GAP_BYTES = 256 * 1024
/** … and over pages that are not wanted of a row group that is. */
const PAGE_GAP_BYTES = 64 * 1024
/** Requests for pages that are made at once. */
const MOST_SPANS = 8
/** Filters and page indexes that lie where it takes more requests are not looked at. */
const INDEX_BOUNDS = { mostBytes: READ_BYTES, mostGap: GAP_BYTES, mostSpans: 2 }
const PIECE_ROWS = 65_536
/** A compressed position takes this many times its bytes in memory, as a frame and as rows. */
const UNPACKED = 12

const isReadWhole = ({ path, bytes }: ChunkToRead): boolean => bytes <= SMALL_FILE_BYTES || !isParquet(path)

/** What reading a chunk takes before more is known about it: of one that is not read whole its end, and what is read and made by it. */
export const memoryToOpen = (chunk: ChunkToRead): number =>
  isReadWhole(chunk) ? chunk.bytes * UNPACKED : MOST_TAIL_BYTES + SMALL_FILE_BYTES * UNPACKED

/** What a row takes while its row group is unpacked: its columns. */
const ROW_BYTES = 32

const rowsOfPart = ({ group, pages }: GroupPart): number => pages?.rows ?? group.rows

const memoryOf = (parts: readonly GroupPart[], measures: readonly MeasureSpec[]): number =>
  parts.reduce((most, part) => Math.max(most, rowsOfPart(part)), 0) *
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
    return await (isReadWhole(chunk) ? openWhole(store, chunk, options) : openLarge(store, chunk, options))
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

const rowsWith = (
  { group, pages }: GroupPart,
  parts: readonly FilePart[],
  arena: Arena,
  { layout, unreadable }: FileMeasures,
): Rows => {
  const found = pages && groupOfPages(pages, (span) => bytesIn(partWith(parts, span), span))
  const rows =
    found === undefined
      ? rowsOfGroup(group, partWith(parts, spanOf(group, layout)), arena, layout)
      : rowsOfGroup(found.group, found.part, arena, layout)
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
  const { layout } = measures
  const parts = await chooseParts(footer.rowGroups, options.search, { file: wholeFile(file), measures: layout })
  const reads = [{ spans: [{ start: 0, end: bytes }], parts }]
  const read = async (): Promise<FilePart> => ({ bytes: file, start: 0 })
  return {
    memoryBytes: Math.max(bytes * UNPACKED, memoryOf(parts, layout)),
    pieces: piecesOfReads({ ...options, measures, reads, read, bytesRead: 0 }),
    ...lacksOf(measures),
  }
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

const openLarge = async (
  store: ObjectStore,
  chunk: ChunkToRead,
  options: ReadOptions,
): Promise<ReadChunk | ChunkFault> => {
  const { path, bytes } = chunk
  const size = await store.size(path)
  if (size === undefined) return MISSING
  if (size !== bytes) return wrongSize(size, bytes)
  const read = (span: Span): Promise<FilePart> => readSpan(store, path, span)
  const isById = keysOf(options.search) !== undefined
  const tailBytes = isById
    ? Math.min(MOST_TAIL_BYTES, Math.max(TAIL_BYTES, Math.ceil(bytes * INDEX_SHARE)))
    : TAIL_BYTES
  const end = await readEnd(read, bytes, tailBytes)
  const footer = parseFooter(end.bytes, bytes)
  const measures = measuresIn(footer, options.search)
  const { layout } = measures
  const file = endOfFile(end, read, INDEX_BOUNDS)
  const parts = await chooseParts(footer.rowGroups, options.search, { file, measures: layout })
  const reads = readsOf(parts)
  const mostOf = <Value>(values: readonly Value[], bytesOf: (value: Value) => number): number =>
    values.reduce((most, value) => Math.max(most, bytesOf(value)), 0)
  return {
    // The statistics of row groups are views of the end.
    memoryBytes:
      end.bytes.length +
      mostOf(reads, ({ spans }) => lengthOf(spans)) +
      Math.max(mostOf(parts, ({ spans }) => lengthOf(spans)) * UNPACKED, memoryOf(parts, layout)),
    pieces: piecesOfReads({ ...options, measures, reads, read, bytesRead: file.bytesRead() }),
    ...lacksOf(measures),
  }
}

/** The end of a file, with its footer. */
const readEnd = async (
  read: (span: Span) => Promise<FilePart>,
  bytes: number,
  tailBytes: number,
): Promise<FilePart> => {
  const tail = await read({ start: Math.max(0, bytes - tailBytes), end: bytes })
  const start = bytes - footerBytesOf(tail.bytes)
  if (start < 0) throw new RangeError('its metadata extend beyond the file')
  if (start >= tail.start) return tail
  const before = await read({ start, end: tail.start })
  return { bytes: Buffer.concat([before.bytes, tail.bytes]), start }
}

/** Neighbouring row groups are one request, some pages of one are several at once. */
const readsOf = (parts: readonly GroupPart[]): PartRead<GroupPart>[] =>
  parts.some(({ pages }) => pages !== undefined)
    ? planReads(parts, { mostBytes: READ_BYTES, mostGap: PAGE_GAP_BYTES, mostSpans: MOST_SPANS })
    : planReads(parts, { mostBytes: READ_BYTES, mostGap: GAP_BYTES })

interface ReadsToMake extends ReadOptions {
  readonly measures: FileMeasures
  readonly reads: readonly PartRead<GroupPart>[]
  readonly read: (span: Span) => Promise<FilePart>
  /** So far. */
  readonly bytesRead: number
}

async function* piecesOfReads({
  reads,
  read,
  arena,
  measures,
  ...before
}: ReadsToMake): AsyncGenerator<ChunkPiece, void> {
  let { bytesRead } = before
  for (const { spans, parts } of reads) {
    const found = await readSpans(read, spans, MOST_SPANS)
    bytesRead += lengthOf(spans)
    for (const part of parts) {
      for (const rows of sliceRows(rowsWith(part, found, arena, measures), PIECE_ROWS)) {
        yield { rows, rowsRead: rows.length, bytesRead }
        bytesRead = 0
      }
    }
  }
  if (bytesRead > 0) yield { rows: NO_ROWS, rowsRead: 0, bytesRead }
}
