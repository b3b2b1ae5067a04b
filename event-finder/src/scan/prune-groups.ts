import { placeOfColumn } from '@fleetlake/columnar'
import { type ColumnChunk, mayHoldTimes, type RowGroup } from '@fleetlake/columnar/parquet'
import type { VehicleSearch } from '../core/search.ts'

const int32Of = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true)

const [LONGITUDE, LATITUDE] = [placeOfColumn('longitude'), placeOfColumn('latitude')]

const BYTES = 4
const DIGITS = 6

/** Whether coordinates may lie in the closed interval. Statistics of another length than the type's say nothing, and neither do other forms'. */
const mayLieIn = (column: ColumnChunk | undefined, from: number, to: number): boolean => {
  if (column?.form.physical !== 'int32' || column.form.scale !== DIGITS) return true
  const { min, max } = column
  return (min?.length !== BYTES || int32Of(min) <= to) && (max?.length !== BYTES || int32Of(max) >= from)
}

/** May keep a row group without matches, and never drops one with a match. */
export const mayHoldMatches = (group: RowGroup, { period, area: { bounds } }: VehicleSearch): boolean =>
  mayHoldTimes(group, period) &&
  mayLieIn(group.columns[LONGITUDE], bounds.west, bounds.east) &&
  mayLieIn(group.columns[LATITUDE], bounds.south, bounds.north)
