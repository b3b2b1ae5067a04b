import {
  bindFilter,
  type BoundFilter,
  COLUMN_NAMES,
  COLUMNS_ON_DEMAND,
  type ColumnsBeside,
  didYouMean,
  MAX_DESCRIPTION_LENGTH,
  MAX_MEASURES,
  MAX_UNIT_LENGTH,
  type MeasureSpec,
  parseFilter,
  wellKnownMeasure,
} from '@fleetlake/columnar'
import type { Message } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'

/** The measures of a search: those that its answer carries, and its filter. */
export interface SearchMeasures {
  /** In the order in which batches carry them. */
  readonly select: readonly MeasureSpec[]
  readonly where: BoundWhere | undefined
  /** All that rows are read with, in their order: those that are carried, then those that only the filter looks at. */
  readonly layout: readonly MeasureSpec[]
}

export interface BoundWhere extends BoundFilter {
  /** As it was written. */
  readonly text: string
}

/** As a query asks. */
export interface QueryMeasures {
  readonly select?: readonly string[] | undefined
  readonly where?: string | undefined
}

/** The part of a task: everything that shapes its output. */
export type TaskMeasures = Pick<Message<'vehicleQueryPartition'>, 'select' | 'where'>

const ALL = '*'

/** What of measures can be checked before the table is known. @throws FleetError `query.invalid` */
export const checkWhere = ({ where }: QueryMeasures): void => {
  if (where !== undefined) parseFilter(where)
}

/** Rows that are not archived yet have a source and attributes where the table has no columns for them so far: they are made when they are needed. */
const withColumnsOnDemand = (table: ColumnsBeside): ColumnsBeside => {
  const missing = COLUMNS_ON_DEMAND.filter(({ name }) => !table.measures.some((each) => each.name === name))
  return missing.length === 0 ? table : { ...table, measures: [...table.measures, ...missing] }
}

const selected = (names: readonly string[], table: ColumnsBeside): MeasureSpec[] => {
  const { measures, otherColumns = [] } = withColumnsOnDemand(table)
  const refuse = (what: string): never => {
    throw new FleetError('query.invalid', `select: ${what}`)
  }
  const specOf = (name: string): MeasureSpec => {
    if ((COLUMN_NAMES as readonly string[]).includes(name))
      return refuse(`"${name}" is a column of every position, which every answer has`)
    if (otherColumns.includes(name))
      return refuse(`"${name}" is a column of another program, of a type that Fleetlake does not read`)
    const spec = measures.find((one) => one.name === name) ?? wellKnownMeasure(name)
    if (spec !== undefined) return spec
    const known = measures.map((one) => one.name)
    return refuse(`there is no measure "${name.slice(0, 80)}": ${didYouMean(name, known)}`)
  }
  const specs = names.flatMap((name) => (name === ALL ? table.measures : [specOf(name)]))
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()]
}

const made = (select: readonly MeasureSpec[], where: BoundWhere | undefined): SearchMeasures | undefined => {
  if (select.length === 0 && where === undefined) return undefined
  const isCarried = ({ name }: MeasureSpec): boolean => select.some((spec) => spec.name === name)
  const layout = [...select, ...(where?.measures ?? []).filter((spec) => !isCarried(spec))]
  if (layout.length > MAX_MEASURES)
    throw new FleetError(
      'query.invalid',
      `a search may use ${MAX_MEASURES} measures, and this one uses ${layout.length}: select fewer`,
    )
  return { select, where, layout }
}

const bound = (text: string, table: ColumnsBeside): BoundWhere => ({
  text,
  ...bindFilter(parseFilter(text), text, table),
})

/**
 * What a query asks of the measures of a version of the table; undefined when it asks nothing of them. A name that is well known and that the table does
 * not have is a measure without values.
 * @throws FleetError `query.invalid` for a name that nothing is known of, and for values of another type than the column's
 */
export const measuresOfQuery = ({ select, where }: QueryMeasures, table: ColumnsBeside): SearchMeasures | undefined => {
  if (select === undefined && where === undefined) return undefined
  return made(selected(select ?? [], table), where === undefined ? undefined : bound(where, withColumnsOnDemand(table)))
}

type Told = NonNullable<TaskMeasures['select']>[number]

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`)

/** As the answer's batches tell it: another engine may have written a description of any length. */
const told = ({ name, type, unit, description }: Told): MeasureSpec => ({
  name,
  type,
  ...(unit === undefined ? {} : { unit: cut(unit, MAX_UNIT_LENGTH) }),
  ...(description === undefined ? {} : { description: cut(description, MAX_DESCRIPTION_LENGTH) }),
})

/** The same, as a part of a task. */
export const measuresOfTask = ({ select = [], where }: TaskMeasures): SearchMeasures | undefined =>
  made(select.map(told), where && bound(where.filter, { measures: where.measures.map(told) }))

const nameAndType = ({ name, type }: MeasureSpec): Pick<MeasureSpec, 'name' | 'type'> => ({ name, type })

/** What its tasks get. */
export const taskMeasuresOf = (measures: SearchMeasures | undefined): TaskMeasures => {
  if (measures === undefined) return {}
  const { select, where } = measures
  return {
    ...(select.length === 0 ? {} : { select: select.map(told) }),
    ...(where === undefined ? {} : { where: { filter: where.text, measures: where.measures.map(nameAndType) } }),
  }
}
