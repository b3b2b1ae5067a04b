import { type Block, type BlockFault, type Cursor, type Field, MAX_SHOWN } from '../block.ts'
import { uniqueNames } from '../building/unique-names.ts'
import { cutRecords, MOST_BYTES, newRecords, type Records } from './cut-records.ts'
import type { Dialect } from './dialect.ts'

/** Makes blocks of the bytes of a delimited text as they come. */
export interface BlockCutter {
  add(chunk: Uint8Array): void
  /**
   * The blocks that are whole.
   * @param isLast whether no bytes come any more
   */
  blocks(isLast: boolean): Iterable<Block>
}

const LF = 0x0a
/** Cells of a block, at most. */
const MOST_CELLS = 512 * 1024
const FIRST_BUFFER_BYTES = 256 * 1024

/** The names in force are what a cursor must know of the lines before it. */
const contextOf = (names: readonly string[]): string => JSON.stringify(names)
const namesOf = ({ context }: Cursor): readonly string[] | undefined =>
  context === undefined ? undefined : (JSON.parse(context) as string[])

/**
 * Invariant: a block ends with the record in which it reaches `blockBytes`, with its most cells, before a header, or with the input; so blocks depend on the input's bytes alone, not on
 * the chunks in which they come. A line that repeats the header, in whatever order, begins a block with the names in that order.
 * @param start a record's beginning
 */
export const createBlockCutter = (
  dialect: Dialect,
  { start, blockBytes }: { start: Cursor; blockBytes: number },
): BlockCutter => {
  const delimiter = dialect.delimiter.charCodeAt(0)
  let names = namesOf(start) ?? dialect.names
  let cursor: Cursor = { ...start, context: contextOf(names) }
  let buffer = new Uint8Array(0)
  let used = 0
  /** Within a line that is too long. */
  let isPassing = false

  /** Goes on behind the first `bytes` of the buffer. */
  const advance = (bytes: number, place: number): void => {
    cursor = { at: cursor.at + bytes, place, context: contextOf(names) }
    buffer.copyWithin(0, bytes, used)
    used -= bytes
  }
  /** @returns whether the end of the line that is too long was found */
  const passLine = (isLast: boolean): boolean => {
    const end = buffer.subarray(0, used).indexOf(LF)
    isPassing = end < 0 && !isLast
    advance(end < 0 ? used : end + 1, cursor.place + (isPassing ? 0 : 1))
    return !isPassing
  }
  const blockOf = (records: Records, rows: number, end: number, place: number): Block => {
    const bytes = buffer.slice(0, end)
    const from = cursor
    advance(end, place)
    return makeBlock({ bytes, names, records, rows, from, next: cursor })
  }
  const tooLongBlock = (): Block => {
    const bytes = buffer.slice(0, MAX_SHOWN)
    const block = makeBlock({ bytes, names, records: newRecords(names.length, 0), rows: 0, from: cursor, next: cursor })
    return { ...block, faults: [{ ...LINE_TOO_LONG, place: cursor.place, text: shown(bytes, 0, bytes.length) }] }
  }

  function* blocks(isLast: boolean): Generator<Block> {
    while (used > 0) {
      if (isPassing && !passLine(isLast)) return
      if (used < blockBytes && !isLast) return
      const records = newRecords(names.length, Math.min(roomFor(names.length), used + 1))
      const cut = cutRecords(buffer, { from: 0, to: used, line: cursor.place, delimiter, isLast }, records)
      const isFull = records.rows === records.from.length
      const found = firstFrom(
        records,
        (row) => records.from[row] >= blockBytes || isHeader(names, buffer, records, row),
      )
      if (found < records.rows) {
        const [end, place] = [records.from[found], records.lines[found]]
        if (end >= blockBytes) {
          yield blockOf(records, found, end, place)
          continue
        }
        // A header: its block ends before it, and the next one begins behind it.
        const header = cellsOf(buffer, records, found)
        const behind = found + 1 < records.rows ? records.from[found + 1] : cut.at
        const placeBehind = found + 1 < records.rows ? records.lines[found + 1] : cut.line
        if (found > 0) yield blockOf(records, found, end, place)
        names = uniqueNames(header)
        advance(found > 0 ? behind - end : behind, placeBehind)
        continue
      }
      if (cut.at >= blockBytes || isFull || isLast) {
        yield blockOf(records, records.rows, cut.at, cut.line)
        continue
      }
      if (used - cut.at <= 2 * MOST_BYTES) return
      if (cut.at > 0) yield blockOf(records, records.rows, cut.at, cut.line)
      yield tooLongBlock()
      isPassing = true
    }
  }

  return {
    add: (chunk) => {
      if (used + chunk.length > buffer.length) {
        const grown = new Uint8Array(Math.max(2 * buffer.length, used + chunk.length, FIRST_BUFFER_BYTES))
        grown.set(buffer.subarray(0, used))
        buffer = grown
      }
      buffer.set(chunk, used)
      used += chunk.length
    },
    blocks,
  }
}

const roomFor = (columns: number): number => Math.max(1, Math.floor(MOST_CELLS / Math.max(8, columns)))

const firstFrom = ({ rows }: Records, isIt: (row: number) => boolean): number => {
  let row = 0
  while (row < rows && !isIt(row)) row++
  return row
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const cellsOf = (bytes: Uint8Array, { starts, ends }: Records, row: number): string[] =>
  starts.flatMap((start, column) =>
    start[row] < 0 ? [] : [utf8.decode(bytes.subarray(start[row], ends[column][row])).trim()],
  )

/** Whether a record names all the fields again, in whatever order. Nearly every record is told from one by its first cell. */
const isHeader = (names: readonly string[], bytes: Uint8Array, records: Records, row: number): boolean => {
  if (names.length < 2 || records.cells[row] !== names.length) return false
  const [start, end] = [records.starts[0][row], records.ends[0][row]]
  const first = names.find((name) => name.length === end - start && name.charCodeAt(0) === bytes[start])
  if (first === undefined) return false
  const cells = cellsOf(bytes, records, row)
  return cells.length === names.length && names.every((name) => cells.includes(name))
}

const LINE_TOO_LONG = {
  reason: 'line-too-long',
  detail: `a line has more than ${MOST_BYTES} bytes`,
} as const

const shown = (bytes: Uint8Array, from: number, to: number): string =>
  utf8.decode(bytes.subarray(from, Math.min(to, from + MAX_SHOWN)))

interface Parts {
  readonly bytes: Uint8Array
  readonly names: readonly string[]
  readonly records: Records
  readonly rows: number
  readonly from: Cursor
  readonly next: Cursor
}

/** Records with more cells than there are names, and those that are too long, are faults; all others are rows. */
const makeBlock = ({ bytes, names, records, rows, from, next }: Parts): Block => {
  const faults: BlockFault[] = []
  const kept = new Int32Array(rows)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const fault = faultOf(records, row, names.length)
    if (fault === undefined) kept[count++] = row
    else faults.push({ ...fault, place: records.lines[row], text: shown(bytes, records.from[row], records.to[row]) })
  }
  const only = (values: Int32Array): Int32Array =>
    count === rows ? values.subarray(0, rows) : Int32Array.from({ length: count }, (_, i) => values[kept[i]])
  return {
    names,
    fields: names.map((_, column): Field => ({
      kind: 'text',
      bytes,
      starts: only(records.starts[column]),
      ends: only(records.ends[column]),
    })),
    rows: count,
    places: only(records.lines),
    textOf: (row) => shown(bytes, records.from[kept[row]], records.to[kept[row]]),
    faults,
    from,
    next,
  }
}

const faultOf = (records: Records, row: number, columns: number): { reason: string; detail: string } | undefined => {
  if (records.to[row] - records.from[row] > MOST_BYTES) return LINE_TOO_LONG
  if (records.cells[row] >= 0) return undefined
  return {
    reason: 'wrong-number-of-columns',
    detail: `the line has ${-records.cells[row]} cells and there are ${columns} columns: is the delimiter also a decimal comma?`,
  }
}
