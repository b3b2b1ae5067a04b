import { BYTES_PER_ROW, type BufferColumns, columnsOf, copyRows } from './buffer-columns.ts'
import { type ColumnsPool, createColumnsPool } from './columns-pool.ts'
import { createTextDictionary } from './text-dictionary.ts'

/** The rows of one partition that wait for a flush, as columns; 36 bytes a row. */
export interface PartitionBuffer {
  readonly length: number
  /** What it holds, in bytes. */
  readonly bytes: number
  /** What it takes of memory. */
  readonly heldBytes: number
  /** ms since the epoch; Infinity and −Infinity when empty. */
  readonly minTime: number
  readonly maxTime: number
  readonly vehicleIds: readonly string[]
  readonly vehicleTypes: readonly string[]
  /** The first `length` entries of each count. */
  readonly columns: BufferColumns
  vehicleCode(bytes: Uint8Array, from: number, to: number): number
  typeCode(type: string): number
  /** Columns with room for so many rows more, to be written from `length` on and then counted by `extend`. */
  reserve(rows: number): BufferColumns
  /** Counts rows that were written; their times lie in `[minTime, maxTime]`. */
  extend(rows: number, minTime: number, maxTime: number): void
  /** Gives its columns back; nobody reads it any more. */
  release(): void
}

/** About what a text takes beside its characters, its place in a list and in a map included. */
const BYTES_PER_TYPE = 96

export interface BufferOptions {
  /** What it will probably hold: a good guess spares the growing. */
  readonly expectedRows?: number
  readonly pool?: ColumnsPool
}

export const createPartitionBuffer = ({
  expectedRows = 0,
  pool = createColumnsPool(0),
}: BufferOptions = {}): PartitionBuffer => {
  const vehicles = createTextDictionary()
  const vehicleTypes: string[] = []
  const typeCodes = new Map<string, number>()
  let typeBytes = 0
  let columns = pool.take(expectedRows)
  let length = 0
  let minTime = Infinity
  let maxTime = -Infinity
  return {
    get length() {
      return length
    },
    get bytes() {
      return length * BYTES_PER_ROW + vehicles.bytes + typeBytes
    },
    get heldBytes() {
      return columns.time.length * BYTES_PER_ROW + vehicles.bytes + typeBytes
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
      const code = typeCodes.get(type)
      if (code !== undefined) return code
      typeCodes.set(type, vehicleTypes.length)
      typeBytes += BYTES_PER_TYPE + 2 * type.length
      return vehicleTypes.push(type) - 1
    },
    reserve: (rows) => {
      const room = columns.time.length
      if (length + rows > room) {
        const wider = pool.take(Math.max(length + rows, room + (room >> 1)))
        copyRows(columns, wider, length)
        pool.giveBack(columns)
        columns = wider
      }
      return columns
    },
    extend: (rows, earliest, latest) => {
      length += rows
      minTime = Math.min(minTime, earliest)
      maxTime = Math.max(maxTime, latest)
    },
    release: () => {
      pool.giveBack(columns)
      columns = columnsOf(0)
    },
  }
}
