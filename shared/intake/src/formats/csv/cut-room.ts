import type { Records } from './cut-records.ts'

/** The buffers of one reading of a delimited text. */
export interface CutRoom {
  /** Replaced by a larger one as needed. */
  bytes: Uint8Array
  /** For records of so many columns: the same arrays each time. */
  recordsOf(columns: number): Records
}

/** Cells of a block, at most. */
const MOST_CELLS = 512 * 1024
const LEAST_COLUMNS = 8
const FIRST_BYTES = 256 * 1024
/** What is larger is not kept for the next file. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024

const roomFor = (columns: number): number => Math.max(1, Math.floor(MOST_CELLS / Math.max(LEAST_COLUMNS, columns)))

const createRoom = (): CutRoom => {
  const cells = new Int32Array(2 * MOST_CELLS)
  const [from, to, lines, counts] = Array.from({ length: 4 }, () => new Int32Array(roomFor(1)))
  let known: Records | undefined
  const make = (columns: number): Records => {
    const rows = roomFor(columns)
    const all = 2 * columns * rows <= cells.length ? cells : new Int32Array(2 * columns * rows)
    const column = (i: number): Int32Array => all.subarray(i * rows, (i + 1) * rows)
    return {
      rows: 0,
      starts: Array.from({ length: columns }, (_, i) => column(2 * i)),
      ends: Array.from({ length: columns }, (_, i) => column(2 * i + 1)),
      from: from.subarray(0, rows),
      to: to.subarray(0, rows),
      lines: lines.subarray(0, rows),
      cells: counts.subarray(0, rows),
      doubled: [],
    }
  }
  return {
    bytes: new Uint8Array(FIRST_BYTES),
    recordsOf: (columns) => (known = known?.starts.length === columns ? known : make(columns)),
  }
}

/** Kept for the next file: of a small one, making it takes longer than all the rest. */
let spare: CutRoom | undefined

export const takeRoom = (): CutRoom => {
  const room = spare ?? createRoom()
  spare = undefined
  return room
}

/** The room's buffers are another reader's from then on. */
export const giveRoom = (room: CutRoom): void => {
  if (room.bytes.length <= MOST_KEPT_BYTES) spare = room
}
