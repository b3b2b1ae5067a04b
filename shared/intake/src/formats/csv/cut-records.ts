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
}

export const newRecords = (columns: number, rows: number): Records => ({
  rows: 0,
  starts: Array.from({ length: columns }, () => new Int32Array(rows)),
  ends: Array.from({ length: columns }, () => new Int32Array(rows)),
  from: new Int32Array(rows),
  to: new Int32Array(rows),
  lines: new Int32Array(rows),
  cells: new Int32Array(rows),
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
  /** Where cutting ended: what begins there is not a whole record yet, or does not fit into `records`. */
  readonly at: number
  /** The line that begins there. */
  readonly line: number
}

/**
 * Cuts whole records out of `bytes[from, to)`, which begin at the beginning of one. A quote opens a quoted cell only at the beginning of a cell, and closes it only before a delimiter or the end
 * of a line; any other quote is a character. A quoted cell that goes over several lines is believed only if it holds no other quote, but for doubled ones, and its record then has as many cells as there are columns; else the first
 * line is a record by itself, in which the quote is a character. So a stray quote costs at most its own line.
 * Doubled quotes inside a quoted cell are made single ones, in place: `bytes` are changed.
 * @param isLast whether nothing comes after `to`: what is there is a whole record then
 */
export const cutRecords = (
  bytes: Uint8Array,
  { from, to, line, delimiter, isLast }: { from: number; to: number; line: number; delimiter: number; isLast: boolean },
  records: Records,
): Cut => {
  const { starts, ends, lines, cells } = records
  const columns = starts.length
  const room = records.from.length
  let rows = 0
  let at = from
  let current = line

  const put = (column: number, start: number, end: number): void => {
    let [a, b] = [start, end]
    while (a < b && (bytes[a] === BLANK || bytes[a] === TAB)) a++
    while (b > a && (bytes[b - 1] === BLANK || bytes[b - 1] === TAB || bytes[b - 1] === CR)) b--
    starts[column][rows] = a
    ends[column][rows] = b
  }
  const isBlank = (start: number, end: number): boolean => {
    for (let i = start; i < end; i++) if (bytes[i] > BLANK) return false
    return true
  }
  /** Where the quoted cell that begins at `open` is closed: the place of its last quote; -1 where it is not, -2 where more bytes must come. */
  const closing = (open: number): number => {
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
      while (
        after < to &&
        (bytes[after] === BLANK || bytes[after] === CR || (bytes[after] === TAB && delimiter !== TAB))
      )
        after++
      if (after >= to) return isLast ? i : -2
      if (bytes[after] === delimiter || bytes[after] === LF) return i
      if (breaks > 0) return -1
    }
    return isLast ? -1 : -2
  }
  /** Takes doubled quotes out of `bytes[start, end)`, in place. @returns the new end */
  const undouble = (start: number, end: number): number => {
    let out = start
    for (let i = start; i < end; i++) {
      bytes[out++] = bytes[i]
      if (bytes[i] === QUOTE && bytes[i + 1] === QUOTE && i + 1 < end) i++
    }
    return out
  }
  let lineBreaks = 0
  /** Columns of the record whose cells have doubled quotes: they are made single once the record is believed. */
  let doubled: number[] = []
  /**
   * Reads the record that begins at `at`. @param isPlain whether quotes are characters
   * @returns where the next one begins, or -1 where more bytes must come
   */
  const readRecord = (isPlain: boolean): number => {
    let column = 0
    let isOver = false
    let start = at
    lineBreaks = 0
    doubled = []
    for (;;) {
      let cellFrom = start
      let end = -1
      let isQuoted = false
      if (!isPlain) {
        while (cellFrom < to && bytes[cellFrom] === BLANK) cellFrom++
        if (bytes[cellFrom] === QUOTE && cellFrom < to) {
          const close = closing(cellFrom)
          if (close === -2) return -1
          if (close >= 0) {
            isQuoted = true
            for (let i = cellFrom; i < close; i++) if (bytes[i] === LF) lineBreaks++
            end = close + 1
            while (end < to && bytes[end] !== delimiter && bytes[end] !== LF) end++
            if (column < columns) {
              starts[column][rows] = cellFrom + 1
              ends[column][rows] = close
              if (bytes.indexOf(QUOTE, cellFrom + 1) !== close) doubled.push(column)
            } else if (close > cellFrom + 1) isOver = true
          }
        }
      }
      if (!isQuoted) {
        end = start
        while (end < to && bytes[end] !== delimiter && bytes[end] !== LF) end++
        if (column < columns) put(column, start, end)
        else if (!isBlank(start, end)) isOver = true
      }
      column++
      if (end >= to && !isLast) return -1
      if (end < to && bytes[end] === delimiter) {
        start = end + 1
        continue
      }
      for (let missing = column; missing < columns; missing++) {
        starts[missing][rows] = -1
        ends[missing][rows] = -1
      }
      cells[rows] = isOver ? -column : column
      return end < to ? end + 1 : to
    }
  }

  while (at < to && rows < room) {
    let next = readRecord(false)
    if (next < 0) break
    if (lineBreaks > 0 && cells[rows] !== columns) next = readRecord(true)
    for (const column of doubled) ends[column][rows] = undouble(starts[column][rows], ends[column][rows])
    records.from[rows] = at
    const end = next > at && bytes[next - 1] === LF ? next - 1 : next
    records.to[rows] = end > at && bytes[end - 1] === CR ? end - 1 : end
    lines[rows] = current
    current += 1 + lineBreaks
    at = next
    if (cells[rows] !== 1 || !isBlank(records.from[rows], records.to[rows])) rows++
  }
  records.rows = rows
  return { at, line: current }
}
