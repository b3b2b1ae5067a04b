import { cellName, cellOf, dateOf, FleetError, type Period, reasonOf } from '@fleetlake/core'
import { gatherMeasures, gatherRows, makeRowArrays, type Rows, type Texts } from '@fleetlake/columnar'
import type { Chunk } from '../chunk.ts'
import { isParquet, readChunkFile, rowsOfFrame } from '@fleetlake/columnar/formats'
import { DATA_COLUMNS, PARTITION_COLUMNS } from '../schema.ts'
import type { ObjectStore } from '../store/object-store.ts'
import {
  createArena,
  type Footer,
  footerBytesOf,
  parseFooter,
  mayHoldTimes,
  type FilePart,
  rowsOfGroup,
} from '@fleetlake/columnar/parquet'
import { addRows, type Extremes, noRows } from './extremes.ts'
import { freeFrames } from './free-frames.ts'

export interface RowSelection {
  readonly period: Period
  /** Only these vehicles; all when missing. */
  readonly hasId?: ((ids: Texts, id: number) => boolean) | undefined
}

/** A larger file is read row group by row group, if its format allows. */
const WHOLE_BYTES = 4 * 1024 * 1024
/** What is read of such a one first: the footer, as a rule. */
const TAIL_BYTES = 64 * 1024
/** Rows of frames after which their memory is given back. */
const ROWS_AT_ONCE = 262_144
/** What a file without stats is taken for. */
const BYTES_PER_ROW = 4
const KNOWN = new Set<string>([...DATA_COLUMNS.map(([name]) => name), ...PARTITION_COLUMNS])

export const estimateRows = ({ rows, bytes }: Pick<Chunk, 'rows' | 'bytes'>): number =>
  rows ?? Math.ceil(bytes / BYTES_PER_ROW)

const unfit = ({ path }: Chunk, what: string, options?: ErrorOptions): FleetError =>
  new FleetError('table.unsupported', `${path} can't be compacted: ${what}`, options)

/** Invariant: what a rewrite would lose is not rewritten. */
const checkColumns = (chunk: Chunk, columns: readonly string[]): void => {
  const other = columns.find((name) => !KNOWN.has(name))
  if (other !== undefined) throw unfit(chunk, `it has a column "${other}" of another writer, which would be lost`)
}

/** Invariant: a file is rewritten only if its rows lie where its name in the log says, so that a rewrite never moves one. */
const checkPlace = (chunk: Chunk, { time, x, y }: Extremes): void => {
  const { date, cell, bounds } = chunk
  for (const ms of [time.min, time.max]) {
    if (!(Math.abs(ms) <= 8.64e15)) throw unfit(chunk, 'it has rows of a time that there is not')
    if (dateOf(ms) !== date) throw unfit(chunk, `it has rows of ${dateOf(ms)}, the log says ${date}`)
  }
  // Cells are rectangles: what is between two corners in a cell is in it.
  for (const [longitude, latitude] of [
    [x.min, y.min],
    [x.max, y.max],
  ]) {
    const found = cellName(cellOf(longitude, latitude, cell.length), cell.length)
    if (found !== cell) throw unfit(chunk, `it has rows of the cell ${found}, the log says ${cell}`)
  }
  const isWithin =
    time.min >= chunk.from &&
    time.max <= chunk.to &&
    x.min >= bounds.west &&
    x.max <= bounds.east &&
    y.min >= bounds.south &&
    y.max <= bounds.north
  if (!isWithin) throw unfit(chunk, 'it has rows beyond the least and greatest values that the log tells of it')
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Invariant: what is no text is refused, not replaced: two ids would become one. */
const checkIds = ({ count, offsets, bytes }: Texts): void => {
  for (let i = 0; i < count; i++) decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]))
}

/** Copies of the selected rows. */
const select = (rows: Rows, { period, hasId }: RowSelection): Rows => {
  const { eventTime, vehicle, vehicleIds } = rows
  checkIds(vehicleIds)
  const isWanted = hasId && Array.from({ length: vehicleIds.count }, (_, id) => hasId(vehicleIds, id))
  const chosen = new Uint32Array(rows.length)
  let length = 0
  for (let i = 0; i < rows.length; i++) {
    if (eventTime[i] < period.from || eventTime[i] >= period.to) continue
    if (isWanted === undefined || isWanted[vehicle[i]]) chosen[length++] = i
  }
  const arrays = gatherRows(rows, chosen.subarray(0, length), makeRowArrays(length))
  const measures = gatherMeasures(rows.measures, chosen.subarray(0, length))
  return { length, vehicleIds, vehicleTypes: rows.vehicleTypes, measures, ...arrays }
}

/** A file that is read: its rows, part by part, of which those that can't be of a period are left out. */
interface OpenFile {
  readonly rows: number
  parts(period: Period): AsyncGenerator<Rows>
}

const arena = createArena()

const parquetFile = (footer: Footer, partOf: (from: number, to: number) => Promise<FilePart>): OpenFile => ({
  rows: footer.rows,
  parts: async function* (period) {
    for (const group of footer.rowGroups) {
      if (group.rows === 0 || !mayHoldTimes(group, period)) continue
      const columns = group.columns.filter((column) => column !== undefined)
      const from = Math.min(...columns.map(({ offset }) => offset))
      const to = Math.max(...columns.map(({ offset, bytes }) => offset + bytes))
      yield rowsOfGroup(group, await partOf(from, to), arena)
    }
  },
})

const readRange = async (store: ObjectStore, chunk: Chunk, from: number, to: number): Promise<Uint8Array> => {
  const found = await store.get(chunk.path, { offset: from, length: to - from })
  if (found?.length !== to - from) throw unfit(chunk, 'it ends before its end')
  return found
}

const openFile = async (store: ObjectStore, chunk: Chunk): Promise<OpenFile> => {
  const { path, bytes } = chunk
  if (isParquet(path) && bytes > WHOLE_BYTES) {
    if ((await store.size(path)) !== bytes) throw unfit(chunk, 'it is missing, or not of the size that the log tells')
    const tail = await readRange(store, chunk, bytes - TAIL_BYTES, bytes)
    const footerAt = bytes - footerBytesOf(tail)
    if (footerAt < 0) throw unfit(chunk, 'its metadata reach beyond the file')
    const footer = parseFooter(
      footerAt < bytes - TAIL_BYTES ? await readRange(store, chunk, footerAt, bytes) : tail,
      bytes,
    )
    checkColumns(chunk, footer.names)
    return parquetFile(footer, async (from, to) => ({ bytes: await readRange(store, chunk, from, to), start: from }))
  }
  const file = await store.get(path)
  if (file?.length !== bytes) {
    throw unfit(chunk, file === undefined ? 'it is missing' : 'it is not of the size that the log tells')
  }
  if (isParquet(path)) {
    const footer = parseFooter(file)
    checkColumns(chunk, footer.names)
    return parquetFile(footer, async () => ({ bytes: file, start: 0 }))
  }
  const frame = await readChunkFile(path, file)
  checkColumns(chunk, frame.columns)
  return {
    rows: frame.height,
    parts: async function* () {
      for (const rows of rowsOfFrame(frame)) {
        yield rows
        readSince += rows.length
      }
      if (readSince < ROWS_AT_ONCE) return
      readSince = 0
      await freeFrames()
    },
  }
}

/** All rows of a file that is in memory, a part at a time. @param name ends as the file's */
export async function* rowsOfBytes(name: string, bytes: Uint8Array): AsyncGenerator<Rows> {
  if (!isParquet(name)) yield* rowsOfFrame(await readChunkFile(name, bytes))
  else for (const group of parseFooter(bytes).rowGroups) yield rowsOfGroup(group, { bytes, start: 0 }, arena)
}

/** Rows of frames that were read since their memory was given back. */
let readSince = 0

/**
 * The selected rows of a file, a bounded number at a time.
 * @param onOpen is told how many rows the file has
 * @throws FleetError `table.unsupported` for a file that is missing, truncated, not readable, of rows that lie elsewhere, or that holds what a
 * rewrite would lose; `store.failed`
 */
export async function* readRows(
  store: ObjectStore,
  chunk: Chunk,
  selection: RowSelection,
  onOpen: (rows: number) => void = () => {},
): AsyncGenerator<Rows> {
  try {
    const file = await openFile(store, chunk)
    if (chunk.rows !== undefined && chunk.rows !== file.rows) {
      throw unfit(chunk, `it has ${file.rows} rows, the log says ${chunk.rows}`)
    }
    onOpen(file.rows)
    for await (const rows of file.parts(selection.period)) {
      if (rows.length === 0) continue
      const extremes = noRows()
      addRows(extremes, rows)
      checkPlace(chunk, extremes)
      const selected = select(rows, selection)
      if (selected.length > 0) yield selected
    }
  } catch (error) {
    if (error instanceof FleetError && (error.code === 'store.failed' || error.message.includes(chunk.path)))
      throw error
    // The first line: polars adds its query plan.
    throw unfit(chunk, reasonOf(error).split('\n')[0], { cause: error })
  }
}
