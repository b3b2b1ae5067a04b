import type { VehicleSearch } from '../../core/search.ts'
import { CHUNK_COLUMNS } from '../chunk-columns.ts'
import type { ColumnChunk, RowGroup } from './footer.ts'

const MICROS_PER_MS = 1000
const LOW = 4_294_967_296

const int32Of = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true)
const int64Of = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getInt32(4, true) * LOW + view.getUint32(0, true)
}

const [TIME, LONGITUDE, LATITUDE] = ['event_time', 'longitude', 'latitude'].map((name) => CHUNK_COLUMNS.indexOf(name))

/** Whether values of a column may lie in the closed interval; statistics of another length than the type's say nothing. */
const mayLieIn = (
  { min, max }: ColumnChunk,
  numberOf: (bytes: Uint8Array) => number,
  { bytes, from, to }: { readonly bytes: number; readonly from: number; readonly to: number },
): boolean => (min?.length !== bytes || numberOf(min) <= to) && (max?.length !== bytes || numberOf(max) >= from)

/** May keep a row group without matches, and never drops one with a match. */
export const mayHoldMatches = ({ columns }: RowGroup, { period, area: { bounds } }: VehicleSearch): boolean =>
  mayLieIn(columns[TIME], int64Of, {
    bytes: 8,
    from: period.from * MICROS_PER_MS,
    to: period.to * MICROS_PER_MS - 1,
  }) &&
  mayLieIn(columns[LONGITUDE], int32Of, { bytes: 4, from: bounds.west, to: bounds.east }) &&
  mayLieIn(columns[LATITUDE], int32Of, { bytes: 4, from: bounds.south, to: bounds.north })
