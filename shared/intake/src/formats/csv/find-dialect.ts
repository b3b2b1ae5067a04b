import type { ReadOptions } from '../format.ts'
import { cutRecords, newRecords } from './cut-records.ts'
import { DELIMITERS, type Dialect, uniqueNames } from './dialect.ts'

/** Records of the head that are looked at. */
const MOST_RECORDS = 200
const MOST_COLUMNS = 1_024
const LF = 0x0a
const BOM = [0xef, 0xbb, 0xbf]

interface Head {
  readonly cells: readonly (readonly string[])[]
  /** Where each record begins, and its line. */
  readonly from: readonly number[]
  readonly lines: readonly number[]
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const recordsOf = (head: Uint8Array, begin: number, delimiter: string): Head => {
  const bytes = head.slice()
  const records = newRecords(mostCells(bytes, delimiter.charCodeAt(0)), MOST_RECORDS)
  cutRecords(
    bytes,
    { from: begin, to: bytes.length, line: 1, delimiter: delimiter.charCodeAt(0), isLast: head.length < 64 * 1024 },
    records,
  )
  const cells = Array.from({ length: records.rows }, (_, row) =>
    Array.from({ length: Math.min(records.starts.length, Math.abs(records.cells[row])) }, (_unused, column) =>
      utf8.decode(bytes.subarray(records.starts[column][row], records.ends[column][row])).trim(),
    ),
  )
  return {
    cells,
    from: [...records.from.subarray(0, records.rows)],
    lines: [...records.lines.subarray(0, records.rows)],
  }
}

/** Cells of the line that has most delimiters. */
const mostCells = (bytes: Uint8Array, delimiter: number): number => {
  let most = 0
  let cells = 0
  for (let i = 0; i < bytes.length && most < MOST_COLUMNS; i++) {
    if (bytes[i] === LF) cells = 0
    else if (bytes[i] === delimiter) most = Math.max(most, ++cells)
  }
  return most + 1
}

const looksLikeNumber = (cell: string): boolean => /^[+-]?\d[\d.,:TZ/ +-]*$/.test(cell)
const isComment = (cells: readonly string[]): boolean => /^(#|\/\/)/.test(cells[0] ?? '')

/**
 * How the beginning of a text is delimited, and where its header is: the record from which on most records have the same number of cells, past titles, comments, `sep=;` and blank
 * lines. A header is a record without a number in it that another one follows with numbers.
 * @param head the first bytes
 * @returns undefined where no delimiter gives records of two cells at least
 */
export const findDialect = (
  head: Uint8Array,
  options: Pick<ReadOptions, 'delimiter' | 'hasHeader' | 'skipLines'>,
): Dialect | undefined => {
  const begin = BOM.every((byte, i) => head[i] === byte) ? 3 : 0
  const said = /^sep=(.)\r?\n/.exec(utf8.decode(head.subarray(begin, begin + 8)))?.[1]
  const told = options.delimiter ?? said
  const candidates: readonly string[] = told === undefined ? DELIMITERS : [told]
  const found = candidates
    .map((delimiter) => ({ delimiter, head: recordsOf(head, begin, delimiter) }))
    .map(({ delimiter, head: records }) => ({ delimiter, records, columns: usualColumns(records) }))
    .toSorted((a, b) => b.columns.records * (b.columns.cells - 1) - a.columns.records * (a.columns.cells - 1))[0]
  if (found === undefined || found.records.cells.length === 0) return undefined
  const { delimiter, records, columns } = found
  if (columns.cells < 2 && told === undefined) return undefined
  return dialectOf(records, {
    delimiter,
    columns: columns.cells,
    bytes: head.length,
    hasHeader: options.hasHeader,
    skipLines: options.skipLines,
  })
}

/** The number of cells that most records have. */
const usualColumns = ({ cells }: Head): { cells: number; records: number } => {
  const counts = new Map<number, number>()
  for (const record of cells) if (!isComment(record)) counts.set(record.length, (counts.get(record.length) ?? 0) + 1)
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])
  return { cells: most?.[0] ?? 1, records: most?.[1] ?? 0 }
}

const filledOf = (cells: readonly string[]): number => cells.filter((cell) => cell !== '').length

const dialectOf = (
  { cells, from, lines }: Head,
  {
    delimiter,
    columns,
    bytes,
    hasHeader,
    skipLines = 0,
  }: { delimiter: string; columns: number; bytes: number } & Pick<ReadOptions, 'hasHeader' | 'skipLines'>,
): Dialect => {
  // Trailing columns may be missing in many rows: the header has all of them.
  const isTable = (i: number): boolean =>
    lines[i] > skipLines && !isComment(cells[i]) && cells[i].length >= columns && filledOf(cells[i]) > columns / 2
  const first = Math.max(
    0,
    skipLines > 0 ? lines.findIndex((line) => line > skipLines) : cells.findIndex((_, i) => isTable(i)),
  )
  const isHeader = hasHeader ?? !cells[first].some(looksLikeNumber)
  const begin = isHeader ? first + 1 : first
  return {
    delimiter,
    names: isHeader
      ? uniqueNames(cells[first])
      : Array.from({ length: Math.max(columns, cells[first].length) }, (_, i) => String(i + 1)),
    bytes: from[begin] ?? bytes,
    line: lines[begin] ?? (lines.at(-1) ?? 0) + 1,
  }
}
