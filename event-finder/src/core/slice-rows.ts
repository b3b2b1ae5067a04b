import { type Rows, sliceOfRows } from '@fleetlake/columnar'

/** Rows in pieces of at most `pieceRows`, in their order. */
export function* sliceRows(rows: Rows, pieceRows: number): Generator<Rows> {
  if (rows.length <= pieceRows) yield rows
  else
    for (let from = 0; from < rows.length; from += pieceRows)
      yield sliceOfRows(rows, from, Math.min(from + pieceRows, rows.length))
}
