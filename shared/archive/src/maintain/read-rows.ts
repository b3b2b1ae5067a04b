import { cellName, cellOf, dateOf, FleetError, type Period, reasonOf } from '@fleetlake/core'
import {
  gatherMeasures,
  gatherRows,
  isTextMeasure,
  makeRowArrays,
  type MeasureSpec,
  type Rows,
  type Texts,
} from '@fleetlake/columnar'
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
  /** The table's: rows have those of them that the file has, and a file with any other column is refused. When missing, rows have all that the file has. */
  readonly measures?: readonly MeasureSpec[] | undefined
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
  new FleetError('table.unsupported', `${path} can't be read: ${what}`, options)

/** What a file has beside the columns of every position. */
interface FileColumns {
  /** Of all columns. */
  readonly names: readonly string[]
  /** Those that can be read as measures. */
  readonly measures: readonly MeasureSpec[]
}

/**
 * The measures of a file that its rows are read with. Invariant: what a rewrite would lose is not rewritten.
 * @param measures the table's
 */
const measuresOf = (
  chunk: Chunk,
  file: FileColumns,
  measures: readonly MeasureSpec[] | undefined,
): readonly MeasureSpec[] => {
  if (measures === undefined) return file.measures
  const readable = new Set(file.measures.map(({ name }) => name))
  const known = new Set(measures.map(({ name }) => name))
  for (const name of file.names) {
    if (KNOWN.has(name) || (known.has(name) && readable.has(name))) continue
    const what = known.has(name) ? 'of a type that is not read' : "that is none of the table's measures"
    throw unfit(chunk, `it has a column "${name}" ${what}, which would be lost`)
  }
  return measures.filter(({ name }) => readable.has(name))
}

/** Invariant: a file is rewritten only if its rows lie where its name in the log says, so that a rewrite never moves one. */
const checkPlace = (chunk: Chunk, { time, x, y }: Extremes): void => {
  const { date, cell, bounds } = chunk
  for (const ms of [time.min, time.max]) {
    if (!(Math.abs(ms) <= 8.64e15)) throw unfit(chunk, 'it has rows with an impossible time')
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
  if (!isWithin) throw unfit(chunk, 'it has rows outside the minimum and maximum values that the log has of it')
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Invariant: what is not a text is refused, not replaced: two ids would become one. */
const checkIds = ({ count, offsets, bytes }: Texts): void => {
  for (let i = 0; i < count; i++) decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]))
}

/** Texts of measures are stored as they came; what is not UTF-8 stays in its file. */
const checkTexts = ({ measures }: Rows): void => {
  for (const column of measures) if (isTextMeasure(column)) checkIds(column.texts)
}

/** Copies of the selected rows. */
const select = (rows: Rows, { period, hasId }: RowSelection): Rows => {
  const { eventTime, vehicle, vehicleIds } = rows
  checkIds(vehicleIds)
  checkTexts(rows)
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
  /** That its rows are read with. */
  readonly measures: readonly MeasureSpec[]
  parts(period: Period): AsyncGenerator<Rows>
}

const arena = createArena()
const ALL_TIMES: Period = { from: -Infinity, to: Infinity }

const parquetFile = (
  footer: Footer,
  measures: readonly MeasureSpec[],
  partOf: (from: number, to: number) => Promise<FilePart>,
): OpenFile => ({
  rows: footer.rows,
  measures,
  parts: async function* (period) {
    for (const group of footer.rowGroups) {
      if (group.rows === 0 || !mayHoldTimes(group, period)) continue
      const columns = [
        ...group.columns.filter((column) => column !== undefined),
        ...measures.map(({ name }) => group.measures.get(name)!),
      ]
      const from = Math.min(...columns.map(({ offset }) => offset))
      const to = Math.max(...columns.map(({ offset, bytes }) => offset + bytes))
      yield rowsOfGroup(group, await partOf(from, to), arena, measures)
    }
  },
})

const readRange = async (store: ObjectStore, chunk: Chunk, from: number, to: number): Promise<Uint8Array> => {
  const found = await store.get(chunk.path, { offset: from, length: to - from })
  if (found?.length !== to - from) throw unfit(chunk, 'unexpected end of file')
  return found
}

/** The footer of a file of which only the end is read. */
const readFooter = async (store: ObjectStore, chunk: Chunk): Promise<Footer> => {
  const { path, bytes } = chunk
  if ((await store.size(path)) !== bytes) throw unfit(chunk, 'it is missing, or its size is not the one in the log')
  const tailAt = Math.max(0, bytes - TAIL_BYTES)
  const tail = await readRange(store, chunk, tailAt, bytes)
  const footerAt = bytes - footerBytesOf(tail)
  if (footerAt < 0) throw unfit(chunk, 'its metadata extend beyond the file')
  return parseFooter(footerAt < tailAt ? await readRange(store, chunk, footerAt, bytes) : tail, bytes)
}

const openFile = async (
  store: ObjectStore,
  chunk: Chunk,
  measures: readonly MeasureSpec[] | undefined,
  wanted?: readonly MeasureSpec[],
): Promise<OpenFile> => {
  const { path, bytes } = chunk
  const heldOf = (footer: Footer): readonly MeasureSpec[] =>
    wanted === undefined
      ? measuresOf(chunk, footer, measures)
      : footer.measures.filter(({ name }) => wanted.some((spec) => spec.name === name))
  if (isParquet(path) && bytes > WHOLE_BYTES) {
    const footer = await readFooter(store, chunk)
    return parquetFile(footer, heldOf(footer), async (from, to) => ({
      bytes: await readRange(store, chunk, from, to),
      start: from,
    }))
  }
  const file = await store.get(path)
  if (file?.length !== bytes) {
    throw unfit(chunk, file === undefined ? 'it is missing' : 'its size is not the one in the log')
  }
  if (isParquet(path)) {
    const footer = parseFooter(file)
    return parquetFile(footer, heldOf(footer), async () => ({ bytes: file, start: 0 }))
  }
  const frame = await readChunkFile(path, file)
  // The types of such a file are the table's; a value of another type is a fault.
  const known = (wanted ?? measures ?? []).filter(({ name }) => frame.columns.includes(name))
  const held = wanted === undefined ? measuresOf(chunk, { names: frame.columns, measures: known }, measures) : known
  return {
    rows: frame.height,
    measures: held,
    parts: async function* () {
      for (const rows of rowsOfFrame(frame, held)) {
        yield rows
        readSince += rows.length
      }
      if (readSince < ROWS_AT_ONCE) return
      readSince = 0
      await freeFrames()
    },
  }
}

/**
 * Those of the table's measures that a file has; of a Parquet file little more than its footer is read.
 * @throws FleetError as `readRows`
 */
export const readMeasures = async (
  store: ObjectStore,
  chunk: Chunk,
  measures: readonly MeasureSpec[],
): Promise<readonly MeasureSpec[]> =>
  naming(chunk, async () =>
    isParquet(chunk.path)
      ? measuresOf(chunk, await readFooter(store, chunk), measures)
      : (await openFile(store, chunk, measures)).measures,
  )

/** All rows of a file that is in memory, a part at a time, with some measures. @param name ends as the file's */
export async function* rowsOfBytes(
  name: string,
  bytes: Uint8Array,
  measures: readonly MeasureSpec[],
): AsyncGenerator<Rows> {
  if (!isParquet(name)) yield* rowsOfFrame(await readChunkFile(name, bytes), measures)
  else for (const group of parseFooter(bytes).rowGroups) yield rowsOfGroup(group, { bytes, start: 0 }, arena, measures)
}

/**
 * All rows of a file, a row group at a time; columns that are not asked for stay packed, and rows last until the next are asked for.
 * @param measures of the table: those that rows are to have, where the file has them; other columns of it are passed over
 * @throws FleetError as `readRows`, but for rows that lie elsewhere, which are given as they are
 */
export async function* rowsOfFile(
  store: ObjectStore,
  chunk: Chunk,
  measures: readonly MeasureSpec[],
): AsyncGenerator<Rows> {
  try {
    const file = await openFile(store, chunk, undefined, measures)
    if (chunk.rows !== undefined && chunk.rows !== file.rows) {
      throw unfit(chunk, `it has ${file.rows} rows, the log says ${chunk.rows}`)
    }
    yield* file.parts(ALL_TIMES)
  } catch (error) {
    throw named(chunk, error)
  }
}

/** Rows of frames that were read since their memory was given back. */
let readSince = 0

/**
 * The selected rows of a file, a bounded number at a time.
 * @param onOpen gets the number of rows of the file
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
    const file = await openFile(store, chunk, selection.measures)
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
    throw named(chunk, error)
  }
}

/** What is wrong with a file, with its name. */
const named = (chunk: Chunk, error: unknown): unknown => {
  if (error instanceof FleetError && (error.code === 'store.failed' || error.message.includes(chunk.path))) return error
  // The first line: polars adds its query plan.
  return unfit(chunk, reasonOf(error).split('\n')[0], { cause: error })
}

const naming = async <Read>(chunk: Chunk, read: () => Promise<Read>): Promise<Read> => {
  try {
    return await read()
  } catch (error) {
    throw named(chunk, error)
  }
}
