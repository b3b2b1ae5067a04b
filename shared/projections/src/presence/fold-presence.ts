import type { Rows } from '@fleetlake/columnar'
import { bucketOfBytes } from '../buckets.ts'
import type { TimedKeys } from '../fold/timed-keys.ts'
import { classOf } from './intervals.ts'
import { createIntervalCounts, type IntervalCounts } from './interval-counts.ts'

/**
 * Presence of one date, folded from rows as they come. Invariant: what is not marked is what its batch computation comes to, less what was known before. The state of a
 * (vehicle, cell) is its last time: rows later than it are new; a run of rows with any other marks the key, and all of it is to be computed again.
 */
export interface PresenceFold {
  /** Takes the rows of a file in, or a part of them. Rows of a vehicle that lie side by side are a run; other orders cost more and come to the same. */
  take(rows: Rows, cell: string): void
  /** Of what was folded so far; it goes on changing with the fold. */
  readonly partials: PresencePartials
  readonly heldBytes: number
}

/** Partial rows by number, in typed arrays. */
export interface PresencePartials {
  readonly length: number
  readonly bucket: Uint8Array
  /** The number of the key in its bucket's keys. */
  readonly key: Int32Array
  /** ms since the epoch. */
  readonly first: Float64Array
  readonly last: Float64Array
  readonly rows: Float64Array
  /** 1 where the key is to be computed again, and the partial row counts for nothing. */
  readonly isMarked: Uint8Array
  readonly intervals: IntervalCounts
}

const FIRST_ROOM = 1_024
const encoder = new TextEncoder()

const makeColumns = (room: number) => ({
  bucket: new Uint8Array(room),
  key: new Int32Array(room),
  first: new Float64Array(room),
  last: new Float64Array(room),
  rows: new Float64Array(room),
  isMarked: new Uint8Array(room),
})

/** @param keysOf by bucket, those to fold; rows of others are passed over. Their times go on, and they keep the numbers of partial rows until `release` */
export const createPresenceFold = (keysOf: readonly (TimedKeys | undefined)[]): PresenceFold => {
  let columns = makeColumns(FIRST_ROOM)
  let length = 0
  const intervals = createIntervalCounts()
  /** A key's bytes: the cell of the file, then the vehicle. */
  let scratch = new Uint8Array(512)

  const grow = (): void => {
    const wider = makeColumns(2 * columns.key.length)
    wider.bucket.set(columns.bucket)
    wider.key.set(columns.key)
    wider.first.set(columns.first)
    wider.last.set(columns.last)
    wider.rows.set(columns.rows)
    wider.isMarked.set(columns.isMarked)
    columns = wider
  }
  const begin = (bucket: number, key: number): number => {
    if (length === columns.key.length) grow()
    columns.bucket[length] = bucket
    columns.key[length] = key
    columns.first[length] = Infinity
    columns.last[length] = -Infinity
    return length++
  }

  /** The rows `[from, to)` are of one vehicle. */
  const takeRun = (
    times: Float64Array,
    from: number,
    to: number,
    keys: TimedKeys,
    bucket: number,
    key: number,
  ): void => {
    let partial = keys.partials[key]
    if (partial < 0) {
      partial = begin(bucket, key)
      keys.partials[key] = partial
    }
    if (columns.isMarked[partial] === 1) return
    const known = keys.times[key]
    let before = known
    let isNew = true
    for (let i = from; i < to; i++) {
      const time = times[i]
      if (!(time > before)) {
        isNew = false
        break
      }
      before = time
    }
    if (!isNew) {
      columns.isMarked[partial] = 1
      return
    }
    before = known
    // Neighbouring intervals are alike as a rule: they are counted together.
    let [klass, count] = [-1, 0]
    for (let i = from; i < to; i++) {
      const time = times[i]
      if (before !== -Infinity) {
        const found = classOf(time - before)
        if (found === klass) count++
        else {
          if (count > 0) intervals.add(partial, klass, count)
          ;[klass, count] = [found, 1]
        }
      }
      before = time
    }
    if (count > 0) intervals.add(partial, klass, count)
    if (times[from] < columns.first[partial]) columns.first[partial] = times[from]
    columns.last[partial] = before
    columns.rows[partial] += to - from
    keys.times[key] = before
  }

  return {
    take: ({ length: rows, vehicle, vehicleIds: { offsets, bytes }, eventTime }, cell) => {
      const prefix = encoder.encode(`${cell}/`)
      scratch.set(prefix)
      for (let from = 0; from < rows;) {
        const id = vehicle[from]
        let to = from + 1
        while (to < rows && vehicle[to] === id) to++
        const [start, end] = [offsets[id], offsets[id + 1]]
        const bucket = bucketOfBytes(bytes, start, end)
        const keys = keysOf[bucket]
        if (keys !== undefined) {
          const size = prefix.length + end - start
          if (size > scratch.length) {
            scratch = new Uint8Array(2 * size)
            scratch.set(prefix)
          }
          for (let i = start, at = prefix.length; i < end; i++) scratch[at++] = bytes[i]
          takeRun(eventTime, from, to, keys, bucket, keys.numberOf(scratch, 0, size))
        }
        from = to
      }
    },
    get partials() {
      return { length, ...columns, intervals }
    },
    get heldBytes() {
      return columns.key.length * 33 + intervals.heldBytes
    },
  }
}
