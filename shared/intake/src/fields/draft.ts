import type { ColumnName } from '@fleetlake/columnar'
import type { Block } from '../formats/block.ts'
import type { Format } from '../formats/format.ts'
import type { Decided } from '../values/decided.ts'
import type { CoordinateForm, Decimal } from '../values/readings.ts'
import { quantityOf, type SpeedUnit, unitNamed } from '../values/units.ts'
import type { KnownTable } from './known-tables.ts'
import { isColumn, type Mapping } from './parse-mapping.ts'
import type { PlannedField } from './plan.ts'
import type { Sample } from './sample.ts'
import { unitInName } from './usual-names.ts'

/** What a person may say on how rows are read, beside the mapping. */
export interface FieldOptions {
  readonly speedUnit?: SpeedUnit | undefined
  /** An IANA name, of times without an offset. */
  readonly timezone?: string | undefined
  /** `auto`, `iso`, a unit of numbers (`epoch-s`, …), or a pattern. */
  readonly timeFormat?: string | undefined
  /** Of all rows. */
  readonly vehicleId?: string | undefined
  /** Of rows that have none. */
  readonly vehicleType?: string | undefined
  readonly coordinates?: CoordinateForm | undefined
  readonly decimal?: Decimal | undefined
}

export interface FieldQuestion {
  readonly format: Pick<Format, 'name' | 'hasMeaning'>
  /** The first rows, at most `MOST_SAMPLED` of which are looked at. */
  readonly sample: readonly Block[]
  /** What a person says with `--columns`. */
  readonly asked: Mapping
  readonly options: FieldOptions
  /** ms since the epoch. */
  readonly nowMs: number
}

/** What is collected on the way. */
export interface Draft extends FieldQuestion {
  readonly rows: Sample
  readonly fields: PlannedField[]
  readonly notes: string[]
  /** What must be answered before anything is read. */
  readonly questions: string[]
  /** Fields that something is read from. */
  readonly taken: Set<string>
  /** What the input's columns are known to be. */
  readonly table: KnownTable | undefined
}

export const plannedOf = ({ fields }: Draft, column: string): PlannedField | undefined =>
  fields.find(({ name }) => name === column)

/** The unit of a field that something is read from: what the input says of it, else what its name says. Of a measure that is no known quantity it is told as it is. */
export const unitIn = ({ rows }: Pick<Draft, 'rows'>, source: string, name: string): { readonly unit?: string } => {
  const quantity = quantityOf(name)
  const said = rows.unitOf(source)
  if (quantity === undefined) return said === undefined || isColumn(name) ? {} : { unit: said }
  const unit = (said === undefined ? undefined : unitNamed(said, quantity)) ?? unitInName(source, quantity)?.unit
  return unit === undefined ? {} : { unit: unit.name }
}

export const isPlanned = ({ fields }: Draft, column: string): boolean => fields.some(({ name }) => name === column)

export const add = (draft: Draft, field: PlannedField): void => {
  draft.fields.push(field)
  for (const source of field.sources) draft.taken.add(source)
}

/** By its own name, where a format says what its names mean. @returns whether nothing else is to be looked for */
export const takeByFormat = (draft: Draft, column: ColumnName): boolean => {
  if (isPlanned(draft, column)) return true
  if (!draft.format.hasMeaning) return false
  if (draft.rows.names.includes(column) && !draft.taken.has(column))
    add(draft, { name: column, sources: [column], by: 'format' })
  return true
}

export const settle = <Reading>(draft: Draft, decided: Decided<Reading>): Reading | undefined => {
  if ('question' in decided) {
    draft.questions.push(decided.question)
    return undefined
  }
  draft.notes.push(...decided.notes)
  return decided.reading
}
