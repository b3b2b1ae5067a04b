import {
  type ColumnBounds,
  COLUMNS,
  type FilterColumn,
  maySelect,
  type NumberBounds,
  placeOfColumn,
} from '@fleetlake/columnar'
import { boundOfNumber, type ColumnChunk, mayHoldTimes, type RowGroup } from '@fleetlake/columnar/parquet'
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

const chunkOf = ({ columns, measures }: RowGroup, column: FilterColumn): ColumnChunk | undefined =>
  column.kind === 'measure'
    ? measures.get(column.spec.name)
    : columns[COLUMNS.findIndex(({ key }) => key === column.key)]

const numberBounds = (chunk: ColumnChunk | undefined): NumberBounds =>
  chunk === undefined
    ? {}
    : { min: chunk.min && boundOfNumber(chunk.min, chunk.form), max: chunk.max && boundOfNumber(chunk.max, chunk.form) }

const rounded = ({ min, max }: NumberBounds): NumberBounds => ({
  min: min === undefined ? min : Math.fround(min),
  max: max === undefined ? max : Math.fround(max),
})

/** What its statistics say. Speeds and headings of any form are read as floats. */
const boundsOf = (group: RowGroup): ColumnBounds => ({
  lacks: (column) => column.kind === 'measure' && !group.measures.has(column.spec.name),
  numbers: (column) => {
    const bounds = numberBounds(chunkOf(group, column))
    return column.kind === 'core' ? rounded(bounds) : bounds
  },
  texts: (column) => chunkOf(group, column) ?? {},
})

/** May keep a row group without matches, and never drops one with a match. */
export const mayHoldMatches = (group: RowGroup, { period, area: { bounds }, measures }: VehicleSearch): boolean =>
  mayHoldTimes(group, period) &&
  (measures?.where === undefined || maySelect(measures.where.test, boundsOf(group))) &&
  mayLieIn(group.columns[LONGITUDE], bounds.west, bounds.east) &&
  mayLieIn(group.columns[LATITUDE], bounds.south, bounds.north)
