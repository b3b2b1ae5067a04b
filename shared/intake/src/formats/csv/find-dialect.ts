import { deviceOf, findTable, type FoundTable } from '../building/find-table.ts'
import { uniqueNames } from '../building/unique-names.ts'
import { hasByte } from '../has-byte.ts'
import type { ReadOptions } from '../format.ts'
import { cellText, cutRecords, newRecords, type Records } from './cut-records.ts'
import { DELIMITERS, type Dialect } from './dialect.ts'

/** Records of the head that are looked at; of a table that begins at once fewer will do. */
const MOST_RECORDS = 200
const FEW_RECORDS = 12
const MOST_COLUMNS = 1_024
const HEAD_BYTES = 64 * 1024
const LF = 0x0a
const CR = 0x0d
const BOM = [0xef, 0xbb, 0xbf]

/** The first records by a delimiter. */
interface Head {
  readonly bytes: Uint8Array
  readonly delimiter: string
  readonly records: Records
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Whether lines end as on old Macs. */
export const isOfMac = (head: Uint8Array): boolean => !hasByte(head, LF) && hasByte(head, CR)

export const withLineFeeds = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => (byte === CR ? LF : byte))

const headBy = (delimiter: string, bytes: Uint8Array, begin: number): Head => {
  const code = delimiter.charCodeAt(0)
  const records = newRecords(mostCells(bytes, code), MOST_RECORDS)
  const isLast = bytes.length < HEAD_BYTES
  cutRecords(bytes, { from: begin, to: bytes.length, line: 1, delimiter: code, isLast }, records)
  return { bytes, delimiter, records }
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

const widthOf = ({ records }: Head, row: number): number =>
  Math.min(records.starts.length, Math.abs(records.cells[row]))

const textAt = ({ bytes, records }: Head, row: number, column: number): string =>
  cellText(bytes, records, row, column).trim()

const cellsOf = (head: Head, row: number): string[] =>
  Array.from({ length: widthOf(head, row) }, (_, column) => textAt(head, row, column))

const isComment = (head: Head, row: number): boolean => /^(?:#|\/\/)/.test(textAt(head, row, 0))

/**
 * How the beginning of a text is delimited: by what gives most records the same number of cells, and most cells. Where its table is and whether it has a header is told as in sheets.
 * @param head the first bytes
 * @returns undefined where no delimiter gives records of two cells at least
 */
export const findDialect = (
  head: Uint8Array,
  options: Pick<ReadOptions, 'delimiter' | 'hasHeader' | 'skipLines'>,
): Dialect | undefined => {
  const bytes = isOfMac(head) ? withLineFeeds(head) : head
  const begin = BOM.every((byte, i) => bytes[i] === byte) ? 3 : 0
  const said = /^sep=(.)\r?\n/.exec(utf8.decode(bytes.subarray(begin, begin + 8)))?.[1]
  const told = options.delimiter ?? said
  const candidates =
    told === undefined ? DELIMITERS.filter((delimiter) => hasByte(bytes, delimiter.charCodeAt(0))) : [told]
  const [found] = candidates
    .map((delimiter) => headBy(delimiter, bytes, begin))
    .map((by) => ({ by, usual: usualWidth(by) }))
    .toSorted((a, b) => b.usual.records * (b.usual.cells - 1) - a.usual.records * (a.usual.cells - 1))
  if (found === undefined || found.by.records.rows === 0) return undefined
  if (found.usual.cells < 2 && told === undefined) return undefined
  return dialectOf(found.by, found.usual.cells, options)
}

/** The number of cells that most records have. */
const usualWidth = (head: Head): { cells: number; records: number } => {
  const counts = new Map<number, number>()
  for (let row = 0; row < head.records.rows; row++) {
    if (isComment(head, row)) continue
    const width = widthOf(head, row)
    counts.set(width, (counts.get(width) ?? 0) + 1)
  }
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])
  return { cells: most?.[0] ?? 1, records: most?.[1] ?? 0 }
}

const tableOf = (
  head: Head,
  { hasHeader, skipLines = 0 }: Pick<ReadOptions, 'hasHeader' | 'skipLines'>,
): FoundTable | undefined => {
  const { rows, lines } = head.records
  const skipped = lines.subarray(0, rows).filter((line) => line <= skipLines).length
  const within = (count: number): FoundTable | undefined =>
    findTable(
      Array.from({ length: count }, (_, row) => cellsOf(head, row)),
      { hasHeader, skipLines: skipped },
    )
  const few = skipped === 0 && rows > FEW_RECORDS ? within(FEW_RECORDS) : undefined
  return few !== undefined && few.first <= 1 ? few : within(rows)
}

const dialectOf = (
  head: Head,
  columns: number,
  options: Pick<ReadOptions, 'hasHeader' | 'skipLines'>,
): Dialect | undefined => {
  const table = tableOf(head, options)
  if (table === undefined) return undefined
  const { header, first, names } = table
  const { rows, from, lines } = head.records
  return {
    delimiter: head.delimiter,
    // Of a table without names, rows with more cells than most have would make columns.
    names: header === undefined ? names.slice(0, Math.max(columns, widthOf(head, first))) : uniqueNames(names),
    bytes: first < rows ? from[first] : head.bytes.length,
    line: first < rows ? lines[first] : lines[rows - 1] + 1,
    device: deviceOf(table),
  }
}
