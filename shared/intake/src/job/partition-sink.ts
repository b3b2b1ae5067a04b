import { measureOfName, type PositionRow } from '@fleetlake/columnar'
import { createBatchBuilder, type BatchBuilder, type Said } from '@fleetlake/contracts'
import { cellOf, type PartitionBy, partitionOfCell, partitionOfText, toMicroDegrees } from '@fleetlake/core'

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

/** Takes rows, one after the other, and makes batches of them by partition. */
export interface RowSink {
  /**
   * @param idBytes,idFrom,idTo the vehicle's id: UTF-8 bytes `[idFrom, idTo)`
   * @param eventTime ms since the epoch
   * @param longitude,latitude degrees, rounded
   * @param speed m/s, NaN where unknown
   * @param heading degrees, NaN where unknown
   */
  add(
    idBytes: Uint8Array,
    idFrom: number,
    idTo: number,
    vehicleType: string,
    eventTime: number,
    longitude: number,
    latitude: number,
    speed: number,
    heading: number,
    said: readonly Said[] | undefined,
  ): void
  /** Begins a group of rows: batches hold rows of one group only, and are named after it. */
  begin(group: string): void
  /** Sends what the group has left. */
  finish(): void
}

const toUtf8 = new TextEncoder()

/** For rows that are few. */
export const addRow = (sink: RowSink, row: PositionRow): void => {
  const { vehicleId, vehicleType, eventTime, longitude, latitude, speed, heading, measures } = row
  const id = toUtf8.encode(vehicleId)
  const said =
    measures === undefined
      ? undefined
      : Object.entries(measures).map(([name, value]) => ({ measure: measureOfName(name, value), value }))
  sink.add(id, 0, id.length, vehicleType, eventTime, longitude, latitude, speed ?? NaN, heading ?? NaN, said)
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Invariant: a group's messages depend on its name and its rows alone, so that a group that is read again makes the same messages with the same names. */
export const createPartitionSink = (outlet: BatchOutlet, options: PartitionSinkOptions): RowSink => {
  const { partitions, by, geohashLength, batchRows } = options
  const count = partitions.length
  const builders: BatchBuilder[] = partitions.map(() => createBatchBuilder({ maxRows: batchRows }))
  const sent = new Int32Array(count)
  let group = ''

  const placeOf = (
    idBytes: Uint8Array,
    idFrom: number,
    idTo: number,
    vehicleType: string,
    longitude: number,
    latitude: number,
  ): number => {
    if (by === 'cell')
      return partitionOfCell(cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), geohashLength), count)
    return partitionOfText(by === 'vehicle' ? utf8.decode(idBytes.subarray(idFrom, idTo)) : vehicleType, count)
  }
  const send = (place: number): void => {
    const batch = builders[place].take()
    if (batch !== undefined)
      outlet.publish(partitions[place], batch.payload, batch.headers, `${group}.${sent[place]++}`)
  }
  return {
    add: (idBytes, idFrom, idTo, vehicleType, eventTime, longitude, latitude, speed, heading, said) => {
      const place = placeOf(idBytes, idFrom, idTo, vehicleType, longitude, latitude)
      const builder = builders[place]
      const code = builder.codeOf(vehicleType)
      if (builder.append(idBytes, idFrom, idTo, code, eventTime, longitude, latitude, speed, heading, said)) return
      send(place)
      const again = builder.codeOf(vehicleType)
      builder.append(idBytes, idFrom, idTo, again, eventTime, longitude, latitude, speed, heading, said)
    },
    begin: (name) => {
      group = name
      sent.fill(0)
    },
    finish: () => partitions.forEach((_, place) => send(place)),
  }
}
