import type { Period } from '@fleetlake/core'
import { placeOfColumn } from '../columns.ts'
import type { RowGroup } from './read-footer.ts'

const LOW = 4_294_967_296
const TIME = placeOfColumn('event_time')

const int64Of = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getInt32(4, true) * LOW + view.getUint32(0, true)
}

/** Whether a row group may hold times of a period: never no when it does. Statistics of another length than the type's say nothing. */
export const mayHoldTimes = ({ columns }: RowGroup, { from, to }: Period): boolean => {
  const column = columns[TIME]
  if (column === undefined || column.form.perMs === 0) return true
  const { min, max, form } = column
  // Nanoseconds are not exact here: a bound that is a hair off must not pass a row over.
  return (
    (min?.length !== 8 || int64Of(min) / form.perMs <= to) && (max?.length !== 8 || int64Of(max) / form.perMs >= from)
  )
}
