import { windowStart } from '@fleetlake/core'
import { type BatchBuilder, createBatchBuilder, type Said } from '@fleetlake/contracts'
import type { ReportColumns } from '../core/report-columns.ts'
import type { SaidBy } from '../core/simulated-measures.ts'
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
  /** Where all rows come from, as their measure `source` says. */
  readonly source: string
  /** The measures that vehicles report; none when missing. */
  readonly saidBy?: SaidBy | undefined
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

/** The open batch of a partition and the window that its rows lie in, ms since the epoch, `[from, to)`. */
interface OpenBatch {
  readonly builder: BatchBuilder
  from: number
  to: number
}

/** Sorts rows into one open batch per partition; every row is published once, in the order of its partition's rows. */
export const createRouter = (options: RouterOptions, { publish, room }: Outlet): Router => {
  const { partitions, batchRows, windowMs, vehicleTypes, source, saidBy } = options
  const partitionOf = partitionRows({ ...options, count: partitions.length })
  const batches = partitions.map((): OpenBatch => {
    const builder = createBatchBuilder({ maxRows: batchRows, vehicleTypes, source })
    return { builder, from: Infinity, to: -Infinity }
  })

  const emit = (place: number): void => {
    const batch = batches[place].builder.take()
    if (batch !== undefined) publish(partitions[place], batch.payload, batch.headers)
  }

  const route = ({ reports, ids, first, stride }: RoutedRows, start: number, before: number): number => {
    const { length, vehicle, time } = reports
    for (let row = start; row < length; row++) {
      const at = time[row]
      if (at >= before) return row
      const slot = (vehicle[row] - first) / stride
      const place = partitionOf(reports, row, ids, slot)
      const batch = batches[place]
      if (at < batch.from || at >= batch.to) {
        const isCut = batch.builder.length > 0
        emit(place)
        batch.from = windowStart(at, windowMs)
        batch.to = batch.from + windowMs
        if (isCut && !room(partitions[place])) return row
      }
      const said = saidBy?.(vehicle[row], at)
      if (append(batch.builder, reports, row, ids, slot, said)) continue
      emit(place)
      if (!room(partitions[place])) return row
      append(batch.builder, reports, row, ids, slot, said)
    }
    return length
  }

  return { route, flush: () => batches.forEach((_, place) => emit(place)) }
}

const append = (
  builder: BatchBuilder,
  reports: ReportColumns,
  row: number,
  ids: VehicleIds,
  slot: number,
  said: readonly Said[] | undefined,
): boolean =>
  builder.append(
    ids.bytes,
    ids.offsets[slot],
    ids.offsets[slot + 1],
    reports.type[row],
    reports.time[row],
    reports.longitude[row],
    reports.latitude[row],
    reports.speed[row],
    reports.heading[row],
    said,
  )
