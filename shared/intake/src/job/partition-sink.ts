import { measureOfName, type PositionRow, textsOfStrings } from '@fleetlake/columnar'
import { createBatchBuilder, type BatchBuilder, type RowsToSend } from '@fleetlake/contracts'
import {
  cellOf,
  type PartitionBy,
  partitionOfBytes,
  partitionOfCell,
  partitionOfText,
  reuseArray,
  toMicroDegrees,
} from '@fleetlake/core'

/** Where batches go: a publisher of moves, or a list in a test. */
export interface BatchOutlet {
  /** @param name of the message, within its partition and its import */
  publish(partition: number, payload: Uint8Array, headers: Readonly<Record<string, string>>, name: string): void
}

export interface PartitionSinkOptions {
  /** In use, ascending. */
  readonly partitions: readonly number[]
  readonly by: PartitionBy
  readonly geohashLength: number
  /** Rows of a batch at most. */
  readonly batchRows: number
}

/** Rows by columns, of which some are to be stored. */
export interface StoredRows extends RowsToSend {
  /** 1 for each row that is to be stored, 0 for each that is not. */
  readonly isStored: Uint8Array
}

/** Takes rows and makes batches of them by partition. */
export interface RowSink {
  /** Takes those that are to be stored, in their order. Nothing of them is kept. */
  add(rows: StoredRows): void
  /** Begins a group of rows: batches hold rows of one group only, and are named after it. */
  begin(group: string): void
  /** Sends what the group has left. */
  finish(): void
}

/** For rows that are few. */
export const addRow = (sink: RowSink, row: PositionRow): void => {
  const { vehicleId, vehicleType, eventTime, longitude, latitude, speed, heading, measures } = row
  const said =
    measures === undefined
      ? undefined
      : Object.entries(measures).map(([name, value]) => ({ measure: measureOfName(name, value), value }))
  sink.add({
    isStored: Uint8Array.of(1),
    vehicles: Int32Array.of(0),
    vehicleIds: textsOfStrings([vehicleId]),
    types: Int32Array.of(0),
    typeNames: [vehicleType],
    eventTime: Float64Array.of(eventTime),
    longitude: Float64Array.of(longitude),
    latitude: Float64Array.of(latitude),
    speed: Float64Array.of(speed ?? NaN),
    heading: Float64Array.of(heading ?? NaN),
    said: [said],
  })
}

/** The partition of each row, as a place among `count`. */
const placesOf = (
  { isStored, vehicles, vehicleIds, types, typeNames, longitude, latitude }: StoredRows,
  { by, geohashLength, count }: Pick<PartitionSinkOptions, 'by' | 'geohashLength'> & { readonly count: number },
  places: Int32Array,
): void => {
  switch (by) {
    case 'cell':
      for (let row = 0; row < places.length; row++) {
        if (isStored[row] === 0) continue
        const cell = cellOf(toMicroDegrees(longitude[row]), toMicroDegrees(latitude[row]), geohashLength)
        places[row] = partitionOfCell(cell, count)
      }
      return
    case 'vehicle': {
      const { bytes, offsets } = vehicleIds
      for (let row = 0; row < places.length; row++) {
        const vehicle = vehicles[row]
        if (isStored[row] === 1) places[row] = partitionOfBytes(bytes, offsets[vehicle], offsets[vehicle + 1], count)
      }
      return
    }
    case 'vehicle-type': {
      const ofTypes = typeNames.map((name) => partitionOfText(name, count))
      for (let row = 0; row < places.length; row++) if (isStored[row] === 1) places[row] = ofTypes[types[row]]
    }
  }
}

/** Invariant: a group's messages depend on its name and its rows alone, so that a group that is read again makes the same messages with the same names. */
export const createPartitionSink = (outlet: BatchOutlet, options: PartitionSinkOptions): RowSink => {
  const { partitions, by, geohashLength, batchRows } = options
  const count = partitions.length
  const builders: BatchBuilder[] = partitions.map(() => createBatchBuilder({ maxRows: batchRows }))
  const sent = new Int32Array(count)
  let group = ''

  const send = (place: number): void => {
    const batch = builders[place].take()
    if (batch !== undefined)
      outlet.publish(partitions[place], batch.payload, batch.headers, `${group}.${sent[place]++}`)
  }
  const [placesRoom, orderRoom] = [0, 1].map(() => reuseArray((length) => new Int32Array(length)))
  /** Where the rows of each place begin in the order. */
  const begins = new Int32Array(count + 1)

  /** The rows that are to be stored, those of one place side by side, in their order. */
  const orderOf = (isStored: Uint8Array, places: Int32Array): Int32Array => {
    const order = orderRoom(places.length)
    begins.fill(0)
    for (let row = 0; row < places.length; row++) if (isStored[row] === 1) begins[places[row] + 1]++
    for (let place = 0; place < count; place++) begins[place + 1] += begins[place]
    for (let row = 0; row < places.length; row++) if (isStored[row] === 1) order[begins[places[row]]++] = row
    // Each beginning has become its end, which is the beginning of the next.
    begins.copyWithin(1, 0, count)
    begins[0] = 0
    return order
  }
  return {
    add: (rows) => {
      const places = placesRoom(rows.isStored.length)
      placesOf(rows, { by, geohashLength, count }, places)
      const order = orderOf(rows.isStored, places)
      for (let place = 0; place < count; place++) {
        const end = begins[place + 1]
        for (let at = begins[place]; at < end;) {
          at = builders[place].appendRows(rows, order, at, end)
          if (at < end) send(place)
        }
      }
    },
    begin: (name) => {
      group = name
      sent.fill(0)
    },
    finish: () => partitions.forEach((_, place) => send(place)),
  }
}
