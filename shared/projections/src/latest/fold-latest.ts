import { createIdTable, isTextMeasure, type IdTable, REVISION, type Rows, type Texts } from '@fleetlake/columnar'
import { bucketOfBytes } from '../buckets.ts'
import type { TimedKeys } from '../fold/timed-keys.ts'

/** Partial rows by number, in typed arrays. */
export interface LatestPartials {
  readonly length: number
  readonly bucket: Uint8Array
  /** The number of the key in its bucket's keys. */
  readonly key: Int32Array
  /** Numbers of texts in `texts`. */
  readonly vehicle: Int32Array
  readonly vehicleType: Int32Array
  /** ms since the epoch. */
  readonly eventTime: Float64Array
  /** Whole millionths of a degree. */
  readonly longitude: Int32Array
  readonly latitude: Int32Array
  /** NaN where there is none. */
  readonly speed: Float32Array
  readonly heading: Float32Array
  readonly revision: Float64Array
  /** 1 where several rows of the key have this time, of which this is one: which of them counts is to be computed from all of them. */
  readonly isMarked: Uint8Array
  readonly texts: Texts
}

/**
 * The latest row per key of one column, folded from rows as they come, in any order. Invariant: what is not marked is the only row of its key at the greatest time that
 * was ever seen; a row at a time that was seen before marks its key, since it may be the same report once more, or a correction.
 */
export interface LatestFold {
  take(rows: Rows): void
  readonly partials: LatestPartials
  readonly heldBytes: number
}

const FIRST_ROOM = 1_024
const ROW_BYTES = 54

const makeColumns = (room: number) => ({
  bucket: new Uint8Array(room),
  key: new Int32Array(room),
  vehicle: new Int32Array(room),
  vehicleType: new Int32Array(room),
  eventTime: new Float64Array(room),
  longitude: new Int32Array(room),
  latitude: new Int32Array(room),
  speed: new Float32Array(room),
  heading: new Float32Array(room),
  revision: new Float64Array(room),
  isMarked: new Uint8Array(room),
})
type Columns = ReturnType<typeof makeColumns>

const grown = (from: Columns): Columns => {
  const wider = makeColumns(2 * from.key.length)
  for (const name of Object.keys(from) as (keyof Columns)[]) wider[name].set(from[name])
  return wider
}

/** The rows' texts by which they are keyed; undefined where none of them has one. @param by 'vehicle_id', or the name of a measure of texts */
export const keysIn = (rows: Rows, by: string): { readonly codes: Int32Array; readonly texts: Texts } | undefined => {
  if (by === 'vehicle_id') return { codes: rows.vehicle, texts: rows.vehicleIds }
  const column = rows.measures.find(({ spec }) => spec.name === by)
  return column !== undefined && isTextMeasure(column) ? { codes: column.codes, texts: column.texts } : undefined
}

const encoder = new TextEncoder()
const textNumber = (texts: IdTable, text: string): number => {
  const bytes = encoder.encode(text)
  return texts.numberOf(bytes, 0, bytes.length)
}

/** @param keysOf by bucket, those to fold; rows of others are passed over. Their times go on, and they keep the numbers of partial rows until `releasePartials` */
export const createLatestFold = (by: string, keysOf: readonly (TimedKeys | undefined)[]): LatestFold => {
  let columns = makeColumns(FIRST_ROOM)
  let length = 0
  const texts = createIdTable()
  /** By the number of a text in the file: the row with the greatest time, and whether another has it, too. */
  let best = new Int32Array(FIRST_ROOM)
  let isTied = new Uint8Array(FIRST_ROOM)

  const partialOf = (keys: TimedKeys, bucket: number, key: number): number => {
    const found = keys.partials[key]
    if (found >= 0) return found
    if (length === columns.key.length) columns = grown(columns)
    columns.bucket[length] = bucket
    columns.key[length] = key
    keys.partials[key] = length
    return length++
  }

  const put = (partial: number, rows: Rows, row: number): void => {
    const { offsets, bytes } = rows.vehicleIds
    const id = rows.vehicle[row]
    columns.vehicle[partial] = texts.numberOf(bytes, offsets[id], offsets[id + 1])
    columns.vehicleType[partial] = textNumber(texts, rows.vehicleTypes[rows.vehicleType[row]])
    columns.eventTime[partial] = rows.eventTime[row]
    columns.longitude[partial] = rows.longitude[row]
    columns.latitude[partial] = rows.latitude[row]
    columns.speed[partial] = rows.speed[row]
    columns.heading[partial] = rows.heading[row]
    const revision = rows.measures.find(({ spec }) => spec.name === REVISION)
    columns.revision[partial] = revision === undefined || isTextMeasure(revision) ? NaN : revision.values[row]
  }

  /** The row with the greatest time for each text of the file. */
  const findBest = ({ length: rows, eventTime }: Rows, codes: Int32Array, count: number): void => {
    if (count > best.length) {
      best = new Int32Array(2 * count)
      isTied = new Uint8Array(2 * count)
    }
    best.fill(-1, 0, count)
    for (let row = 0; row < rows; row++) {
      const code = codes[row]
      if (code < 0) continue
      const other = best[code]
      if (other < 0 || eventTime[row] > eventTime[other]) {
        best[code] = row
        isTied[code] = 0
      } else if (eventTime[row] === eventTime[other]) isTied[code] = 1
    }
  }

  return {
    take: (rows) => {
      const keyed = keysIn(rows, by)
      if (keyed === undefined) return
      const { offsets, bytes, count } = keyed.texts
      findBest(rows, keyed.codes, count)
      for (let code = 0; code < count; code++) {
        const row = best[code]
        if (row < 0) continue
        const [start, end] = [offsets[code], offsets[code + 1]]
        const bucket = bucketOfBytes(bytes, start, end)
        const keys = keysOf[bucket]
        if (keys === undefined) continue
        const key = keys.numberOf(bytes, start, end)
        const time = rows.eventTime[row]
        if (!(time >= keys.times[key])) continue
        const isMarked = time > keys.times[key] ? isTied[code] : 1
        const partial = partialOf(keys, bucket, key)
        put(partial, rows, row)
        keys.times[key] = time
        columns.isMarked[partial] = isMarked
      }
    },
    get partials() {
      return { length, ...columns, texts: texts.texts() }
    },
    get heldBytes() {
      return columns.key.length * ROW_BYTES + texts.heldBytes + best.byteLength + isTied.byteLength
    },
  }
}
