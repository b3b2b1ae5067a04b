import { columnsFault, type CommitResult, DATA_COLUMNS, type Snapshot } from '@fleetlake/archive'
import { COLUMNS, MEASURE_TYPES, type MeasureSpec, type MeasureType, wellKnownMeasure } from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'
import { renderTable } from '../terminal/render-table.ts'

/** A column of the table, for people and machines. */
export interface ColumnFacts {
  readonly name: string
  readonly type: string
  readonly unit: string | null
  readonly description: string | null
}

const factsOf = ({ name, type, unit, description }: Omit<MeasureSpec, 'type'> & { type: string }): ColumnFacts => ({
  name,
  type,
  unit: unit ?? null,
  description: description ?? null,
})

/** All columns of a table that rows are read with: first those of every position. */
export const columnsOfTable = ({ measures }: Pick<Snapshot, 'measures'>): ColumnFacts[] => {
  const types = new Map(DATA_COLUMNS)
  return [...COLUMNS.map((column) => factsOf({ ...column, type: types.get(column.name)! })), ...measures.map(factsOf)]
}

const HEAD = ['name', 'type', 'unit', 'description']

export const linesOfColumns = (columns: readonly ColumnFacts[]): string[] =>
  renderTable([
    HEAD,
    ...columns.map(({ name, type, unit, description }) => [name, type, unit ?? '–', description ?? '–']),
  ])

/** The column that is to be added. */
export interface AskedColumn {
  readonly type?: MeasureType
  readonly unit?: string
  readonly description?: string
}

const wrong = (what: string): FleetError => new FleetError('usage.invalid', what)

/** @throws FleetError `usage.invalid` */
export const parseMeasureType = (text: string): MeasureType => {
  const type = MEASURE_TYPES.find((known) => known === text.trim())
  if (type === undefined) throw wrong(`"${text}" is not one of ${MEASURE_TYPES.join(', ')}`)
  return type
}

/** What a column is, in a few words. */
const kindOf = ({ type, unit }: { readonly type: string; readonly unit?: string | undefined }): string =>
  unit === undefined ? `${type}, without a unit` : `${type}, in ${unit}`

/**
 * The column that is asked for. A well-known measure needs no type and no unit, and can't have others.
 * @throws FleetError `usage.invalid` with what is wrong
 */
export const columnOf = (name: string, { type, unit, description }: AskedColumn): MeasureSpec => {
  const known = wellKnownMeasure(name)
  if (known === undefined && type === undefined) {
    throw wrong(`"${name}" is not a well-known measure: give its --type, one of ${MEASURE_TYPES.join(', ')}`)
  }
  if (known !== undefined && ((type ?? known.type) !== known.type || (unit ?? known.unit) !== known.unit)) {
    throw wrong(`"${name}" is ${kindOf(known)} in every table: leave --type and --unit out, or take another name`)
  }
  const said = {
    ...(unit === undefined ? {} : { unit }),
    ...(description === undefined ? {} : { description }),
  }
  const column = known === undefined ? { name, type: type!, ...said } : { ...known, ...said }
  const fault = columnsFault([column])
  if (fault !== undefined) throw wrong(fault)
  return column
}

/**
 * Why a column was not added.
 * @throws FleetError `table.conflict` unless it was
 */
export const checkAdded = (result: CommitResult): void => {
  if (result.status === 'committed') return
  if (result.status === 'column-conflict') {
    const held = result.columns.map((column) => `"${column.name}" is there already, and is ${kindOf(column)}`)
    throw new FleetError('table.conflict', `${held.join('; ')}: take another name`)
  }
  if (result.status === 'too-many-columns') {
    throw new FleetError('table.conflict', `a table has at most ${result.most} columns beside those of every position`)
  }
  throw new FleetError('table.conflict', 'the table was changed meanwhile: try again')
}

/** What was done, for people. */
export const sentenceOfAdded = (column: MeasureSpec, isNew: boolean): string =>
  isNew ? `${column.name} was added: ${kindOf(column)}` : `${column.name} is there already: ${kindOf(column)}`
