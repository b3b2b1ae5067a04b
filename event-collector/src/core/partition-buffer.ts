import { BYTES_PER_ROW, type BufferColumns, columnsOf, copyRows } from './buffer-columns.ts'
import { type ColumnsPool, createColumnsPool } from './columns-pool.ts'
import { createIdTable, createMeasureStore, type IdTable, type MeasureStore } from '@fleetlake/columnar'

/** The rows of one partition that wait for a flush, as columns; 36 bytes a row, and its measures. */
export interface PartitionBuffer {
  readonly length: number
  /** What it holds, in bytes. */
  readonly bytes: number
  /** What it takes of memory. */
  readonly heldBytes: number
  /** ms since the epoch; Infinity and −Infinity when empty. */
  readonly minTime: number
  readonly maxTime: number
  readonly vehicles: Pick<IdTable, 'size' | 'texts'>
  readonly vehicleTypes: readonly string[]
  /** The first `length` entries of each count. */
  readonly columns: BufferColumns
  /** The measures of the rows, row for row. */
  readonly measures: MeasureStore
  /** The id of a vehicle by its number. */
  vehicleId(number: number): string
  vehicleCode(bytes: Uint8Array, from: number, to: number): number
  typeCode(type: string): number
  /** Columns with room for this number of further rows, to be written from `length` on and then counted by `extend`. */
  reserve(rows: number): BufferColumns
  /** Counts rows that were written; their times lie in `[minTime, maxTime]`. */
  extend(rows: number, minTime: number, maxTime: number): void
  /** Gives its columns back; the buffer must not be read afterwards. */
  release(): void
}

/** About what a text takes beside its characters, its place in a list included; of a type in a map as well. */
const BYTES_PER_ID = 64
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
  const vehicles = createIdTable()
  /** Ids that were asked for, as texts. */
  const vehicleIds: string[] = []
  const vehicleTypes: string[] = []
  const typeCodes = new Map<string, number>()
  let typeBytes = 0
  const measures = createMeasureStore()
  let columns = pool.take(expectedRows)
  let length = 0
  /** Ids are held twice: as bytes, and as they are given out. */
  const idBytes = (): number => vehicles.heldBytes + vehicles.textBytes + vehicles.size * BYTES_PER_ID
  let minTime = Infinity
  let maxTime = -Infinity
  return {
    get length() {
      return length
    },
    get bytes() {
      return length * BYTES_PER_ROW + idBytes() + typeBytes + measures.bytes
    },
    get heldBytes() {
      return columns.eventTime.length * BYTES_PER_ROW + idBytes() + typeBytes + measures.bytes
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
    measures,
    vehicles,
    vehicleTypes,
    vehicleId: (number) => (vehicleIds[number] ??= vehicles.text(number)),
    vehicleCode: vehicles.numberOf,
    typeCode: (type) => {
      const code = typeCodes.get(type)
      if (code !== undefined) return code
      typeCodes.set(type, vehicleTypes.length)
      typeBytes += BYTES_PER_TYPE + 2 * type.length
      return vehicleTypes.push(type) - 1
    },
    reserve: (rows) => {
      const room = columns.eventTime.length
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
