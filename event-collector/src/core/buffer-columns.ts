/** Rows of a buffer as columns, `BYTES_PER_ROW` each. */
export interface BufferColumns {
  readonly vehicle: Int32Array
  readonly type: Int32Array
  /** ms since the epoch. */
  readonly time: Float64Array
  /** Whole millionths of a degree. */
  readonly longitude: Int32Array
  readonly latitude: Int32Array
  readonly speed: Float32Array
  readonly heading: Float32Array
  readonly cell: Int32Array
}

/** The least room that is worth having. */
export const FIRST_ROWS = 1024
export const BYTES_PER_ROW: number = 4 + 4 + 8 + 4 + 4 + 4 + 4 + 4

export const columnsOf = (rows: number): BufferColumns => ({
  vehicle: new Int32Array(rows),
  type: new Int32Array(rows),
  time: new Float64Array(rows),
  longitude: new Int32Array(rows),
  latitude: new Int32Array(rows),
  speed: new Float32Array(rows),
  heading: new Float32Array(rows),
  cell: new Int32Array(rows),
})

/** Copies the first `rows` rows into columns with room for them. */
export const copyRows = (from: BufferColumns, to: BufferColumns, rows: number): void => {
  for (const name of Object.keys(to) as (keyof BufferColumns)[]) to[name].set(from[name].subarray(0, rows))
}
