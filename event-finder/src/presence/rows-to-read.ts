import {
  bucketOf,
  BUCKETS,
  GROUP_ROWS,
  type ProjectionState,
  type ProjectionTable,
  type RowSelection,
} from '@fleetlake/projections'

/** Of the row groups in which some vehicles are looked up, most of whose rows are of others: about a second of work. One vehicle's in a table of seven years are less. */
export const MOST_LOOKED_UP_ROWS = 1_000_000

/** About how many rows are read for a selection, as the log says: of a file of ours a row group for each vehicle whose bucket it may have, of others all. */
export const rowsToRead = (
  { table, state }: { readonly table: ProjectionTable; readonly state: ProjectionState },
  selection: RowSelection,
): number => {
  const ofBucket = selection.keys && new Int32Array(BUCKETS)
  for (const key of selection.keys ?? []) ofBucket![bucketOf(key)]++
  const inGroups = (least: number, most: number): number =>
    ofBucket === undefined
      ? Infinity
      : GROUP_ROWS * ofBucket.subarray(Math.max(0, least), most + 1).reduce((sum, count) => sum + count, 0)
  return table
    .files(state, selection)
    .reduce(
      (sum, { rows, footerCrc, buckets: { least, most } }) =>
        sum + (footerCrc === undefined ? rows : Math.min(rows, inGroups(least, most))),
      0,
    )
}
