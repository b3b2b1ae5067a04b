import { COLUMNS, DELTA_TYPES } from '@fleetlake/columnar'
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
    throw new FleetError('table.unsupported', `the table is not one of positions as Fleetlake knows them: ${what}`)
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
