import { contains } from '@fleetlake/core'
import { type ChunkRows, isSameText } from './chunk-rows.ts'
import type { VehicleSearch } from './search.ts'

/**
 * Which rows of a chunk match, ascending.
 * @param isInside all rows lie in the area: they need no test against it
 */
export type RowSelector = (rows: ChunkRows, isInside: boolean) => Uint32Array

const decoder = new TextDecoder()

/** 1 for each row whose vehicle is wanted; the ids of a chunk come in runs, each is looked up once. */
const markVehicles = (
  { length, vehicleIdOffsets: at, vehicleIdBytes: bytes }: ChunkRows,
  wanted: ReadonlySet<string>,
): Uint8Array => {
  const marks = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    marks[i] =
      i > 0 && isSameText(bytes, at[i - 1], at[i], at[i], at[i + 1])
        ? marks[i - 1]
        : Number(wanted.has(decoder.decode(bytes.subarray(at[i], at[i + 1]))))
  }
  return marks
}

/** The exact test of a search: everything that reads chunks may give it more rows than match, never fewer. */
export const createRowSelector = ({ area, period, vehicleTypes, vehicleIds }: VehicleSearch): RowSelector => {
  const types = vehicleTypes && new Set(vehicleTypes)
  const ids = vehicleIds && new Set(vehicleIds)
  return (rows, isInside) => {
    const { length, eventTime, vehicleType, longitude, latitude } = rows
    const typeMarks = types && Uint8Array.from(rows.vehicleTypes, (type) => Number(types.has(type)))
    const idMarks = ids && markVehicles(rows, ids)
    const selected = new Uint32Array(length)
    let count = 0
    for (let i = 0; i < length; i++) {
      if (eventTime[i] < period.from || eventTime[i] >= period.to) continue
      if (typeMarks !== undefined && typeMarks[vehicleType[i]] === 0) continue
      if (idMarks !== undefined && idMarks[i] === 0) continue
      if (!isInside && !contains(area, longitude[i], latitude[i])) continue
      selected[count++] = i
    }
    return selected.subarray(0, count)
  }
}
