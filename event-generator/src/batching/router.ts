import { windowStart } from '@fleetlake/core'
import { encodePositions } from '@fleetlake/contracts'
import type { ReportColumns } from '../core/report-columns.ts'
import { type Batch, createBatch, isFull } from './batch.ts'
import { moveHeaders } from './move-headers.ts'
import { partitionRows, type Partitioning } from './partition-rows.ts'
import type { VehicleIds } from './vehicle-ids.ts'

/** Where batches go. */
export interface Outlet {
  publish(partition: number, payload: Uint8Array, headers: Record<string, string>): void
  /** False: nothing more until there is. */
  room(partition: number): boolean
}

export interface RouterOptions extends Omit<Partitioning, 'count'> {
  /** The partitions in use, ascending. */
  readonly partitions: readonly number[]
  readonly batchRows: number
  readonly windowMs: number
  /** Bytes of the longest vehicle id. */
  readonly idBytes: number
}

/** Reports of the vehicles `first, first + stride, …`. */
export interface RoutedRows {
  readonly reports: ReportColumns
  readonly ids: VehicleIds
  readonly first: number
  readonly stride: number
}

export interface Router {
  /**
   * Puts rows from `row` on into the batches of their partitions, while they are earlier than `before` and the partition
   * of the last full batch has room. A batch holds rows of one partition and one window.
   * @returns the row to go on with
   */
  route(rows: RoutedRows, row: number, before: number): number
  /** Publishes what the batches hold. */
  flush(): void
}

/** Sorts rows into one open batch per partition; every row is published once, in the order of its partition's rows. */
export const createRouter = (options: RouterOptions, { publish, room }: Outlet): Router => {
  const { partitions, batchRows, windowMs, vehicleTypes, idBytes } = options
  const partitionOf = partitionRows({ ...options, count: partitions.length })
  const batches = partitions.map(() => createBatch({ rows: batchRows, vehicleTypes, idBytes }))

  const emit = (place: number): void => {
    const batch = batches[place]
    const payload = encodePositions(batch)
    const headers = moveHeaders(batch)
    batch.length = 0
    publish(partitions[place], payload, headers)
  }

  const route = ({ reports, ids, first, stride }: RoutedRows, from: number, before: number): number => {
    const { length, vehicle, time } = reports
    for (let row = from; row < length; row++) {
      const at = time[row]
      if (at >= before) return row
      const slot = (vehicle[row] - first) / stride
      const place = partitionOf(reports, row)
      const batch = batches[place]
      const outside = at < batch.from || at >= batch.to
      if (batch.length > 0 && (outside || isFull(batch, ids.offsets[slot + 1] - ids.offsets[slot]))) {
        emit(place)
        if (!room(partitions[place])) return row
      }
      if (outside) {
        batch.from = windowStart(at, windowMs)
        batch.to = batch.from + windowMs
      }
      append(batch, reports, row, ids, slot)
    }
    return length
  }

  const flush = (): void => {
    batches.forEach((batch, place) => {
      if (batch.length > 0) emit(place)
    })
  }
  return { route, flush }
}

const append = (batch: Batch, reports: ReportColumns, row: number, ids: VehicleIds, slot: number): void => {
  const at = batch.length
  const { bytes, offsets } = ids
  const { vehicleIdBytes, vehicleIdOffsets } = batch
  let end = vehicleIdOffsets[at]
  for (let i = offsets[slot]; i < offsets[slot + 1]; i++) vehicleIdBytes[end++] = bytes[i]
  vehicleIdOffsets[at + 1] = end
  batch.vehicleType[at] = reports.type[row]
  batch.eventTime[at] = reports.time[row]
  batch.longitude[at] = reports.longitude[row]
  batch.latitude[at] = reports.latitude[row]
  batch.speed[at] = reports.speed[row]
  batch.heading[at] = reports.heading[row]
  batch.length = at + 1
}
