import { copyRows as copyArrays, makeRowArrays, ROW_BYTES, type RowArrays } from '@fleetlake/columnar'

/** Rows of a buffer as columns, `BYTES_PER_ROW` each. */
export interface BufferColumns extends RowArrays {
  readonly cell: Int32Array
}

/** The least room that is worth having. */
export const FIRST_ROWS = 1024
export const BYTES_PER_ROW: number = ROW_BYTES + Int32Array.BYTES_PER_ELEMENT

export const columnsOf = (rows: number): BufferColumns => ({ ...makeRowArrays(rows), cell: new Int32Array(rows) })

/** Copies the first `rows` rows into columns with room for them. */
export const copyRows = (from: BufferColumns, to: BufferColumns, rows: number): void => {
  copyArrays(from, to, rows)
  to.cell.set(from.cell.subarray(0, rows))
}
