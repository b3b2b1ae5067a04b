import { BYTES_PER_ROW, type BufferColumns, columnsOf, FIRST_ROWS } from './buffer-columns.ts'

/** Columns that buffers have given back, for the next ones: new arrays for each flush keep the garbage collector busy. */
export interface ColumnsPool {
  /** Columns with room for at least this number of rows and not much more; their old values are still in them. */
  take(rows: number): BufferColumns
  /** Do not use columns after giving them back. */
  giveBack(columns: BufferColumns): void
}

/** Columns with more room than this many times what is asked for are left to larger buffers. */
const ROOMY = 4

/** @param maxBytes of what lies idle; the smallest go first */
export const createColumnsPool = (maxBytes: number): ColumnsPool => {
  /** By room, ascending. */
  const idle: BufferColumns[] = []
  let rowsIdle = 0
  const roomOf = ({ eventTime }: BufferColumns): number => eventTime.length
  return {
    take: (rows) => {
      const wanted = Math.max(rows, FIRST_ROWS)
      const at = idle.findIndex((columns) => roomOf(columns) >= wanted)
      if (at < 0 || roomOf(idle[at]) > ROOMY * wanted) return columnsOf(wanted)
      const [found] = idle.splice(at, 1)
      rowsIdle -= roomOf(found)
      return found
    },
    giveBack: (columns) => {
      const at = idle.findIndex((other) => roomOf(other) >= roomOf(columns))
      idle.splice(at < 0 ? idle.length : at, 0, columns)
      rowsIdle += roomOf(columns)
      while (rowsIdle * BYTES_PER_ROW > maxBytes) rowsIdle -= roomOf(idle.shift()!)
    },
  }
}
