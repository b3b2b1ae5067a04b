import type { FieldPlan } from '../fields/plan.ts'
import { readScalars, type ScalarReader } from '../fields/read-scalars.ts'
import { createTimeReader } from '../values/read-time.ts'
import { columnsReader, type ReadColumns } from './fast-columns.ts'

export type { Scalars } from '../fields/read-scalars.ts'

/** How the rows of an input are read: its plan, and what is made of it once. */
export interface InputReading {
  readonly plan: FieldPlan
  readonly scalars: ScalarReader
  /** The faster way; undefined where no row can be read in it. */
  readonly columns: ReadColumns | undefined
}

export const inputReadingOf = (plan: FieldPlan): InputReading => ({
  plan,
  scalars: readScalars(plan),
  columns: columnsReader(plan, createTimeReader(plan.time, plan.decimal)),
})
