import { FleetError } from '@fleetlake/core'
import { type AsyncBuffer, type FileMetaData, parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet'
import { type Action, checkAction } from './actions.ts'
import { type CheckpointIndex, findIndex } from './checkpoint-index.ts'
import { cutGroups, decompressors, type Group, leavesBelow, readLeaf } from './checkpoint-parquet.ts'
import type { CHECKPOINT_COLUMNS } from './checkpoint-schema.ts'

/** A file of a checkpoint. */
export interface CheckpointFile {
  readonly bytes: Uint8Array
  /** For errors. */
  readonly name: string
}

/** A checkpoint's file, its footer read. */
export interface OpenCheckpoint extends CheckpointFile {
  readonly metadata: FileMetaData
  readonly groups: readonly Group[]
  /** Of a checkpoint of ours. */
  readonly index: CheckpointIndex | undefined
}

/** What went wrong with a checkpoint's file, as a FleetError. */
export const unreadable = (name: string, cause: unknown): FleetError =>
  cause instanceof FleetError
    ? cause
    : new FleetError('table.invalid', `${name} is not readable as a checkpoint`, { cause })

/** @throws FleetError `table.invalid` */
export const openCheckpoint = ({ bytes, name }: CheckpointFile): OpenCheckpoint => {
  try {
    const metadata = parquetMetadata(bytes)
    return { bytes, name, metadata, groups: cutGroups(bytes, metadata), index: findIndex(metadata) }
  } catch (error) {
    throw unreadable(name, error)
  }
}

const bufferOf = (bytes: Uint8Array): AsyncBuffer => ({
  byteLength: bytes.length,
  slice: (start, end = bytes.length) => new Uint8Array(bytes.subarray(start, end)).buffer,
})

const toNumbers = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return undefined
  const row = value as Record<string, unknown>
  for (const key in row) if (typeof row[key] === 'bigint') row[key] = Number(row[key])
  return row
}

/** Of an action. */
export type Kind = (typeof CHECKPOINT_COLUMNS)[number]

interface Rows {
  readonly kinds: readonly Kind[]
  /** `[from, to)` */
  readonly from: number
  readonly to: number
}

const readRows = async ({ bytes, name, metadata }: OpenCheckpoint, { kinds, from, to }: Rows): Promise<Action[]> => {
  const held = new Set(parquetSchema(metadata).children.map(({ element }) => element.name))
  const columns = kinds.filter((kind) => held.has(kind))
  if (from === to || columns.length === 0) return []
  let rows: Record<string, unknown>[]
  try {
    const file = bufferOf(bytes)
    rows = await parquetReadObjects({
      file,
      metadata,
      columns,
      rowStart: from,
      rowEnd: to,
      compressors: decompressors,
    })
  } catch (error) {
    throw unreadable(name, error)
  }
  return rows.flatMap((row, i) => {
    const action: Record<string, unknown> = {}
    for (const kind of columns) {
      const value = toNumbers(row[kind])
      if (value !== undefined) action[kind] = value
    }
    return Object.keys(action).length === 0 ? [] : [checkAction(action, `${name}, row ${from + i},`)]
  })
}

const rowsBefore = ({ metadata }: OpenCheckpoint, group: number): number =>
  metadata.row_groups.slice(0, group).reduce((sum, { num_rows: rows }) => sum + Number(rows), 0)

/**
 * The actions of a row group, an object each.
 * @throws FleetError `table.invalid`
 */
export const readGroup = (checkpoint: OpenCheckpoint, group: number, kinds: readonly Kind[]): Promise<Action[]> =>
  readRows(checkpoint, { kinds, from: rowsBefore(checkpoint, group), to: rowsBefore(checkpoint, group + 1) })

/** A column of each kind of the head that every action of the kind has a value in. */
const HEAD = { protocol: 'minReaderVersion', metaData: 'id', txn: 'appId' } as const

/**
 * protocol, metaData and txns of a row group. Only its rows from the first such to the last are made objects.
 * @throws FleetError `table.invalid`
 */
export const readHead = async (checkpoint: OpenCheckpoint, group: number): Promise<Action[]> => {
  const kinds = Object.keys(HEAD) as (keyof typeof HEAD)[]
  let [first, last] = [Infinity, -1]
  try {
    for (const kind of kinds) {
      if (leavesBelow(checkpoint.groups[group], kind, HEAD[kind]).length === 0) continue
      const { values } = readLeaf(checkpoint.groups[group], [kind, HEAD[kind]])
      const isThere = (value: unknown): boolean => value !== undefined
      const row = values.findIndex(isThere)
      if (row < 0) continue
      first = Math.min(first, row)
      last = Math.max(last, values.findLastIndex(isThere))
    }
  } catch (error) {
    throw unreadable(checkpoint.name, error)
  }
  if (last < 0) return []
  const before = rowsBefore(checkpoint, group)
  return readRows(checkpoint, { kinds, from: before + first, to: before + last + 1 })
}
