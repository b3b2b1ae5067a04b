import type { TextBytes } from '@fleetlake/columnar'
import { bucketOfBytes } from '../buckets.ts'
import { type Batch, gatherBatch, millisIn, numbersIn, type ProjectionColumn, textsIn } from '../table/batch.ts'
import { mergeBy, type ProjectionKind } from '../table/projection-kind.ts'

const COLUMNS: readonly ProjectionColumn[] = [
  { name: 'bucket', type: 'int' },
  { name: 'by', type: 'string' },
  { name: 'key', type: 'string' },
  { name: 'vehicle_id', type: 'string' },
  { name: 'vehicle_type', type: 'string' },
  { name: 'event_time', type: 'timestamp' },
  { name: 'longitude', type: 'decimal' },
  { name: 'latitude', type: 'decimal' },
  { name: 'speed', type: 'float' },
  { name: 'heading', type: 'float' },
  { name: 'revision', type: 'long' },
]

/** Positions as typed arrays, each the last one that is known of a key. */
export interface LatestColumns {
  readonly length: number
  /** The column that the key is of: `vehicle_id`, or another one. */
  readonly by: Int32Array
  readonly bys: TextBytes
  readonly key: Int32Array
  readonly keys: TextBytes
  readonly vehicle: Int32Array
  readonly vehicleIds: TextBytes
  readonly vehicleType: Int32Array
  readonly vehicleTypes: TextBytes
  /** ms since the epoch. */
  readonly eventTime: Float64Array
  /** Millionths of a degree. */
  readonly longitude: Int32Array
  readonly latitude: Int32Array
  /** NaN where there is none, as of the others. */
  readonly speed: Float32Array
  readonly heading: Float32Array
  readonly revision: Float64Array
}

/** The columns of the table, whose rows carry their buckets. */
export const latestBatch = (columns: LatestColumns): Batch => {
  const { length, key, keys } = columns
  const buckets = new Float64Array(keys.count).fill(-1)
  const bucket = new Float64Array(length)
  for (let row = 0; row < length; row++) {
    const code = key[row]
    if (buckets[code] < 0) buckets[code] = bucketOfBytes(keys.at(code))
    bucket[row] = buckets[code]
  }
  return {
    length,
    columns: [
      { name: 'bucket', type: 'int', values: bucket },
      { name: 'by', type: 'string', codes: columns.by, dictionary: columns.bys },
      { name: 'key', type: 'string', codes: key, dictionary: keys },
      { name: 'vehicle_id', type: 'string', codes: columns.vehicle, dictionary: columns.vehicleIds },
      { name: 'vehicle_type', type: 'string', codes: columns.vehicleType, dictionary: columns.vehicleTypes },
      { name: 'event_time', type: 'timestamp', millis: columns.eventTime },
      { name: 'longitude', type: 'decimal', unscaled: columns.longitude, precision: 9, scale: 6 },
      { name: 'latitude', type: 'decimal', unscaled: columns.latitude, precision: 9, scale: 6 },
      { name: 'speed', type: 'float', values: columns.speed, encoding: 'dictionary' },
      { name: 'heading', type: 'float', values: columns.heading, encoding: 'dictionary' },
      { name: 'revision', type: 'long', values: columns.revision },
    ],
  }
}

/** The inverse of `latestBatch`; nothing is copied. */
export const latestColumns = ({ length, columns }: Batch): LatestColumns => {
  const [, by, key, vehicle, vehicleType, eventTime, longitude, latitude, speed, heading, revision] = columns
  return {
    length,
    by: textsIn(by).codes,
    bys: textsIn(by).dictionary,
    key: textsIn(key).codes,
    keys: textsIn(key).dictionary,
    vehicle: textsIn(vehicle).codes,
    vehicleIds: textsIn(vehicle).dictionary,
    vehicleType: textsIn(vehicleType).codes,
    vehicleTypes: textsIn(vehicleType).dictionary,
    eventTime: millisIn(eventTime),
    longitude: numbersIn(longitude) as Int32Array,
    latitude: numbersIn(latitude) as Int32Array,
    speed: numbersIn(speed) as Float32Array,
    heading: numbersIn(heading) as Float32Array,
    revision: numbersIn(revision) as Float64Array,
  }
}

/** An order of numbers: no number comes first, and −0 before 0. */
export const compareNumbers = (a: number, b: number): number => {
  if (Object.is(a, b)) return 0
  if (a === b) return Object.is(a, -0) ? -1 : 1
  return Number.isNaN(a) || a < b ? -1 : 1
}

const compareTexts = (a: Int32Array, i: number, x: TextBytes, b: Int32Array, j: number, y: TextBytes): number =>
  a[i] === b[j] && x === y ? 0 : Buffer.compare(x.at(a[i]), y.at(b[j]))

/**
 * The order of positions of one key, the last known one greatest: by event time, then revision, where no revision comes first, then all other values. Invariant: rows that differ are never
 * equal, so that the greatest is a function of the set. What tells reports apart comes before speed, heading and type: of equal reports that differ in those any may be kept, and which report
 * is the greatest must not depend on it.
 */
export const compareLatest = (a: LatestColumns, i: number, b: LatestColumns, j: number): number =>
  a.eventTime[i] - b.eventTime[j] ||
  compareNumbers(a.revision[i], b.revision[j]) ||
  a.longitude[i] - b.longitude[j] ||
  a.latitude[i] - b.latitude[j] ||
  compareTexts(a.vehicle, i, a.vehicleIds, b.vehicle, j, b.vehicleIds) ||
  compareNumbers(a.speed[i], b.speed[j]) ||
  compareNumbers(a.heading[i], b.heading[j]) ||
  compareTexts(a.vehicleType, i, a.vehicleTypes, b.vehicleType, j, b.vehicleTypes)

/** The greatest row of each key. */
const combine = (sorted: Batch, starts: Uint32Array): Batch => {
  const columns = latestColumns(sorted)
  const order = new Uint32Array(starts.length - 1)
  for (let i = 0; i < order.length; i++) {
    let greatest = starts[i]
    for (let row = greatest + 1; row < starts[i + 1]; row++) {
      if (compareLatest(columns, row, columns, greatest) > 0) greatest = row
    }
    order[i] = greatest
  }
  return gatherBatch(sorted, order)
}

/** The last position that is known of each vehicle, and of each key of another column. */
export const LATEST: ProjectionKind = {
  name: 'latest',
  columns: COLUMNS,
  keys: 3,
  keyColumn: 'key',
  hasDates: false,
  merge: (batches) => mergeBy(LATEST, batches, combine),
}
