import { createTextDictionary } from './text-dictionary.ts'

/** The rows of one partition that wait for a flush, as columns; about 34 bytes a row. */
export interface PartitionBuffer {
  readonly length: number
  /** What it takes, in bytes, unused room included. */
  readonly bytes: number
  /** ms since the epoch; Infinity and −Infinity when empty. */
  readonly minTime: number
  readonly maxTime: number
  readonly vehicleIds: readonly string[]
  readonly vehicleTypes: readonly string[]
  readonly columns: BufferColumns
  vehicleCode(bytes: Uint8Array, from: number, to: number): number
  typeCode(type: string): number
  append(row: BufferedRow): void
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

export interface BufferedRow {
  vehicle: number
  type: number
  time: number
  longitude: number
  latitude: number
  speed: number
  heading: number
  cell: number
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

const grownFrom = (old: BufferColumns, rows: number): BufferColumns => {
  const grown = columnsOf(rows)
  for (const name of Object.keys(grown) as (keyof BufferColumns)[]) grown[name].set(old[name])
  return grown
}

export const createPartitionBuffer = (): PartitionBuffer => {
  const vehicles = createTextDictionary()
  const vehicleTypes: string[] = []
  let columns = columnsOf(FIRST_ROWS)
  let capacity = FIRST_ROWS
  let length = 0
  let minTime = Infinity
  let maxTime = -Infinity
  return {
    get length() {
      return length
    },
    get bytes() {
      return capacity * BYTES_PER_ROW + vehicles.bytes
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
    append: (row) => {
      if (length === capacity) {
        capacity *= 2
        columns = grownFrom(columns, capacity)
      }
      columns.vehicle[length] = row.vehicle
      columns.type[length] = row.type
      columns.time[length] = row.time
      columns.longitude[length] = row.longitude
      columns.latitude[length] = row.latitude
      columns.speed[length] = row.speed
      columns.heading[length] = row.heading
      columns.cell[length] = row.cell
      if (row.time < minTime) minTime = row.time
      if (row.time > maxTime) maxTime = row.time
      length++
    },
  }
}
