import { createTextDictionary } from './text-dictionary.ts'

/** The rows of one partition that wait for a flush, as columns; 36 bytes a row. */
export interface PartitionBuffer {
  readonly length: number
  /** What it holds, in bytes. */
  readonly bytes: number
  /** ms since the epoch; Infinity and −Infinity when empty. */
  readonly minTime: number
  readonly maxTime: number
  readonly vehicleIds: readonly string[]
  readonly vehicleTypes: readonly string[]
  readonly columns: BufferColumns
  vehicleCode(bytes: Uint8Array, from: number, to: number): number
  typeCode(type: string): number
  /** Columns with room for so many rows more, to be written from `length` on and then counted by `extend`. */
  reserve(rows: number): BufferColumns
  /** Counts rows that were written; their times lie in `[minTime, maxTime]`. */
  extend(rows: number, minTime: number, maxTime: number): void
}

/** The first `length` entries of each count. */
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

const FIRST_ROWS = 1024
const BYTES_PER_ROW = 4 + 4 + 8 + 4 + 4 + 4 + 4 + 4

const columnsOf = (rows: number): BufferColumns => ({
  vehicle: new Int32Array(rows),
  type: new Int32Array(rows),
  time: new Float64Array(rows),
  longitude: new Int32Array(rows),
  latitude: new Int32Array(rows),
  speed: new Float32Array(rows),
  heading: new Float32Array(rows),
  cell: new Int32Array(rows),
})

const grownFrom = (old: BufferColumns, length: number, rows: number): BufferColumns => {
  const grown = columnsOf(rows)
  for (const name of Object.keys(grown) as (keyof BufferColumns)[]) grown[name].set(old[name].subarray(0, length))
  return grown
}

/** @param expectedRows what it will probably hold: a good guess spares the growing; memory is taken only as it is written */
export const createPartitionBuffer = (expectedRows = 0): PartitionBuffer => {
  const vehicles = createTextDictionary()
  const vehicleTypes: string[] = []
  let capacity = Math.max(FIRST_ROWS, expectedRows)
  let columns = columnsOf(capacity)
  let length = 0
  let minTime = Infinity
  let maxTime = -Infinity
  return {
    get length() {
      return length
    },
    get bytes() {
      return length * BYTES_PER_ROW + vehicles.bytes
    },
    get minTime() {
      return minTime
    },
    get maxTime() {
      return maxTime
    },
    get columns() {
      return columns
    },
    vehicleIds: vehicles.texts,
    vehicleTypes,
    vehicleCode: vehicles.codeOf,
    typeCode: (type) => {
      const code = vehicleTypes.indexOf(type)
      return code >= 0 ? code : vehicleTypes.push(type) - 1
    },
    reserve: (rows) => {
      if (length + rows > capacity) {
        capacity = Math.max(length + rows, 2 * capacity)
        columns = grownFrom(columns, length, capacity)
      }
      return columns
    },
    extend: (rows, earliest, latest) => {
      length += rows
      minTime = Math.min(minTime, earliest)
      maxTime = Math.max(maxTime, latest)
    },
  }
}
