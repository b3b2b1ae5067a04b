import { gatherMeasures, isTextMeasure, type MeasureColumn } from '@fleetlake/columnar'
import type { FoundRows } from '@fleetlake/viewer-core'

/** Of each measure the last value of each vehicle in the rows that were found; a row a vehicle. */
export const lastMeasures = ({ start, measures }: Pick<FoundRows, 'start' | 'measures'>): MeasureColumn[] =>
  measures.flatMap((column) => gatherMeasures([column], lastRows(start, column)))

/** Of a vehicle without a value any row: none has one. */
const lastRows = (start: Uint32Array, column: MeasureColumn): Uint32Array => {
  const isKnown = isTextMeasure(column)
    ? (row: number) => column.codes[row] >= 0
    : (row: number) => !Number.isNaN(column.values[row])
  const rows = new Uint32Array(start.length - 1)
  for (let vehicle = 0; vehicle < rows.length; vehicle++) {
    let row = start[vehicle + 1] - 1
    while (row > start[vehicle] && !isKnown(row)) row--
    rows[vehicle] = row
  }
  return rows
}
