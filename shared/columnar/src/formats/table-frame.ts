import { toDegrees } from '@fleetlake/core'
import pl, { type DataFrame, type DataType, type Expr, type Series } from 'nodejs-polars'
import { type Column, COLUMNS, type Kind } from '../columns.ts'
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

/** Rows as a frame with the types of the table. */
export const frameOf = (rows: Rows): DataFrame =>
  pl.DataFrame(COLUMNS.map((column) => seriesOf(column, rows))).withColumns(...byKind(FINISHED))
