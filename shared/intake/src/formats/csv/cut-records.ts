/** The cells of records of a delimited text, by columns, as ranges of its bytes. */
export interface Records {
  rows: number
  /** `starts[column][row]` is -1 where the record has fewer cells. */
  readonly starts: readonly Int32Array[]
  readonly ends: readonly Int32Array[]
  /** Where each record begins and ends (its line end left out). */
  readonly from: Int32Array
  readonly to: Int32Array
  /** The line that each record begins in. */
  readonly lines: Int32Array
  /** Cells of each record, also those beyond the columns; negative where one beyond the columns is not empty. */
  readonly cells: Int32Array
  /** Cells that have doubled quotes in them: a row and a column each, one after the other. */
  readonly doubled: number[]
}

export const newRecords = (columns: number, rows: number): Records => ({
  rows: 0,
  starts: Array.from({ length: columns }, () => new Int32Array(rows)),
  ends: Array.from({ length: columns }, () => new Int32Array(rows)),
  from: new Int32Array(rows),
  to: new Int32Array(rows),
  lines: new Int32Array(rows),
  cells: new Int32Array(rows),
  doubled: [],
})

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const BLANK = 0x20
const TAB = 0x09

/** Lines and bytes that a quoted cell may go over. */
const MOST_LINES = 64
/** Of a record: longer ones are no rows. */
export const MOST_BYTES: number = 1024 * 1024

export interface Cut {
  /** Where cutting ended: what begins there is not asked for, is not a whole record yet, or does not fit into `records`. */
  readonly at: number
  /** The line that begins there. */
  readonly line: number
}

interface Text {
  readonly bytes: Uint8Array
  readonly to: number
  readonly delimiter: number
  /** Whether nothing comes after `to`: what is there is a whole record then. */
  readonly isLast: boolean
}

export interface CutOptions extends Omit<Text, 'bytes'> {
  readonly from: number
  /** Records that begin here or behind are not cut; `to` when missing. */
  readonly stop?: number | undefined
  /** The line that begins at `from`. */
  readonly line: number
}

/** Lines that end within the quoted cells of the record that was read last. A variable, since nothing is allocated a record. */
let lineBreaks = 0

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (bytes[i] > BLANK) return false
  return true
}

const breaksIn = (bytes: Uint8Array, start: number, end: number): number => {
  let breaks = 0
  for (let i = start; i < end; i++) if (bytes[i] === LF) breaks++
  return breaks
}

/** The quote that a cell begins with, behind blanks; -1 where it begins with anything else. */
const openingOf = ({ bytes, to }: Text, start: number): number => {
  let at = start
  while (at < to && bytes[at] === BLANK) at++
  return at < to && bytes[at] === QUOTE ? at : -1
}

/** Where the quoted cell that begins at `open` is closed: the place of its last quote; -1 where it is not, -2 where more bytes must come. */
const closingOf = ({ bytes, to, delimiter, isLast }: Text, open: number): number => {
  let breaks = 0
  for (let i = open + 1; i < to; i++) {
    const byte = bytes[i]
    if ((byte === LF && ++breaks > MOST_LINES) || i - open > MOST_BYTES) return -1
    if (byte !== QUOTE) continue
    if (bytes[i + 1] === QUOTE && i + 1 < to) {
      i++
      continue
    }
    let after = i + 1
    while (after < to && (bytes[after] === BLANK || bytes[after] === CR || (bytes[after] === TAB && delimiter !== TAB)))
      after++
    if (after >= to) return isLast ? i : -2
    if (bytes[after] === delimiter || bytes[after] === LF) return i
    if (breaks > 0) return -1
  }
  return isLast ? -1 : -2
}

const endOfCell = ({ bytes, to, delimiter }: Text, from: number): number => {
  let end = from
  while (end < to && bytes[end] !== delimiter && bytes[end] !== LF) end++
  return end
}

/**
 * Reads the record that begins at `at` as row `row`. @param isPlain whether quotes are characters
 * @returns where the next one begins, or -1 where more bytes must come
 */
const readRecord = (text: Text, records: Records, row: number, at: number, isPlain: boolean): number => {
  const { bytes, to, delimiter, isLast } = text
  const { starts, ends } = records
  const columns = starts.length
  let column = 0
  let isOver = false
  lineBreaks = 0
  for (let start = at; ;) {
    let end = -1
    // Only what is not more than a quote may be one, or a blank before one.
    if (!isPlain && start < to && bytes[start] <= QUOTE) {
      const open = openingOf(text, start)
      const close = open < 0 ? -1 : closingOf(text, open)
      if (close === -2) return -1
      if (close >= 0) {
        lineBreaks += breaksIn(bytes, open, close)
        end = endOfCell(text, close + 1)
        if (column < columns) {
          starts[column][row] = open + 1
          ends[column][row] = close
          if (bytes.indexOf(QUOTE, open + 1) !== close) records.doubled.push(row, column)
        } else if (close > open + 1) isOver = true
      }
    }
    if (end < 0) {
      end = endOfCell(text, start)
      if (column < columns) {
        let first = start
        let last = end
        while (first < last && (bytes[first] === BLANK || bytes[first] === TAB)) first++
        while (last > first && (bytes[last - 1] === BLANK || bytes[last - 1] === TAB || bytes[last - 1] === CR)) last--
        starts[column][row] = first
        ends[column][row] = last
      } else if (!isOver) isOver = !isBlank(bytes, start, end)
    }
    column++
    if (end >= to && !isLast) return -1
    if (end < to && bytes[end] === delimiter) {
      start = end + 1
      continue
    }
    for (let missing = column; missing < columns; missing++) {
      starts[missing][row] = -1
      ends[missing][row] = -1
    }
    records.cells[row] = isOver ? -column : column
    return end < to ? end + 1 : to
  }
}

/**
 * Cuts whole records out of `bytes[from, to)`, which begin at the beginning of one. A quote opens a quoted cell only at the beginning of a cell, and closes it only before a delimiter or the end
 * of a line; any other quote is a character. A quoted cell that goes over several lines is believed only if it holds no other quote, but for doubled ones, and its record then has as many cells as there are columns; else the first
 * line is a record by itself, in which the quote is a character. So a stray quote costs at most its own line.
 */
export const cutRecords = (
  bytes: Uint8Array,
  { from, to, stop = to, line, delimiter, isLast }: CutOptions,
  records: Records,
): Cut => {
  const text: Text = { bytes, to, delimiter, isLast }
  const { lines, cells, doubled } = records
  const columns = records.starts.length
  const room = records.from.length
  doubled.length = 0
  let rows = 0
  let at = from
  let current = line
  while (at < stop && at < to && rows < room) {
    const known = doubled.length
    let next = readRecord(text, records, rows, at, false)
    let breaks = lineBreaks
    if (next >= 0 && breaks > 0 && cells[rows] !== columns) {
      doubled.length = known
      next = readRecord(text, records, rows, at, true)
      breaks = 0
    }
    if (next < 0) {
      doubled.length = known
      break
    }
    const end = next > at && bytes[next - 1] === LF ? next - 1 : next
    records.from[rows] = at
    records.to[rows] = end > at && bytes[end - 1] === CR ? end - 1 : end
    lines[rows] = current
    current += 1 + breaks
    if (cells[rows] !== 1 || !isBlank(bytes, at, end)) rows++
    at = next
  }
  records.rows = rows
  return { at, line: current }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A cell as text; '' where the record has none. */
export const cellText = (bytes: Uint8Array, { starts, ends }: Records, row: number, column: number): string => {
  const start = starts[column][row]
  if (start < 0) return ''
  const text = utf8.decode(bytes.subarray(start, ends[column][row]))
  return start > 0 && bytes[start - 1] === QUOTE ? text.replaceAll('""', '"') : text
}

/**
 * Makes the doubled quotes of the first `rows` records single ones. These cells then lie behind all other bytes, so that the records still look as they did.
 * @returns the bytes that the cells are ranges of from then on
 */
export const singleQuotes = (
  bytes: Uint8Array,
  { starts, ends, doubled }: Records,
  { rows, to }: { readonly rows: number; readonly to: number },
): Uint8Array => {
  let more = 0
  for (let i = 0; i < doubled.length && doubled[i] < rows; i += 2) {
    const [row, column] = [doubled[i], doubled[i + 1]]
    more += ends[column][row] - starts[column][row]
  }
  if (more === 0) return bytes
  const both = new Uint8Array(to + more)
  both.set(bytes.subarray(0, to))
  let at = to
  for (let i = 0; i < doubled.length && doubled[i] < rows; i += 2) {
    const [row, column] = [doubled[i], doubled[i + 1]]
    const [start, end] = [starts[column][row], ends[column][row]]
    starts[column][row] = at
    for (let k = start; k < end; k++) {
      both[at++] = bytes[k]
      if (bytes[k] === QUOTE && bytes[k + 1] === QUOTE && k + 1 < end) k++
    }
    ends[column][row] = at
  }
  return both
}
