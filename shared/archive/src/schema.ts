import {
  type ColumnsBeside,
  COLUMNS,
  DELTA_TYPES,
  isMeasureName,
  MAX_MEASURES,
  MEASURE_TYPES,
  type MeasureSpec,
  type MeasureType,
} from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'

/** The columns of the table's files as Delta names their types; those of the partition are in the files' paths. */
export const DATA_COLUMNS: readonly (readonly [name: string, type: string])[] = COLUMNS.map(({ name, kind }) => [
  name,
  DELTA_TYPES[kind],
])

export const PARTITION_COLUMNS = ['date', 'cell'] as const

const TABLE_COLUMNS = [...DATA_COLUMNS, ['date', 'date'], ['cell', 'string']] as const

export const SCHEMA_STRING = JSON.stringify({
  type: 'struct',
  fields: TABLE_COLUMNS.map(([name, type]) => ({ name, type, nullable: true, metadata: {} })),
})

export interface Field {
  readonly name: string
  readonly type: unknown
  readonly nullable: boolean
  readonly metadata: Readonly<Record<string, unknown>>
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** @throws FleetError `table.invalid` */
export const fieldsOf = (schemaString: string): readonly Field[] => {
  let fields: unknown
  try {
    ;({ fields } = objectOf(JSON.parse(schemaString)))
  } catch (error) {
    throw new FleetError('table.invalid', "the table's schema is not readable", { cause: error })
  }
  if (!Array.isArray(fields))
    throw new FleetError('table.invalid', "the table's schema is not readable: it has no fields")
  return fields.map((field) => {
    const { name, type, nullable, metadata } = objectOf(field)
    return { name: String(name), type, nullable: nullable === true, metadata: objectOf(metadata) }
  })
}

export const isOurColumn = (name: string): boolean => TABLE_COLUMNS.some(([ours]) => ours === name)

/**
 * Checks that a table holds positions: our columns with our types, and any others.
 * @throws FleetError `table.unsupported` with the column
 */
export const checkSchema = (schemaString: string, partitionColumns: readonly string[]): void => {
  const refuse = (what: string): never => {
    throw new FleetError('table.unsupported', `the table's schema is not supported: ${what}`)
  }
  const fields = fieldsOf(schemaString)
  for (const [name, type] of TABLE_COLUMNS) {
    const field = fields.find((f) => f.name === name)
    if (field === undefined) refuse(`it has no column "${name}"`)
    else if (field.type !== type) refuse(`"${name}" is of type ${JSON.stringify(field.type)}, not ${type}`)
  }
  if (partitionColumns.join() !== PARTITION_COLUMNS.join()) {
    refuse(`it is partitioned by (${partitionColumns.join(', ')}), not (${PARTITION_COLUMNS.join(', ')})`)
  }
}

/** Delta's name of a measure's type. */
export const deltaTypeOf = (type: MeasureType): string => (type === 'int' ? 'integer' : type)

const MEASURE_TYPE_OF: ReadonlyMap<unknown, MeasureType> = new Map(
  MEASURE_TYPES.map((type) => [deltaTypeOf(type), type]),
)

const UNIT = 'fleetlake.unit'
const DESCRIPTION = 'comment'

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const measureOf = ({ name, type, metadata }: Field): MeasureSpec | undefined => {
  const measureType = MEASURE_TYPE_OF.get(type)
  if (measureType === undefined || !isMeasureName(name)) return undefined
  const [unit, description] = [textOf(metadata[UNIT]), textOf(metadata[DESCRIPTION])]
  return {
    name,
    type: measureType,
    ...(unit === undefined ? {} : { unit }),
    ...(description === undefined ? {} : { description }),
  }
}

/**
 * What a table has beside the columns of every position and the partitions, in the order of its own schema, which alone says it. Columns of other engines' making are not measures by their type,
 * their name or their number.
 * @throws FleetError `table.invalid`
 */
export const columnsBesideOf = (schemaString: string): Required<ColumnsBeside> => {
  const measures: MeasureSpec[] = []
  const otherColumns: string[] = []
  for (const field of fieldsOf(schemaString)) {
    if (isOurColumn(field.name)) continue
    const measure = measures.length < MAX_MEASURES ? measureOf(field) : undefined
    if (measure === undefined || measures.some(({ name }) => name === measure.name)) otherColumns.push(field.name)
    else measures.push(measure)
  }
  return { measures, otherColumns }
}

/** What a table has under the name of a column that was to be added, and that is something else. */
export interface ColumnConflict {
  /** As it is in the table: names that differ in case only are one name to other engines. */
  readonly name: string
  /** Delta's name of the type; JSON for one that is nested. */
  readonly type: string
  readonly unit?: string
}

/** What adding columns to a table would do. */
export interface ColumnChange {
  /** Those that are not there yet. */
  readonly added: readonly MeasureSpec[]
  readonly conflicts: readonly ColumnConflict[]
}

/** One that is there with the same type is not a change; another type or another unit is a conflict. */
export const columnChange = (schemaString: string, asked: readonly MeasureSpec[]): ColumnChange => {
  const fields = new Map(fieldsOf(schemaString).map((field) => [field.name.toLowerCase(), field]))
  const added: MeasureSpec[] = []
  const conflicts: ColumnConflict[] = []
  for (const spec of asked) {
    const field = fields.get(spec.name.toLowerCase())
    if (field === undefined) {
      added.push(spec)
      continue
    }
    const unit = textOf(field.metadata[UNIT])
    const isSameUnit = unit === undefined || spec.unit === undefined || unit === spec.unit
    if (field.name === spec.name && field.type === deltaTypeOf(spec.type) && isSameUnit) continue
    const type = typeof field.type === 'string' ? field.type : JSON.stringify(field.type)
    conflicts.push({ name: field.name, type, ...(unit === undefined ? {} : { unit }) })
  }
  return { added, conflicts }
}

const fieldOf = ({ name, type, unit, description }: MeasureSpec): Field => ({
  name,
  type: deltaTypeOf(type),
  nullable: true,
  metadata: {
    ...(unit === undefined ? {} : { [UNIT]: unit }),
    ...(description === undefined ? {} : { [DESCRIPTION]: description }),
  },
})

/**
 * A schema with more columns, after all others. What is there stays as it is written, to the digit, also what is not known here.
 * @param added at least one; none is there yet
 * @throws FleetError `table.invalid`
 */
export const schemaWith = (schemaString: string, added: readonly MeasureSpec[]): string => {
  const before = fieldsOf(schemaString).length
  const fields = added.map(fieldOf)
  // Other engines and ours write the fields last.
  const end = schemaString.lastIndexOf(']')
  const text = `${schemaString.slice(0, end)},${JSON.stringify(fields).slice(1, -1)}${schemaString.slice(end)}`
  try {
    if (fieldsOf(text).length === before + fields.length) return text
  } catch {
    // They are not last, so that the text is written again.
  }
  const schema = objectOf(JSON.parse(schemaString))
  return JSON.stringify({ ...schema, fields: [...(schema['fields'] as unknown[]), ...fields] })
}
