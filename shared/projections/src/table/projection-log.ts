import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '@fleetlake/archive'
import { fieldsOf, type LogKind, smallLogIn, type SmallState } from '@fleetlake/archive/log'
import type { ProjectionColumn } from './batch.ts'
import { type BucketOffset, offsetIn } from './offsets.ts'
import type { ProjectionKind } from './projection-kind.ts'

/** A projection's table at a version: which files it is made of, and how far each bucket has folded `moves`. Immutable. */
export interface ProjectionState extends SmallState {
  /** Undefined while nothing of the bucket is folded. */
  offset(bucket: number): BucketOffset | undefined
}

/** Delta's name of a column's type. */
const deltaTypeOf = ({ type }: ProjectionColumn): string => {
  if (type === 'int') return 'integer'
  if (type === 'text') return 'string'
  return type === 'decimal' ? 'decimal(9,6)' : type
}

export const schemaStringOf = (columns: readonly ProjectionColumn[]): string =>
  JSON.stringify({
    type: 'struct',
    fields: columns.map((column) => ({
      name: column.name,
      type: deltaTypeOf(column),
      nullable: true,
      metadata: {},
    })),
  })

/** Whether the table has no columns but the kind's: what a rewrite of its files keeps. */
export const hasOnlyOurs = ({ columns }: ProjectionKind, { metaData }: ProjectionState): boolean =>
  fieldsOf(metaData.schemaString).length === columns.length

const checkColumns = ({ name, columns }: ProjectionKind, { metaData }: SmallState): void => {
  const fields = fieldsOf(metaData.schemaString)
  for (const column of columns) {
    const field = fields.find((each) => each.name === column.name)
    if (field?.type === deltaTypeOf(column)) continue
    const found = field === undefined ? 'missing' : `of type ${JSON.stringify(field.type)}`
    throw new FleetError(
      'table.unsupported',
      `the table ${name} can't be read: its column "${column.name}" is ${found}, not of type ${deltaTypeOf(column)}`,
    )
  }
}

/** The log of a projection's table in a store. */
export const projectionLogIn = (store: ObjectStore, kind: ProjectionKind): LogKind<ProjectionState> => {
  const log = smallLogIn(store, { name: kind.name, columns: [] })
  const stateOf = (state: SmallState): ProjectionState => {
    checkColumns(kind, state)
    return { ...state, offset: (bucket) => offsetIn(state, bucket) }
  }
  return {
    ...log,
    apply: (state, versions) => stateOf(log.apply(state, versions)),
    loadCheckpoint: async (from, named) => {
      const state = await log.loadCheckpoint(from, named)
      return state && stateOf(state)
    },
  }
}
