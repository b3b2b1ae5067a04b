import type { FileColumnValues } from '@fleetlake/columnar/parquet'
import { type Batch, daysIn, millisIn, numbersIn, textsIn } from '../table/batch.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const valueIn = (column: FileColumnValues, row: number): unknown => {
  switch (column.type) {
    case 'string':
    case 'text': {
      const { codes, dictionary } = textsIn(column)
      return codes[row] < 0 ? null : decoder.decode(dictionary.at(codes[row]))
    }
    case 'timestamp':
      return millisIn(column)[row]
    case 'date':
      return daysIn(column)[row]
    default: {
      const value = numbersIn(column)[row]
      return Number.isNaN(value) ? null : value
    }
  }
}

/** The rows of a batch as arrays of plain values, null where there is none. */
export const plainRows = (batch: Batch): unknown[][] =>
  Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => valueIn(column, row)))
