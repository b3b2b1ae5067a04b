import type { MeasureSpec } from '../measures.ts'
import { idColumnOf, type IdKey, keysBetween } from './keys.ts'
import { type PagePlace, readColumnIndex, readOffsetIndex } from './page-index.ts'
import type { ColumnChunk, MeasureChunk, RowGroup } from './read-footer.ts'
import { bytesIn, type FilePart, type Span } from './span.ts'
import { checkSum, whatIsTold } from './sums.ts'

/** Some pages of a row group, the same rows of each column, and what is needed to unpack them. */
export interface GroupPages {
  readonly group: RowGroup
  /** In the pages. */
  readonly rows: number
  /** Of the columns that are wanted, by where each begins in the file. */
  readonly columns: readonly PagesOfColumn[]
}

export interface PagesOfColumn {
  readonly chunk: ColumnChunk
  /** A dictionary, and the pages: those that are neighbours are one. */
  readonly spans: readonly Span[]
  /** CRC-32 of the header of each, in a file of ours. */
  readonly headerSums: Uint32Array | undefined
}

const chunksOf = ({ columns, measures }: RowGroup, wanted: readonly MeasureSpec[]): ColumnChunk[] =>
  [...columns, ...wanted.map(({ name }): MeasureChunk | undefined => measures.get(name))]
    .filter((chunk) => chunk !== undefined)
    .toSorted((a, b) => a.offset - b.offset)

/** What has to be read to find pages of a row group; undefined where its pages can't be found. */
export const indexSpanOf = (group: RowGroup, measures: readonly MeasureSpec[]): Span | undefined => {
  const ids = idColumnOf(group)
  if (ids?.isOrdered !== true || ids.columnIndex === undefined) return undefined
  const { indexSums } = group
  const { start } = ids.columnIndex
  if (indexSums !== undefined) return { start, end: start + indexSums.blockBytes }
  const spans: Span[] = [ids.columnIndex]
  for (const { offsetIndex } of chunksOf(group, measures)) {
    if (offsetIndex === undefined) return undefined
    spans.push(offsetIndex)
  }
  return { start: Math.min(...spans.map((span) => span.start)), end: Math.max(...spans.map(({ end }) => end)) }
}

/** Whether the pages are those of a column chunk: one right behind the other up to its end, with all its rows; only a dictionary comes before. */
const isWhole = (pages: readonly PagePlace[], { offset, bytes }: ColumnChunk, rows: number): boolean => {
  let [at, row] = [pages[0]?.offset, -1]
  for (const page of pages) {
    if (page.offset !== at || page.bytes <= 0 || page.firstRow <= row) return false
    at = page.offset + page.bytes
    row = page.firstRow
  }
  return pages.length > 0 && pages[0].offset >= offset && pages[0].firstRow === 0 && row < rows && at === offset + bytes
}

const SUM_BYTES = 4

/** They follow the offset index of their column. */
const readHeaderSums = (part: FilePart, { end }: Span, count: number): Uint32Array => {
  const bytes = bytesIn(part, { start: end, end: end + SUM_BYTES * count })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(SUM_BYTES * i, true))
}

/** @param chosen numbers of pages, ascending */
const pagesOfColumn = (
  {
    part,
    chunk,
    pages,
  }: { readonly part: FilePart; readonly chunk: ColumnChunk; readonly pages: readonly PagePlace[] },
  chosen: readonly number[],
  isOurs: boolean,
): PagesOfColumn => {
  const hasDictionary = pages[0].offset > chunk.offset
  const spans: Span[] = hasDictionary ? [{ start: chunk.offset, end: pages[0].offset }] : []
  for (const number of chosen) {
    const { offset: start, bytes } = pages[number]
    const last = spans.at(-1)
    if (last?.end === start) spans[spans.length - 1] = { start: last.start, end: start + bytes }
    else spans.push({ start, end: start + bytes })
  }
  if (!isOurs || chunk.offsetIndex === undefined) return { chunk, spans, headerSums: undefined }
  const first = hasDictionary ? 1 : 0
  const sums = readHeaderSums(part, chunk.offsetIndex, pages.length + first)
  const headerSums = Uint32Array.from([...sums.subarray(0, first), ...chosen.map((number) => sums[number + first])])
  return { chunk, spans, headerSums }
}

/**
 * The pages of a row group that may hold rows with one of the keys: with all that do.
 * @param part has its `indexSpanOf`
 * @returns undefined where that is not told by an index that is believed: not of the same rows in each column, not of all pages, or one of others that is damaged
 * @throws RangeError for an index of ours that is damaged
 */
export const findPages = (group: RowGroup, keys: readonly IdKey[], from: IndexPart): GroupPages | undefined =>
  whatIsTold(group.indexSums, () => pagesByIndex(group, keys, from))

interface IndexPart {
  readonly part: FilePart
  readonly measures: readonly MeasureSpec[]
}

const pagesByIndex = (
  group: RowGroup,
  keys: readonly IdKey[],
  { part, measures }: IndexPart,
): GroupPages | undefined => {
  const [ids, span] = [idColumnOf(group), indexSpanOf(group, measures)]
  if (ids?.columnIndex === undefined || span === undefined) return undefined
  const isOurs = group.indexSums !== undefined
  if (group.indexSums !== undefined) checkSum(bytesIn(part, span), group.indexSums.block, 'an index of its pages')
  const ranges = readColumnIndex(bytesIn(part, ids.columnIndex))
  const indexed = chunksOf(group, measures).map((chunk) => ({
    part,
    chunk,
    pages: chunk.offsetIndex === undefined ? [] : readOffsetIndex(bytesIn(part, chunk.offsetIndex)),
  }))
  const first = indexed.find(({ chunk }) => chunk === ids)?.pages ?? []
  const isBelieved =
    ranges?.length === first.length &&
    indexed.every(
      ({ chunk, pages }) =>
        isWhole(pages, chunk, group.rows) &&
        pages.length === first.length &&
        pages.every(({ firstRow }, i) => firstRow === first[i].firstRow),
    )
  if (!isBelieved) return undefined
  const chosen = [...ranges.keys()].filter((i) => {
    const range = ranges[i]
    return range !== undefined && keysBetween(keys, range).length > 0
  })
  const rowsOf = (page: number): number => (first[page + 1]?.firstRow ?? group.rows) - first[page].firstRow
  return {
    group,
    rows: chosen.reduce((sum, page) => sum + rowsOf(page), 0),
    columns: indexed.map((column) => pagesOfColumn(column, chosen, isOurs)),
  }
}

/**
 * The pages as a row group of their own, its columns one behind the other.
 * @param bytesOf gives the bytes of a span
 */
export const groupOfPages = (
  { group, rows, columns }: GroupPages,
  bytesOf: (span: Span) => Uint8Array,
): { readonly group: RowGroup; readonly part: FilePart } => {
  const bytes = new Uint8Array(bytesOfPages(columns))
  const moved = new Map<ColumnChunk, ColumnChunk>()
  let at = 0
  for (const { chunk, spans, headerSums } of columns) {
    const offset = at
    for (const span of spans) {
      bytes.set(bytesOf(span), at)
      at += span.end - span.start
    }
    const { headersCrc: _, ...rest } = chunk
    const sums = headerSums === undefined ? {} : { headerSums }
    moved.set(chunk, { ...rest, offset, bytes: at - offset, headersCrc: undefined, ...sums })
  }
  const measures = Array.from(group.measures).flatMap(([name, chunk]): [string, MeasureChunk][] => {
    const there = moved.get(chunk)
    return there === undefined ? [] : [[name, { ...there, spec: chunk.spec }]]
  })
  return {
    group: {
      ...group,
      rows,
      columns: group.columns.map((chunk) => chunk && moved.get(chunk)),
      measures: new Map(measures),
    },
    part: { bytes, start: 0 },
  }
}

const bytesOfPages = (columns: readonly PagesOfColumn[]): number =>
  columns.reduce((sum, { spans }) => sum + spans.reduce((total, { start, end }) => total + end - start, 0), 0)
