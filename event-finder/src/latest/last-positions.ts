import {
  createIdTable,
  createTextList,
  isTextMeasure,
  type MeasureColumn,
  REVISION,
  type Rows,
  rowsOfArrays,
  type TextMeasure,
  type Texts,
} from '@fleetlake/columnar'
import { compareNumbers } from '@fleetlake/projections'

/** The last position of each key: of each vehicle, or of each text of a measure. */
export interface LastPositions {
  /** Keys. */
  readonly size: number
  /** What it holds of memory. */
  readonly bytes: number
  /** Takes in rows. Invariant: in any order, and again, they come to the same. */
  fold(rows: Rows): void
  /** The rows of the keys that are wanted, in the order in which the keys came first; a copy. */
  take(isWanted?: (key: number) => boolean): Rows
  /** The number of a key; -1 when it has none. */
  find(key: string): number
}

const FIRST_ROOM = 1_024

const grown = <Values extends Float64Array | Int32Array | Float32Array>(from: Values, into: Values): Values => {
  into.set(from)
  return into
}

const makeColumns = (room: number) => ({
  eventTime: new Float64Array(room),
  revision: new Float64Array(room),
  longitude: new Int32Array(room),
  latitude: new Int32Array(room),
  speed: new Float32Array(room),
  heading: new Float32Array(room),
  vehicle: new Int32Array(room),
  vehicleType: new Int32Array(room),
})

type Columns = ReturnType<typeof makeColumns>

const grownColumns = (from: Columns, room: number): Columns => {
  const to = makeColumns(room)
  return {
    eventTime: grown(from.eventTime, to.eventTime),
    revision: grown(from.revision, to.revision),
    longitude: grown(from.longitude, to.longitude),
    latitude: grown(from.latitude, to.latitude),
    speed: grown(from.speed, to.speed),
    heading: grown(from.heading, to.heading),
    vehicle: grown(from.vehicle, to.vehicle),
    vehicleType: grown(from.vehicleType, to.vehicleType),
  }
}

const encoder = new TextEncoder()

/**
 * Keeps the greatest row of each key, in the order in which the table `latest` has its greatest (`compareLatest`).
 * @param by undefined for vehicles, else the name of the measure whose texts are the keys: rows without one have none
 */
export const createLastPositions = (by?: string): LastPositions => {
  const keys = createIdTable()
  const vehicles = by === undefined ? keys : createIdTable()
  const types = createIdTable()
  let columns = makeColumns(FIRST_ROOM)

  /** Whether a row is greater than what its key has. */
  const isLater = (rows: Rows, row: number, revision: number, type: Uint8Array, key: number): boolean => {
    const { eventTime, longitude, latitude, speed, heading, vehicle, vehicleType } = columns
    const { offsets, bytes } = rows.vehicleIds
    const [from, to] = [offsets[rows.vehicle[row]], offsets[rows.vehicle[row] + 1]]
    const difference =
      rows.eventTime[row] - eventTime[key] ||
      compareNumbers(revision, columns.revision[key]) ||
      rows.longitude[row] - longitude[key] ||
      rows.latitude[row] - latitude[key] ||
      Buffer.compare(bytes.subarray(from, to), vehicles.at(vehicle[key])) ||
      compareNumbers(rows.speed[row], speed[key]) ||
      compareNumbers(rows.heading[row], heading[key]) ||
      Buffer.compare(type, types.at(vehicleType[key]))
    return difference > 0
  }

  const put = (rows: Rows, row: number, revision: number, type: Uint8Array, key: number): void => {
    columns.eventTime[key] = rows.eventTime[row]
    columns.revision[key] = revision
    columns.longitude[key] = rows.longitude[row]
    columns.latitude[key] = rows.latitude[row]
    columns.speed[key] = rows.speed[row]
    columns.heading[key] = rows.heading[row]
    columns.vehicleType[key] = types.numberOf(type, 0, type.length)
    if (by === undefined) columns.vehicle[key] = key
    else {
      const { offsets, bytes } = rows.vehicleIds
      columns.vehicle[key] = vehicles.numberOf(bytes, offsets[rows.vehicle[row]], offsets[rows.vehicle[row] + 1])
    }
  }

  /** The key of a row, new or known; -1 when it has none. */
  const keyReader = (rows: Rows): ((row: number) => number) => {
    if (by === undefined) {
      const { offsets, bytes } = rows.vehicleIds
      const known = new Int32Array(rows.vehicleIds.count).fill(-1)
      return (row) => {
        const id = rows.vehicle[row]
        if (known[id] < 0) known[id] = keys.numberOf(bytes, offsets[id], offsets[id + 1])
        return known[id]
      }
    }
    const measure = rows.measures.find(({ spec }) => spec.name === by)
    if (measure === undefined || !isTextMeasure(measure)) return () => -1
    const { offsets, bytes } = measure.texts
    return (row) => {
      const code = measure.codes[row]
      return code < 0 ? -1 : keys.numberOf(bytes, offsets[code], offsets[code + 1])
    }
  }

  return {
    get size() {
      return keys.size
    },
    get bytes() {
      const tables = keys.heldBytes + types.heldBytes + (by === undefined ? 0 : vehicles.heldBytes)
      return tables + Object.values(columns).reduce((sum, { byteLength }) => sum + byteLength, 0)
    },
    fold: (rows) => {
      const keyOf = keyReader(rows)
      const revisions = rows.measures.find(({ spec }) => spec.name === REVISION)
      const typeBytes = rows.vehicleTypes.map((type) => encoder.encode(type))
      for (let row = 0; row < rows.length; row++) {
        const before = keys.size
        const key = keyOf(row)
        if (key < 0) continue
        const isNew = keys.size > before
        const time = rows.eventTime[row]
        // Most rows that are not later are far from it.
        if (!isNew && time < columns.eventTime[key]) continue
        const revision = revisions === undefined || isTextMeasure(revisions) ? NaN : revisions.values[row]
        const type = typeBytes[rows.vehicleType[row]]
        if (isNew) {
          if (key >= columns.eventTime.length) columns = grownColumns(columns, 2 * columns.eventTime.length)
        } else if (!isLater(rows, row, revision, type, key)) continue
        put(rows, row, revision, type, key)
      }
    },
    take: (isWanted = () => true) => {
      const wanted = new Uint32Array(keys.size)
      let length = 0
      for (let key = 0; key < keys.size; key++) if (isWanted(key)) wanted[length++] = key
      const taken = wanted.subarray(0, length)
      const { eventTime, longitude, latitude, speed, heading, vehicle, vehicleType } = columns
      const some = <Values extends Float64Array | Int32Array | Float32Array>(from: Values, to: Values): Values => {
        for (let i = 0; i < length; i++) to[i] = from[taken[i]]
        return to
      }
      const named = vehicles.texts()
      return rowsOfArrays({
        length,
        vehicleIds: { ...named, offsets: named.offsets.slice(), bytes: named.bytes.slice() },
        vehicle: some(vehicle, new Int32Array(length)),
        vehicleTypes: Array.from({ length: types.size }, (_, type) => types.text(type)),
        vehicleType: some(vehicleType, new Int32Array(length)),
        eventTime: some(eventTime, new Float64Array(length)),
        longitude: some(longitude, new Int32Array(length)),
        latitude: some(latitude, new Int32Array(length)),
        speed: some(speed, new Float32Array(length)),
        heading: some(heading, new Float32Array(length)),
        measures: by === undefined ? [] : [keyColumn(by, taken, keys.texts())],
      })
    },
    find: (key) => {
      const bytes = encoder.encode(key)
      return keys.find(bytes, 0, bytes.length)
    },
  }
}

const keyColumn = (by: string, taken: Uint32Array, { offsets, bytes }: Texts): TextMeasure & MeasureColumn => {
  const texts = createTextList()
  const codes = new Int32Array(taken.length)
  for (let i = 0; i < taken.length; i++) codes[i] = texts.add(bytes, offsets[taken[i]], offsets[taken[i] + 1])
  return { spec: { name: by, type: 'string' }, codes, texts: texts.texts() }
}
