import { type Block, type BlockFault, type Cursor, type Field, MAX_SHOWN } from '../block.ts'
import { uniqueNames } from '../building/unique-names.ts'
import { cellText, type Cut, cutRecords, MOST_BYTES, type Records, singleQuotes } from './cut-records.ts'
import type { CutRoom } from './cut-room.ts'
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
const CR = 0x0d

/** What is made of the names in force once, and not for each of many small files again. */
interface NamesInForce {
  /** What a cursor must know of the lines before it. */
  readonly context: string
  readonly findHeader: (bytes: Uint8Array, records: Records) => number
}

const namesInForce = new WeakMap<readonly string[], NamesInForce>()

const inForce = (names: readonly string[]): NamesInForce => {
  let found = namesInForce.get(names)
  if (found === undefined)
    namesInForce.set(names, (found = { context: JSON.stringify(names), findHeader: headerFinder(names) }))
  return found
}

const namesOf = ({ context }: Cursor): readonly string[] | undefined =>
  context === undefined ? undefined : (JSON.parse(context) as string[])

export interface CutBlocksOptions {
  /** A record's beginning. */
  readonly start: Cursor
  readonly blockBytes: number
  /** The cutter's own until its last block is done with. */
  readonly room: CutRoom
}

/**
 * Invariant: a block ends with the record in which it reaches `blockBytes`, with its most cells, before a header, or with the input; so blocks depend on the input's bytes alone, not on
 * the chunks in which they come. A line that repeats the header, in whatever order, begins a block with the names in that order.
 */
export const createBlockCutter = (dialect: Dialect, { start, blockBytes, room }: CutBlocksOptions): BlockCutter => {
  const delimiter = dialect.delimiter.charCodeAt(0)
  let names = namesOf(start) ?? dialect.names
  let { context, findHeader } = inForce(names)
  let cursor: Cursor = { ...start, context }
  /** What is not in a block yet is `room.bytes[begin, end)`. */
  let [begin, end] = [0, 0]
  /** Within a line that is too long. */
  let isPassing = false

  const goTo = (at: number, place: number): void => {
    cursor = { at: cursor.at + at - begin, place, context }
    begin = at
  }
  /** @returns whether the end of the line that is too long was found */
  const passLine = (isLast: boolean): boolean => {
    const found = room.bytes.subarray(begin, end).indexOf(LF)
    isPassing = found < 0 && !isLast
    goTo(found < 0 ? end : begin + found + 1, cursor.place + (isPassing ? 0 : 1))
    return !isPassing
  }
  /** The block of the first records, and goes on behind it. */
  const blockOf = (records: Records, rows: number, { at, line }: Cut): Block => {
    const from = cursor
    const to = at
    goTo(at, line)
    return makeBlock({ bytes: room.bytes, to, names, records, rows, from, next: cursor })
  }
  const tooLongBlock = (): Block => {
    const text = shown(room.bytes, begin, begin + MAX_SHOWN)
    const records = room.recordsOf(names.length)
    const block = makeBlock({ bytes: room.bytes, to: begin, names, records, rows: 0, from: cursor, next: cursor })
    return { ...block, faults: [{ ...LINE_TOO_LONG, place: cursor.place, text }] }
  }
  function* blocks(isLast: boolean): Generator<Block> {
    while (begin < end) {
      if (isPassing && !passLine(isLast)) return
      if (end - begin < blockBytes && !isLast) return
      const { bytes } = room
      const records = room.recordsOf(names.length)
      const stop = begin + blockBytes
      const cut = cutRecords(bytes, { from: begin, to: end, stop, line: cursor.place, delimiter, isLast }, records)
      const header = findHeader(bytes, records)
      if (header >= 0) {
        // Its block ends before it, and the next one begins behind it.
        const before = { at: records.from[header], line: records.lines[header] }
        const behind = behindRecord(bytes, records, { row: header, end })
        const found = uniqueNames(cellsOf(bytes, records, header))
        if (header > 0) yield blockOf(records, header, before)
        names = found
        ;({ context, findHeader } = inForce(names))
        goTo(behind.at, behind.line)
        continue
      }
      if (cut.at >= stop || records.rows === records.from.length || isLast) {
        yield blockOf(records, records.rows, cut)
        continue
      }
      if (end - cut.at <= 2 * MOST_BYTES) return
      if (cut.at > begin) yield blockOf(records, records.rows, cut)
      yield tooLongBlock()
      isPassing = true
    }
  }
  return {
    add: (chunk) => {
      if (end + chunk.length > room.bytes.length) {
        const { bytes } = room
        const length = end - begin + chunk.length
        if (length > bytes.length) {
          room.bytes = new Uint8Array(Math.max(2 * bytes.length, length))
          room.bytes.set(bytes.subarray(begin, end))
        } else bytes.copyWithin(0, begin, end)
        end -= begin
        begin = 0
      }
      room.bytes.set(chunk, end)
      end += chunk.length
    },
    blocks,
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const toUtf8 = new TextEncoder()

const cellsOf = (bytes: Uint8Array, records: Records, row: number): string[] =>
  Array.from({ length: Math.min(records.starts.length, Math.abs(records.cells[row])) }, (_, column) =>
    cellText(bytes, records, row, column).trim(),
  )

/** Where the line behind a record begins. @param place the record, and where the bytes end */
const behindRecord = (
  bytes: Uint8Array,
  { from, to, lines }: Records,
  { row, end }: { readonly row: number; readonly end: number },
): Cut => {
  let at = to[row]
  if (at < end && bytes[at] === CR) at++
  if (at < end && bytes[at] === LF) at++
  let line = lines[row]
  for (let i = from[row]; i < at; i++) if (bytes[i] === LF) line++
  return { at, line }
}

/** Finds the first record that names all the fields again, in whatever order; -1 where none does. Nearly every record is told from one by its first byte. */
const headerFinder = (names: readonly string[]): ((bytes: Uint8Array, records: Records) => number) => {
  const first = new Uint8Array(256)
  for (const name of names) first[toUtf8.encode(name)[0] ?? 0] = 1
  // An empty cell of a header is named by its number.
  const mayBeEmpty = names.includes('1')
  const isHeader = (bytes: Uint8Array, records: Records, row: number): boolean => {
    if (records.cells[row] !== names.length) return false
    const cells = new Set(uniqueNames(cellsOf(bytes, records, row)))
    return names.every((name) => cells.has(name))
  }
  return (bytes, records) => {
    if (names.length < 2) return -1
    const { rows, starts, ends } = records
    const [from, to] = [starts[0], ends[0]]
    for (let row = 0; row < rows; row++) {
      const start = from[row]
      const mayBe = start === to[row] ? mayBeEmpty : first[bytes[start]] === 1
      if (mayBe && isHeader(bytes, records, row)) return row
    }
    return -1
  }
}

const LINE_TOO_LONG = {
  reason: 'line-too-long',
  detail: `a line has more than ${MOST_BYTES} bytes`,
} as const

const shown = (bytes: Uint8Array, from: number, to: number): string =>
  utf8.decode(bytes.subarray(from, Math.min(to, from + MAX_SHOWN)))

interface Parts {
  readonly bytes: Uint8Array
  /** Where the records end. */
  readonly to: number
  readonly names: readonly string[]
  readonly records: Records
  readonly rows: number
  readonly from: Cursor
  readonly next: Cursor
}

/** Records with more cells than there are names, and those that are too long, are faults; all others are rows. */
const makeBlock = ({ bytes, to, names, records, rows, from, next }: Parts): Block => {
  const faults: BlockFault[] = []
  const cells = singleQuotes(bytes, records, { rows, to })
  let kept: Int32Array | undefined
  let count = 0
  for (let row = 0; row < rows; row++) {
    const isRow = records.cells[row] >= 0 && records.to[row] - records.from[row] <= MOST_BYTES
    if (isRow) {
      if (kept !== undefined) kept[count] = row
      count++
      continue
    }
    kept ??= Int32Array.from({ length: rows }, (_, i) => i)
    const text = shown(bytes, records.from[row], records.to[row])
    faults.push({ ...faultOf(records, row, names.length), place: records.lines[row], text })
  }
  const only = (values: Int32Array): Int32Array =>
    kept === undefined ? values.subarray(0, rows) : Int32Array.from(kept.subarray(0, count), (row) => values[row])
  return {
    names,
    fields: names.map((_, column): Field => ({
      kind: 'text',
      bytes: cells,
      starts: only(records.starts[column]),
      ends: only(records.ends[column]),
    })),
    rows: count,
    places: only(records.lines),
    textOf: (i) => {
      const row = kept?.[i] ?? i
      return shown(bytes, records.from[row], records.to[row])
    },
    faults,
    from,
    next,
  }
}

const faultOf = (records: Records, row: number, columns: number): { reason: string; detail: string } =>
  records.cells[row] >= 0
    ? LINE_TOO_LONG
    : {
        reason: 'wrong-number-of-columns',
        detail: `the line has ${-records.cells[row]} cells and there are ${columns} columns: is the delimiter also a decimal comma?`,
      }
