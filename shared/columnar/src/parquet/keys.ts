import { placeOfColumn } from '../columns.ts'
import { hashKey, type KeyHash, mayHoldKey, readFilter } from './block-filter.ts'
import { compareBytes } from './range.ts'
import type { ColumnChunk, RowGroup } from './read-footer.ts'
import type { Span } from './span.ts'
import { checkSum, whatIsTold } from './sums.ts'

/** An id that is looked for. */
export interface IdKey {
  readonly bytes: Uint8Array
  readonly hash: KeyHash
}

const encoder = new TextEncoder()
/** What bytes that are no UTF-8 are read as. */
const REPLACEMENT = '\u{fffd}'

/** Undefined for ids that are not found by their bytes: other bytes may be read as them. */
export const idKeysOf = (ids: readonly string[]): readonly IdKey[] | undefined =>
  ids.some((id) => id.includes(REPLACEMENT))
    ? undefined
    : ids.map((id) => {
        const bytes = encoder.encode(id)
        return { bytes, hash: hashKey(bytes) }
      })

const ID = placeOfColumn('vehicle_id')

export const idColumnOf = ({ columns }: RowGroup): ColumnChunk | undefined => columns[ID]

/** The keys that may lie between two bounds, both in; a bound that is missing says nothing. */
export const keysBetween = (
  keys: readonly IdKey[],
  { min, max }: { readonly min: Uint8Array | undefined; readonly max: Uint8Array | undefined },
): readonly IdKey[] =>
  keys.filter(
    ({ bytes }) =>
      (min === undefined || compareBytes(bytes, min) >= 0) && (max === undefined || compareBytes(bytes, max) <= 0),
  )

/** The keys that a row group may hold by the bounds of its ids: all that it holds. */
export const keysInBounds = (keys: readonly IdKey[], group: RowGroup): readonly IdKey[] => {
  const column = idColumnOf(group)
  return column?.isOrdered === true ? keysBetween(keys, column) : keys
}

export const filterSpanOf = (group: RowGroup): Span | undefined => idColumnOf(group)?.filter

/**
 * The keys that a row group may hold by the filter of its ids: all that it holds.
 * @param bytes of its `filterSpanOf`
 * @throws RangeError for a filter of ours that is damaged
 */
export const keysInFilter = (keys: readonly IdKey[], { indexSums }: RowGroup, bytes: Uint8Array): readonly IdKey[] => {
  if (indexSums !== undefined) checkSum(bytes, indexSums.filter, 'a filter of its vehicle ids')
  const filter = whatIsTold(indexSums, () => readFilter(bytes))
  return filter === undefined ? keys : keys.filter(({ hash }) => mayHoldKey(filter, hash))
}
