import { crc32 } from 'node:zlib'
import { formatGroupSums, formatSums, INDEX_SUMS_KEY, ROOT_NAME, SUM_DIGITS, SUMS_KEY } from './sums.ts'
import { makeFilter } from './block-filter.ts'
import { Bytes } from './bytes.ts'
import type { PagePlace } from './page-index.ts'
import { type Column, type ColumnHead, type ColumnPlan, headOf, isOptional, planColumn, rowsOf } from './plan-column.ts'
import { CODEC, ENCODING, MARK, PAGE, PAGE_FIELD, type PageKind, PHYSICAL, REPETITION } from './format.ts'
import { definitionLevels } from './runs.ts'
import type { Span } from './span.ts'
import { binary, bool, i32, i64, list, type Struct, struct, text, type Value, writeStruct } from './thrift.ts'
import { type GroupToIndex, type IndexPlaces, writeIndexes } from './write-index.ts'

export interface ParquetOptions {
  readonly columns: readonly Column[]
  /** ZSTD, any level. */
  readonly compress: (bytes: Uint8Array) => Uint8Array
  readonly createdBy: string
  readonly pageRows?: number
  /** The column of strings that rows are found by, by a filter of each row group and a page index; none when missing. */
  readonly findBy?: string | undefined
}

/** A Parquet file that is being written, row group by row group. */
export interface ParquetFile {
  /** Of what is written so far. */
  readonly bytes: number
  /**
   * Writes a row group.
   * @param columns of the same names and types for every row group; nothing of them is kept
   * @throws RangeError when there are no rows, the columns differ in length or a time is out of range
   */
  add(columns: readonly Column[]): void
  /** The whole file, which has at least one row group; a view of the writer's own memory. */
  finish(): Uint8Array
}

export interface ParquetFileOptions extends Omit<ParquetOptions, 'columns'> {
  /** Where it is written; is emptied. One with enough room does not have to grow, which copies. */
  readonly out: Bytes
}

/**
 * A Parquet file with data pages v2, and min, max and null count of every column in every row group.
 * Texts are dictionary encoded, timestamps (µs, UTC-adjusted) and decimals delta encoded, floats dictionary encoded while few
 * are distinct, else plain: encodings that Spark 3.3, Trino, DuckDB, Polars and ClickHouse all read. Each page carries the format's own CRC-32;
 * the headers of pages and the footer, which it does not cover, have theirs under a key of our own.
 */
export const startParquet = ({
  compress,
  createdBy,
  out,
  pageRows = 131_072,
  findBy,
}: ParquetFileOptions): ParquetFile => {
  out.length = 0
  out.append(MAGIC)
  const groups: WrittenGroup[] = []
  // Of a row group with a few rows more than its pages are to have, the rest would be a page of its own.
  const evenly = (rows: number): number =>
    findBy === undefined ? pageRows : Math.ceil(rows / Math.max(1, Math.round(rows / pageRows)))
  let schema: readonly ColumnHead[] = []
  let rowCount = 0
  return {
    get bytes() {
      return out.length
    },
    add: (columns) => {
      const rows = columns.length > 0 ? rowsOf(columns[0]) : 0
      if (rows === 0 || columns.some((column) => rowsOf(column) !== rows)) {
        throw new RangeError('a Parquet file needs columns of the same number of rows, at least one')
      }
      const at = out.length
      const chunks = columns.map((column) =>
        writeColumn(out, planColumn(column), { compress, rows, pageRows: evenly(rows), findBy }),
      )
      groups.push({ chunks, rows, at })
      schema = chunks.map(({ head }) => head)
      rowCount += rows
    },
    finish: () => {
      const indexes = writeIndexes(out, groups.flatMap(toIndexOf))
      const footer = out.length
      const sums = formatSums(groups.flatMap(({ chunks }) => chunks.map(({ headersCrc }) => headersCrc)))
      const pairs = [
        [SUMS_KEY, sums],
        ...(indexes.length === 0 ? [] : [[INDEX_SUMS_KEY, formatGroupSums(indexes.map((index) => index.sums))]]),
      ]
      const root = struct([4, text(ROOT_NAME)], [5, i32(schema.length)])
      writeStruct(out, {
        fields: [
          [1, i32(2)],
          [2, list('struct', [root, ...schema.map(schemaElement)])],
          [3, i64(rowCount)],
          [
            4,
            list(
              'struct',
              groups.map((group, i) => rowGroup(group, indexes.at(i))),
            ),
          ],
          [
            5,
            list(
              'struct',
              pairs.map(([key, value]) => struct([1, text(key)], [2, text(value)])),
            ),
          ],
          [6, text(createdBy)],
          // TypeDefinedOrder for each column: without it readers ignore the min and max of texts.
          [
            7,
            list(
              'struct',
              schema.map(() => struct([1, struct()])),
            ),
          ],
        ],
      })
      putFooterSum(out.bytes.subarray(footer, out.length), sums)
      out.uint32(out.length - footer)
      out.append(MAGIC)
      return out.written()
    },
  }
}

/** Puts the CRC-32 of the rest of the footer where zeros keep its place. */
const putFooterSum = (footer: Uint8Array, sums: string): void => {
  const view = Buffer.from(footer.buffer, footer.byteOffset, footer.length)
  const at = view.lastIndexOf(sums)
  const sum = crc32(view.subarray(at + SUM_DIGITS), crc32(view.subarray(0, at)))
  view.write(sum.toString(16).padStart(SUM_DIGITS, '0'), at, 'latin1')
}

/**
 * One Parquet file of one row group, as `startParquet` makes them.
 * @throws RangeError when there are no rows, the columns differ in length or a time is out of range
 */
export const encodeParquet = ({ columns, ...options }: ParquetOptions): Uint8Array => {
  const file = startParquet({ ...options, out: fileBytes })
  file.add(columns)
  return file.finish().slice()
}

const MAGIC = new TextEncoder().encode(MARK)
const PHYSICAL_OF = {
  string: PHYSICAL.bytes,
  timestamp: PHYSICAL.int64,
  date: PHYSICAL.int32,
  decimal: PHYSICAL.int32,
  float: PHYSICAL.float,
  double: PHYSICAL.double,
  int: PHYSICAL.int32,
  long: PHYSICAL.int64,
  boolean: PHYSICAL.boolean,
  text: PHYSICAL.bytes,
} as const

const schemaElement = (column: ColumnHead): Value => {
  const name = text(column.name)
  const type = i32(PHYSICAL_OF[column.type])
  switch (column.type) {
    case 'string':
      return struct([1, type], [3, i32(REPETITION.required)], [4, name], [6, i32(0)], [10, struct([1, struct()])])
    case 'timestamp': {
      const micros = struct([1, bool(true)], [2, struct([2, struct()])])
      // Converted type 10 is TIMESTAMP_MICROS, for readers older than logical types.
      return struct([1, type], [3, i32(REPETITION.required)], [4, name], [6, i32(10)], [10, struct([8, micros])])
    }
    case 'date':
      // Converted type 6 is DATE, logical type 6 too.
      return struct([1, type], [3, i32(REPETITION.required)], [4, name], [6, i32(6)], [10, struct([6, struct()])])
    case 'decimal': {
      const [scale, precision] = [i32(column.scale), i32(column.precision)]
      const logical = struct([5, struct([1, scale], [2, precision])])
      return struct(
        [1, type],
        [3, i32(REPETITION.required)],
        [4, name],
        [6, i32(5)],
        [7, scale],
        [8, precision],
        [10, logical],
      )
    }
    case 'float':
    case 'double':
    case 'int':
    case 'long':
    case 'boolean':
      return struct([1, type], [3, i32(REPETITION.optional)], [4, name])
    case 'text':
      return struct([1, type], [3, i32(REPETITION.optional)], [4, name], [6, i32(0)], [10, struct([1, struct()])])
  }
}

interface WrittenGroup {
  readonly chunks: readonly Written[]
  readonly rows: number
  readonly at: number
}

/** Of a row group that has a column by which rows are found. */
const toIndexOf = ({ chunks }: WrittenGroup): GroupToIndex[] => {
  const found = chunks.find(({ keys }) => keys !== undefined)?.keys
  return found === undefined ? [] : [{ ...found, columns: chunks }]
}

/** What the end of the file says of a column chunk. Invariant: nothing of it holds rows, of which a file has more than there is memory for. */
interface Written extends Pick<ColumnPlan, 'encoding' | 'range'> {
  readonly head: ColumnHead
  readonly codec: number
  readonly rows: number
  readonly nulls: number
  readonly pages: readonly PagePlace[]
  readonly compressed: number
  readonly uncompressed: number
  /** Where the first data page and the dictionary page begin. */
  readonly dataAt: number
  readonly dictionaryAt: number | undefined
  /** CRC-32 of the headers of its pages, one after the other, and of each alone. */
  readonly headersCrc: number
  readonly headerSums: readonly number[]
  /** Of the column that rows are found by. */
  readonly keys: Pick<GroupToIndex, 'filter' | 'ranges'> | undefined
}

type WriteOptions = Required<Pick<ParquetOptions, 'compress' | 'pageRows'>> &
  Pick<ParquetOptions, 'findBy'> & { readonly rows: number }

/** What the pages of a column hold, while its values are at hand. */
const keysOf = (
  { keys }: ColumnPlan,
  pages: readonly PagePlace[],
  rows: number,
): Pick<GroupToIndex, 'filter' | 'ranges'> | undefined =>
  keys && {
    filter: makeFilter(keys.values),
    ranges: pages.map(({ firstRow }, i) => keys.rangeOf(firstRow, pages[i + 1]?.firstRow ?? rows)),
  }

/** Below this many bytes a page costs more to compress (15 µs a call in Node) than it saves. */
const WORTH_COMPRESSING = 512
// Writing is synchronous, so one buffer of each kind serves all.
const fileBytes = new Bytes(1 << 20)
const dictionaryPage = new Bytes(1 << 12)
const dataPage = new Bytes(1 << 16)
const levels = new Bytes(1 << 10)

const countPresent = (present: Int32Array | undefined, from: number, to: number): number => {
  if (present === undefined) return to - from
  let count = 0
  for (let row = from; row < to; row++) count += present[row]
  return count
}

const writeColumn = (out: Bytes, plan: ColumnPlan, { compress, rows, pageRows, findBy }: WriteOptions): Written => {
  const start = out.length
  const { dictionary, present } = plan
  const hasLevels = isOptional(plan.column)
  let uncompressed = 0
  let headersCrc = 0
  const headerSums: number[] = []
  const put = (page: Page): void => {
    const header = writePage(out, page)
    headersCrc = crc32(header, headersCrc)
    headerSums.push(crc32(header))
    uncompressed += header.length + page.fullSize
  }
  const pages: PagePlace[] = []
  let values = 0
  const fill = (from: number, to: number): void => {
    const count = countPresent(present, from, to)
    levels.length = 0
    if (hasLevels) definitionLevels(levels, present, from, to)
    dataPage.length = 0
    plan.write(dataPage, values, values + count)
    values += count
  }
  dictionaryPage.length = 0
  dictionary?.write(dictionaryPage)
  fill(0, Math.min(rows, pageRows))
  // A data page can say that it is stored as it is, a dictionary page can't: it is as the column's codec says.
  const isWorthIt = Math.max(dictionaryPage.length, dataPage.length) >= WORTH_COMPRESSING
  const codec = isWorthIt ? CODEC.zstd : CODEC.none
  if (dictionary !== undefined) {
    const body = dictionaryPage.written()
    const header = struct([1, i32(dictionary.count)], [2, i32(ENCODING.plain)])
    put({
      kind: 'dictionary',
      fullSize: body.length,
      parts: [codec === CODEC.zstd ? compress(body) : body],
      header,
    })
  }
  const dataAt = out.length
  for (let from = 0; from < rows; from += pageRows) {
    const to = Math.min(rows, from + pageRows)
    const before = values
    if (from > 0) fill(from, to)
    const count = from > 0 ? values - before : values
    const body = dataPage.written()
    const packed = codec === CODEC.zstd && body.length >= WORTH_COMPRESSING ? compress(body) : body
    const isCompressed = packed.length < body.length
    const offset = out.length
    put({
      kind: 'data-v2',
      fullSize: levels.length + body.length,
      parts: [levels.written(), isCompressed ? packed : body],
      header: struct(
        [1, i32(to - from)],
        [2, i32(to - from - count)],
        [3, i32(to - from)],
        [4, i32(ENCODING[plan.encoding])],
        [5, i32(levels.length)],
        [6, i32(0)],
        [7, bool(isCompressed)],
      ),
    })
    pages.push({ offset, bytes: out.length - offset, firstRow: from })
  }
  const dictionaryAt = dictionary === undefined ? undefined : start
  return {
    head: headOf(plan.column),
    encoding: plan.encoding,
    range: plan.range,
    codec,
    rows,
    nulls: rows - values,
    pages,
    compressed: out.length - start,
    uncompressed,
    dataAt,
    dictionaryAt,
    headersCrc,
    headerSums,
    keys: plan.column.name === findBy ? keysOf(plan, pages, rows) : undefined,
  }
}

interface Page {
  readonly kind: PageKind
  readonly fullSize: number
  readonly parts: readonly Uint8Array[]
  readonly header: Value
}

/** @returns its header, in place until more is written */
const writePage = (out: Bytes, { kind, fullSize, parts, header }: Page): Uint8Array => {
  const start = out.length
  let [size, crc] = [0, 0]
  for (const part of parts) {
    size += part.length
    crc = crc32(part, crc)
  }
  writeStruct(out, {
    fields: [
      [1, i32(PAGE[kind])],
      [2, i32(fullSize)],
      [3, i32(size)],
      [4, i32(crc | 0)],
      [PAGE_FIELD[kind], header],
    ],
  })
  const end = out.length
  for (const part of parts) out.append(part)
  return out.bytes.subarray(start, end)
}

const rowGroup = ({ chunks, rows, at }: WrittenGroup, index: IndexPlaces | undefined): Value => {
  const sum = (of: (chunk: Written) => number): number => chunks.reduce((total, chunk) => total + of(chunk), 0)
  return struct(
    [
      1,
      list(
        'struct',
        chunks.map((chunk, place) => columnChunk(chunk, index, place)),
      ),
    ],
    [2, i64(sum(({ uncompressed }) => uncompressed))],
    [3, i64(rows)],
    [5, i64(at)],
    [6, i64(sum(({ compressed }) => compressed))],
  )
}

/** A span as two fields, its start and its length. */
const placeOf = (id: number, span: Span | undefined): Struct['fields'] =>
  span === undefined
    ? []
    : [
        [id, i64(span.start)],
        [id + 1, i32(span.end - span.start)],
      ]

const columnChunk = (
  { head, encoding, range, codec, rows, nulls, pages, compressed, uncompressed, dataAt, dictionaryAt, keys }: Written,
  index: IndexPlaces | undefined,
  place: number,
): Value => {
  const exact = range && bool(true)
  const hasDictionary = dictionaryAt !== undefined
  const used = [
    ENCODING[encoding],
    ...(hasDictionary ? [ENCODING.plain] : []),
    ...(isOptional(head) ? [ENCODING.rle] : []),
  ]
  const statistics = struct(
    [3, i64(nulls)],
    [5, range && binary(range.max)],
    [6, range && binary(range.min)],
    [7, exact],
    [8, exact],
  )
  const pageCounts = [
    ...(hasDictionary ? [struct([1, i32(PAGE.dictionary)], [2, i32(ENCODING.plain)], [3, i32(1)])] : []),
    struct([1, i32(PAGE['data-v2'])], [2, i32(ENCODING[encoding])], [3, i32(pages.length)]),
  ]
  const metaData = struct(
    [1, i32(PHYSICAL_OF[head.type])],
    [2, list('i32', used.map(i32))],
    [3, list('binary', [text(head.name)])],
    [4, i32(codec)],
    [5, i64(rows)],
    [6, i64(uncompressed)],
    [7, i64(compressed)],
    [9, i64(dataAt)],
    [11, hasDictionary ? i64(dictionaryAt) : undefined],
    [12, statistics],
    [13, list('struct', pageCounts)],
    ...(keys === undefined ? [] : placeOf(14, index?.filter)),
  )
  return struct(
    [2, i64(0)],
    [3, metaData],
    ...placeOf(4, index?.offsetIndexes[place]),
    ...(keys === undefined ? [] : placeOf(6, index?.columnIndex)),
  )
}
