import type { FieldPlan } from '../fields/plan.ts'
import { readScalars, type ScalarReader } from '../fields/read-scalars.ts'
import { createTimeReader, type TimeReader } from '../values/read-time.ts'
import { unitNamed } from '../values/units.ts'

export type { Scalars } from '../fields/read-scalars.ts'

/** How the rows of an input are read: its plan, and what is made of it once. */
export interface InputReading {
  readonly plan: FieldPlan
  readonly scalars: ScalarReader
  readonly time: TimeReader
  /** m/s of one of the input's unit of speed; NaN where it is not a factor alone. */
  readonly speedFactor: number
}

export const inputReadingOf = (plan: FieldPlan): InputReading => {
  const unit = plan.fields.find(({ name }) => name === 'speed')?.unit
  const found = unit === undefined ? undefined : unitNamed(unit, 'speed')
  return {
    plan,
    scalars: readScalars(plan),
    time: createTimeReader(plan.time, plan.decimal),
    speedFactor: unit === undefined ? 1 : found === undefined || found.offset !== undefined ? NaN : found.factor,
  }
}

/** Times that the end of daylight saving repeats: the first of the two is taken. */
export const ambiguousTimesOf = ({ scalars, time }: InputReading): number => scalars.ambiguousTimes() + time.ambiguous()
