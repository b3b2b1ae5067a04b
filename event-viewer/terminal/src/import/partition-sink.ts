import { measureOfName, type PositionRow } from '@fleetlake/columnar'
import { type BatchBuilder, createBatchBuilder, type Said } from '@fleetlake/contracts'
import { cellOf, type PartitionBy, partitionOfCell, partitionOfText, toMicroDegrees } from '@fleetlake/core'

/** Where batches go: a `MovePublisher`, or a list in a test. */
export interface BatchOutlet {
  publish(partition: number, payload: Uint8Array, headers: Record<string, string>): void
}

export interface PartitionSinkOptions {
  /** In use, ascending. */
  readonly partitions: readonly number[]
  readonly by: PartitionBy
  readonly geohashLength: number
  /** Rows of a batch at most. */
  readonly batchRows: number
}

export interface RowSink {
  add(row: PositionRow): void
  /** Sends what is not sent yet. */
  finish(): void
}

const saidBy = ({ measures }: PositionRow): Said[] | undefined =>
  measures === undefined
    ? undefined
    : Object.entries(measures).map(([name, value]) => ({ measure: measureOfName(name, value), value }))

const utf8 = new TextEncoder()

/** Puts rows into batches by partition; the same rows in the same order make the same batches. */
export const createPartitionSink = (outlet: BatchOutlet, options: PartitionSinkOptions): RowSink => {
  const { partitions, by, geohashLength, batchRows } = options
  const builders: BatchBuilder[] = partitions.map(() => createBatchBuilder({ maxRows: batchRows }))

  const placeOf = ({ vehicleId, vehicleType, longitude, latitude }: PositionRow): number => {
    if (by === 'vehicle') return partitionOfText(vehicleId, partitions.length)
    if (by === 'vehicle-type') return partitionOfText(vehicleType, partitions.length)
    return partitionOfCell(
      cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), geohashLength),
      partitions.length,
    )
  }
  const send = (place: number): void => {
    const batch = builders[place].take()
    if (batch !== undefined) outlet.publish(partitions[place], batch.payload, batch.headers)
  }
  const append = (builder: BatchBuilder, id: Uint8Array, row: PositionRow, said: Said[] | undefined): boolean =>
    builder.append(
      id,
      0,
      id.length,
      builder.codeOf(row.vehicleType),
      row.eventTime,
      row.longitude,
      row.latitude,
      row.speed ?? NaN,
      row.heading ?? NaN,
      said,
    )
  return {
    add: (row) => {
      const place = placeOf(row)
      const id = utf8.encode(row.vehicleId)
      const said = saidBy(row)
      if (append(builders[place], id, row, said)) return
      send(place)
      append(builders[place], id, row, said)
    },
    finish: () => partitions.forEach((_, place) => send(place)),
  }
}
