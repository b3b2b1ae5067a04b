import { type ColumnsBeside, fitMeasures, judgeTexts, type Positions, takeFloats } from '@fleetlake/columnar'
import { cellOf, faultOf, type PositionFault, reuseArray, toMicroDegrees } from '@fleetlake/core'
import type { PartitionBuffer } from './partition-buffer.ts'

export interface TakeInOptions {
  readonly geohashLength: number
  /** The latest believable time: the message's arrival at the server plus the tolerance, ms since the epoch. */
  readonly latestMs: number
  readonly table: ColumnsBeside
}

/** A row that can't be true, by its index in the message. */
export interface BadRow {
  readonly index: number
  readonly reason: PositionFault
}

/** The rows of a message that are taken. */
const takenRows = reuseArray((length) => new Uint32Array(length))

/**
 * Takes a message's rows into a buffer. Invariant: every row is either appended, rounded, with the cell of its own position and with everything that it says in a
 * column or in its attributes, or returned as bad; none is dropped. The subject that it came on decides nothing.
 */
export const takeIn = (
  buffer: PartitionBuffer,
  sent: Positions,
  { geohashLength, latestMs, table }: TakeInOptions,
): BadRow[] => {
  const bad: BadRow[] = []
  const { rows, faults: textFaults } = judgeTexts(sent)
  /** Of each of the message's types, its code in the buffer once a row that is taken has it. */
  const types = new Int32Array(rows.vehicleTypes.length).fill(-1)
  const { measures, faults: measureFaults } = fitMeasures(rows, table)
  const { vehicleIdOffsets, vehicleIdBytes } = rows
  const columns = buffer.reserve(rows.length)
  const first = buffer.length
  const taken = takenRows(rows.length)
  let at = first
  let minTime = Infinity
  let maxTime = -Infinity
  for (let i = 0; i < rows.length; i++) {
    const time = rows.eventTime[i]
    const reason = faultOf(time, rows.longitude[i], rows.latitude[i], latestMs) ?? textFaults?.[i] ?? measureFaults?.[i]
    if (reason !== undefined) {
      bad.push({ index: i, reason })
      continue
    }
    const type = rows.vehicleType[i]
    if (types[type] < 0) types[type] = buffer.typeCode(rows.vehicleTypes[type])
    const longitude = toMicroDegrees(rows.longitude[i])
    const latitude = toMicroDegrees(rows.latitude[i])
    columns.vehicle[at] = buffer.vehicleCode(vehicleIdBytes, vehicleIdOffsets[i], vehicleIdOffsets[i + 1])
    columns.vehicleType[at] = types[type]
    columns.eventTime[at] = time
    columns.longitude[at] = longitude
    columns.latitude[at] = latitude
    columns.cell[at] = cellOf(longitude, latitude, geohashLength)
    if (time < minTime) minTime = time
    if (time > maxTime) maxTime = time
    taken[at - first] = i
    at++
  }
  takeFloats(rows, taken.subarray(0, at - first), columns, first)
  if (at > first) buffer.measures.take(measures, taken.subarray(0, at - first), first)
  buffer.extend(at - first, minTime, maxTime)
  return bad
}
