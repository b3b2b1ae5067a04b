import { bytesOfStrings, type TextBytes } from '@fleetlake/columnar'
import { bucketOfBytes } from '../buckets.ts'
import { type Batch, daysIn, millisIn, numbersIn, textsIn } from '../table/batch.ts'

/** Rows of presence as typed arrays: a vehicle in a cell on a date. */
export interface PresenceColumns {
  readonly length: number
  readonly vehicle: Int32Array
  readonly vehicleIds: TextBytes
  /** Days since 1970-01-01, UTC. */
  readonly day: Int32Array
  readonly cell: Int32Array
  /** Geohashes. */
  readonly cells: TextBytes
  /** The least and the greatest event time, ms since the epoch. */
  readonly first: Float64Array
  readonly last: Float64Array
  /** Distinct reports. */
  readonly rows: Float64Array
  /** As `StoredIntervals` has it; −1 for no text. */
  readonly cadence: Float64Array
  readonly interval: Int32Array
  readonly intervals: TextBytes
}

/** The columns of the table, whose rows carry their buckets. */
export const presenceBatch = (columns: PresenceColumns): Batch => {
  const { length, vehicle, vehicleIds } = columns
  const buckets = new Float64Array(vehicleIds.count).fill(-1)
  const bucket = new Float64Array(length)
  for (let row = 0; row < length; row++) {
    const code = vehicle[row]
    if (buckets[code] < 0) buckets[code] = bucketOfBytes(vehicleIds.at(code))
    bucket[row] = buckets[code]
  }
  return {
    length,
    columns: [
      { name: 'bucket', type: 'int', values: bucket },
      { name: 'vehicle_id', type: 'string', codes: vehicle, dictionary: vehicleIds },
      { name: 'date', type: 'date', days: columns.day },
      { name: 'cell', type: 'string', codes: columns.cell, dictionary: columns.cells },
      { name: 'first', type: 'timestamp', millis: columns.first },
      { name: 'last', type: 'timestamp', millis: columns.last },
      { name: 'rows', type: 'int', values: columns.rows },
      { name: 'cadence', type: 'int', values: columns.cadence },
      { name: 'intervals', type: 'text', codes: columns.interval, dictionary: columns.intervals },
    ],
  }
}

/** The inverse of `presenceBatch`; nothing is copied. */
export const presenceColumns = ({ length, columns }: Batch): PresenceColumns => {
  const [, vehicle, day, cell, first, last, rows, cadence, intervals] = columns
  return {
    length,
    vehicle: textsIn(vehicle).codes,
    vehicleIds: textsIn(vehicle).dictionary,
    day: daysIn(day),
    cell: textsIn(cell).codes,
    cells: textsIn(cell).dictionary,
    first: millisIn(first),
    last: millisIn(last),
    rows: numbersIn(rows) as Float64Array,
    cadence: numbersIn(cadence) as Float64Array,
    interval: textsIn(intervals).codes,
    intervals: textsIn(intervals).dictionary,
  }
}

/** Numbers of texts, each text once. */
export interface TextNumbers {
  numberOf(text: string): number
  texts(): TextBytes
}

export const createTextNumbers = (): TextNumbers => {
  const numbers = new Map<string, number>()
  return {
    numberOf: (text) => {
      let number = numbers.get(text)
      if (number === undefined) numbers.set(text, (number = numbers.size))
      return number
    },
    texts: () => bytesOfStrings([...numbers.keys()]),
  }
}
