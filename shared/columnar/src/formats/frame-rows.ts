import { type Rows, withMeasures } from '../rows/rows.ts'
import type { DataFrame } from 'nodejs-polars'
import { FleetError } from '@fleetlake/core'
import { COLUMN_NAMES } from '../columns.ts'
import type { MeasureSpec } from '../measures.ts'
import { emptyMeasure, type MeasureColumn, measureOfValues, sliceMeasures } from '../rows/measure-columns.ts'
import { rowsOfIpc } from './ipc-rows.ts'

/** Rows at most that are in memory twice. */
const PIECE_ROWS = 65_536

const toNumber = (value: unknown, { name, type }: MeasureSpec): number => {
  if (value === null || value === undefined) return NaN
  const number = value === 'true' ? 1 : value === 'false' ? 0 : Number(value)
  const isWhole = type === 'int' || type === 'long'
  if (Number.isNaN(number) || (isWhole && !Number.isSafeInteger(number))) {
    throw new FleetError('table.invalid', `its column ${name} holds what is not of type ${type}`)
  }
  // A float is written with as few digits as tell it from its neighbours.
  return type === 'float' ? Math.fround(number) : number
}

const measureOf = (frame: DataFrame, spec: MeasureSpec): MeasureColumn => {
  if (!frame.columns.includes(spec.name)) return emptyMeasure(spec, frame.height)
  const values = frame.getColumn(spec.name).toArray() as unknown[]
  if (spec.type === 'string') {
    return measureOfValues(
      spec,
      values.map((value) => (value === null || value === undefined ? null : String(value))),
    )
  }
  return measureOfValues(
    spec,
    values.map((value) => toNumber(value, spec)),
  )
}

/**
 * The rows of a file that is not Parquet, of which `readChunkFile` has made a frame.
 * @param measures those that the rows are to have, in this order; empty where the file lacks one
 * @throws FleetError `table.invalid` for columns that are not the table's
 */
export function* rowsOfFrame(frame: DataFrame, measures: readonly MeasureSpec[] = []): Generator<Rows> {
  const ours = frame.select(...COLUMN_NAMES)
  for (let from = 0; from < ours.height; from += PIECE_ROWS) {
    const part = ours.height > PIECE_ROWS ? ours.slice(from, PIECE_ROWS) : ours
    if (measures.length === 0) {
      yield* rowsOfIpc(part.writeIPCStream())
      continue
    }
    const columns = measures.map((spec) => measureOf(frame.slice(from, PIECE_ROWS), spec))
    let at = 0
    for (const rows of rowsOfIpc(part.writeIPCStream())) {
      yield withMeasures(rows, sliceMeasures(columns, at, at + rows.length))
      at += rows.length
    }
  }
}
