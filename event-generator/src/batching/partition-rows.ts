import {
  cellOf,
  type PartitionBy,
  partitionOfBytes,
  partitionOfCell,
  partitionOfText,
  toMicroDegrees,
} from '@fleetlake/core'
import type { ReportColumns } from '../core/report-columns.ts'
import type { VehicleIds } from './vehicle-ids.ts'

/**
 * Which of the partitions in use, by its place among them, a row of reports goes to.
 * @param slot the place of the row's vehicle in `ids`
 */
export type PartitionOfRow = (reports: ReportColumns, row: number, ids: VehicleIds, slot: number) => number

export interface Partitioning {
  readonly by: PartitionBy
  readonly geohashLength: number
  /** Partitions in use. */
  readonly count: number
  readonly vehicleTypes: readonly string[]
}

/** The same partition for the same row in every process. */
export const partitionRows = ({ by, geohashLength, count, vehicleTypes }: Partitioning): PartitionOfRow => {
  if (by === 'vehicle-type') {
    const ofType = vehicleTypes.map((type) => partitionOfText(type, count))
    return ({ type }, row) => ofType[type[row]]
  }
  if (by === 'vehicle') {
    return (_, __, { bytes, offsets }, slot) => partitionOfBytes(bytes, offsets[slot], offsets[slot + 1], count)
  }
  return ({ longitude, latitude }, row) => {
    const cell = cellOf(toMicroDegrees(longitude[row]), toMicroDegrees(latitude[row]), geohashLength)
    return partitionOfCell(cell, count)
  }
}
