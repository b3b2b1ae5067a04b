import { toDegrees } from '@fleetlake/core'
import pl, { type DataFrame, type DataType, type Expr, type Series } from 'nodejs-polars'
import { type Column, COLUMNS, type Kind } from '../columns.ts'
import type { MeasureType } from '../measures.ts'
import { hasValues, isTextMeasure, type MeasureColumn, measureValue } from '../rows/measure-columns.ts'
import type { Rows } from '../rows/rows.ts'
import { textsToStrings } from '../rows/text-list.ts'

const DEGREES = pl.Decimal(9, 6)
const INSTANT = pl.Datetime('us', 'UTC')

/** Polars' types of the table's columns. */
export const FRAME_TYPES: Readonly<Record<Kind, DataType>> = {
  id: pl.Utf8,
  label: pl.Utf8,
  instant: INSTANT,
  degrees: DEGREES,
  float: pl.Float32,
}

const textsOf = (name: string, codes: Int32Array, texts: readonly string[]): Series =>
  pl
    .Series(name, [...texts], pl.Utf8)
    .gather(Array.from(codes))
    .rename(name)

const seriesOf = ({ name, key, kind }: Column, rows: Rows): Series => {
  const values = rows[key].subarray(0, rows.length)
  switch (kind) {
    case 'id':
      return textsOf(name, values as Int32Array, textsToStrings(rows.vehicleIds))
    case 'label':
      return textsOf(name, values as Int32Array, rows.vehicleTypes)
    case 'instant':
      return pl.Series(name, values as Float64Array, pl.Float64)
    case 'degrees':
      // Six decimals of doubles are exact when they are written as text.
      return pl.Series(name, Float64Array.from(values as Int32Array, toDegrees), pl.Float64)
    case 'float':
      return pl.Series(name, values as Float32Array, pl.Float32)
  }
}

/** From how a series is made of a column's values to the table's type: a float that is not known is null. */
const FINISHED: Readonly<Partial<Record<Kind, (column: Expr) => Expr>>> = {
  instant: (column) => column.cast(pl.Int64).cast(pl.Datetime('ms', 'UTC')).cast(INSTANT),
  degrees: (column) => column.cast(DEGREES),
  float: (column) => column.fillNan(null) as Expr,
}

/** What is to be done with each column of a frame, by its kind; kinds that are missing stay as they are. */
export const byKind = (steps: Readonly<Partial<Record<Kind, (column: Expr) => Expr>>>): Expr[] =>
  COLUMNS.flatMap(({ name, kind }) => {
    const step = steps[kind]
    return step === undefined ? [] : [step(pl.col(name))]
  })

const MEASURE_TYPES: Readonly<Record<MeasureType, DataType>> = {
  double: pl.Float64,
  float: pl.Float32,
  long: pl.Int64,
  int: pl.Int32,
  string: pl.Utf8,
  boolean: pl.Bool,
}

/** Rows without a value have null. */
const measureSeries = (column: MeasureColumn, length: number): Series => {
  const { name, type } = column.spec
  if (!isTextMeasure(column) && type !== 'boolean')
    return pl.Series(name, column.values.subarray(0, length), pl.Float64)
  return pl.Series(
    name,
    Array.from({ length }, (_, row) => measureValue(column, row)),
    MEASURE_TYPES[type],
  )
}

/** NaN is null in numbers; the type is the measure's. */
const finishedMeasures = (measures: readonly MeasureColumn[]): Expr[] =>
  measures.flatMap(({ spec: { name, type } }) =>
    type === 'string' || type === 'boolean' ? [] : [(pl.col(name).fillNan(null) as Expr).cast(MEASURE_TYPES[type])],
  )

/** Rows as a frame with the types of the table; a measure that none of the rows has is left out. */
export const frameOf = (rows: Rows): DataFrame => {
  const measures = rows.measures.filter((measure) => hasValues(measure, rows.length))
  return pl
    .DataFrame([
      ...COLUMNS.map((column) => seriesOf(column, rows)),
      ...measures.map((measure) => measureSeries(measure, rows.length)),
    ])
    .withColumns(...byKind(FINISHED), ...finishedMeasures(measures))
}
