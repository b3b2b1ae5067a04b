import { FleetError } from '@fleetlake/core'
import { type AsyncBuffer, type FileMetaData, parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet'
import type { Chunk } from '../chunk.ts'
import { type Action, checkAction } from './actions.ts'
import { createGroupReader, filesOfGroup, lazyDate } from './checkpoint-files.ts'
import { type CheckpointIndex, findIndex } from './checkpoint-index.ts'
import { cutGroups, decompressors, type Group } from './checkpoint-parquet.ts'
import { CHECKPOINT_COLUMNS } from './checkpoint-schema.ts'
import { changeFiles, type Files, NO_FILES } from './files.ts'

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

const unreadable = (name: string, cause: unknown): FleetError =>
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

/** Which rows and kinds of a checkpoint. */
export interface Selection {
  readonly kinds: readonly (typeof CHECKPOINT_COLUMNS)[number][]
  /** Row groups `[from, to)`. */
  readonly from: number
  readonly to: number
}

/**
 * Actions of a checkpoint, an object each.
 * @throws FleetError `table.invalid`
 */
export const readActions = async (
  { bytes, name, metadata }: OpenCheckpoint,
  { kinds, from, to }: Selection,
): Promise<Action[]> => {
  const rowsBefore = (group: number): number =>
    metadata.row_groups.slice(0, group).reduce((sum, { num_rows: rows }) => sum + Number(rows), 0)
  const [rowStart, rowEnd] = [rowsBefore(from), rowsBefore(to)]
  const held = new Set(parquetSchema(metadata).children.map(({ element }) => element.name))
  const columns = kinds.filter((kind) => held.has(kind))
  if (rowStart === rowEnd || columns.length === 0) return []
  let rows: Record<string, unknown>[]
  try {
    rows = await parquetReadObjects({
      file: bufferOf(bytes),
      metadata,
      columns,
      rowStart,
      rowEnd,
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
    return Object.keys(action).length === 0 ? [] : [checkAction(action, `${name}, row ${rowStart + i},`)]
  })
}

/** What a checkpoint says of everything but its files, and its files. */
export interface CheckpointState {
  readonly head: readonly Action[]
  readonly files: Files
}

const HEAD_KINDS = ['protocol', 'metaData', 'txn'] as const

const readIndexed = async (checkpoint: OpenCheckpoint, index: CheckpointIndex): Promise<CheckpointState> => {
  const { name } = checkpoint
  const read = createGroupReader()
  const wrap = (error: unknown): FleetError => unreadable(name, error)
  const dates = index.fileGroups.flatMap((indexed, i) => {
    const group = checkpoint.groups[1 + index.tombstoneGroups.length + i]
    return indexed.map((each) => lazyDate({ ...each, group }, read, wrap))
  })
  let [files, bytes, rows] = [0, 0, 0]
  for (const { totals } of dates) {
    files += totals.files
    bytes += totals.bytes
    rows += totals.rows
  }
  return {
    head: await readActions(checkpoint, { kinds: HEAD_KINDS, from: 0, to: 1 }),
    files: { totals: { files, bytes, rows }, dates: new Map(dates.map((each) => [each.date, each])) },
  }
}

/**
 * The state that a checkpoint holds. Of one of ours the files of a date are read when they are asked for; of another writer's, at once.
 * @param parts its files
 * @throws FleetError `table.invalid`
 */
export const readCheckpoint = async (parts: readonly CheckpointFile[]): Promise<CheckpointState> => {
  const opened = parts.map(openCheckpoint)
  const [first] = opened
  if (opened.length === 1 && first.index !== undefined) return readIndexed(first, first.index)
  const head: Action[] = []
  const files = new Map<string, Chunk>()
  for (const part of opened) {
    const all = { kinds: HEAD_KINDS, from: 0, to: part.groups.length }
    for (const action of await readActions(part, all)) head.push(action)
    try {
      for (const chunk of part.groups.values().flatMap(filesOfGroup)) files.set(chunk.path, chunk)
    } catch (error) {
      throw unreadable(part.name, error)
    }
  }
  return { head, files: changeFiles(NO_FILES, files) }
}
