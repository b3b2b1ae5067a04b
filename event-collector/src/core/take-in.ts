import { cellOf, faultOf, type PositionFault, type Positions, toMicroDegrees } from '@fleetlake/core'
import type { BufferedRow, PartitionBuffer } from './partition-buffer.ts'

export interface TakeInOptions {
  readonly geohashLength: number
  /** The latest believable time: the message's arrival at the server plus the tolerance, ms since the epoch. */
  readonly latestMs: number
}

/** A row that can't be true, by its index in the message. */
export interface BadRow {
  readonly index: number
  readonly reason: PositionFault
}

const row: BufferedRow = { vehicle: 0, type: 0, time: 0, longitude: 0, latitude: 0, speed: 0, heading: 0, cell: 0 }

const known = (value: number): number => (Number.isFinite(value) ? value : NaN)

/**
 * Takes a message's rows into a buffer. Law: every row is either appended, rounded and with the cell of its own position, or
 * returned as bad; none is dropped. The subject that it came on decides nothing.
 */
export const takeIn = (
  buffer: PartitionBuffer,
  rows: Positions,
  { geohashLength, latestMs }: TakeInOptions,
): BadRow[] => {
  const bad: BadRow[] = []
  const types = rows.vehicleTypes.map((type) => buffer.typeCode(type))
  const { vehicleIdOffsets, vehicleIdBytes } = rows
  for (let i = 0; i < rows.length; i++) {
    const time = rows.eventTime[i]
    const longitude = rows.longitude[i]
    const latitude = rows.latitude[i]
    const reason = faultOf(time, longitude, latitude, latestMs)
    if (reason !== undefined) {
      bad.push({ index: i, reason })
      continue
    }
    row.vehicle = buffer.vehicleCode(vehicleIdBytes, vehicleIdOffsets[i], vehicleIdOffsets[i + 1])
    row.type = types[rows.vehicleType[i]]
    row.time = time
    row.longitude = toMicroDegrees(longitude)
    row.latitude = toMicroDegrees(latitude)
    row.speed = known(rows.speed[i])
    row.heading = known(rows.heading[i])
    row.cell = cellOf(row.longitude, row.latitude, geohashLength)
    buffer.append(row)
  }
  return bad
}
