import { FleetError } from '@fleetlake/core'

/** The columns of the table as Delta names their types; the first are in the files, the last two in their paths. */
export const DATA_COLUMNS = [
  ['vehicle_id', 'string'],
  ['vehicle_type', 'string'],
  ['event_time', 'timestamp'],
  ['longitude', 'decimal(9,6)'],
  ['latitude', 'decimal(9,6)'],
  ['speed', 'float'],
  ['heading', 'float'],
] as const

export const PARTITION_COLUMNS = ['date', 'cell'] as const

const COLUMNS = [...DATA_COLUMNS, ['date', 'date'], ['cell', 'string']] as const

export const SCHEMA_STRING = JSON.stringify({
  type: 'struct',
  fields: COLUMNS.map(([name, type]) => ({ name, type, nullable: true, metadata: {} })),
})

interface Field {
  readonly name: string
  readonly type: unknown
  readonly nullable: boolean
  readonly metadata?: Readonly<Record<string, unknown>>
}

const fieldsOf = (schemaString: string): readonly Field[] => {
  try {
    const { fields } = JSON.parse(schemaString) as { readonly fields: unknown }
    if (!Array.isArray(fields)) throw new TypeError('it has no fields')
    return fields as Field[]
  } catch (error) {
    throw new FleetError('table.invalid', "the table's schema is not readable", { cause: error })
  }
}

/**
 * Checks that rows of ours fit a table's schema: our columns with our types, others only if they may be null.
 * @throws FleetError `table.unsupported` with the column
 */
export const checkSchema = (schemaString: string, partitionColumns: readonly string[]): void => {
  const refuse = (what: string): never => {
    throw new FleetError('table.unsupported', `the table is not one of positions as Fleetlake knows them: ${what}`)
  }
  const fields = fieldsOf(schemaString)
  for (const [name, type] of COLUMNS) {
    const field = fields.find((f) => f.name === name)
    if (field === undefined) refuse(`it has no column "${name}"`)
    else if (field.type !== type) refuse(`"${name}" is of type ${JSON.stringify(field.type)}, not ${type}`)
  }
  for (const { name, nullable, metadata } of fields) {
    if (!nullable && !COLUMNS.some(([ours]) => ours === name)) refuse(`the column "${name}" must not be null`)
    if (metadata?.['delta.invariants'] !== undefined) refuse(`the column "${name}" has an invariant`)
  }
  if (partitionColumns.join() !== PARTITION_COLUMNS.join()) {
    refuse(`it is partitioned by (${partitionColumns.join(', ')}), not (${PARTITION_COLUMNS.join(', ')})`)
  }
}
