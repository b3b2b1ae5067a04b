import { cellOf, type PartitionBy, partitionOfCell, partitionOfText, toMicroDegrees } from '@fleetlake/core'
import { type ReportColumns, vehicleId } from '../core/report-columns.ts'

/** Which of the partitions in use, by its place among them, a row of reports goes to. */
export type PartitionOfRow = (reports: ReportColumns, row: number) => number

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
  if (by === 'vehicle') return ({ vehicle }, row) => partitionOfText(vehicleId(vehicle[row]), count)
  return ({ longitude, latitude }, row) => {
    const cell = cellOf(toMicroDegrees(longitude[row]), toMicroDegrees(latitude[row]), geohashLength)
    return partitionOfCell(cell, count)
  }
}
