import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import { type AsyncBuffer, type Compressors, parquetReadObjects } from 'hyparquet'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { type Action, checkAction, parseCommit } from './actions.ts'
import { CHECKPOINT_COLUMNS, CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'
import { reconcile } from './reconcile.ts'

/** Bounds what writing and reading hold at once. */
const ROW_GROUP_ROWS = 20_000

const compress = (bytes: Uint8Array): Uint8Array =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })

/** Other writers use snappy, which the reader knows by itself. */
const decompressors: Compressors = {
  ZSTD: (bytes) => new Uint8Array(zstdDecompressSync(bytes)),
  GZIP: (bytes) => new Uint8Array(gunzipSync(bytes)),
}

/** The writer takes 64-bit columns as bigints only. */
const toBigInts = (value: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> => {
  const row: Record<string, unknown> = { ...value }
  for (const field of fields) if (typeof row[field] === 'number') row[field] = BigInt(Math.trunc(row[field]))
  return row
}

const LONG_FIELDS: Readonly<Record<(typeof CHECKPOINT_COLUMNS)[number], readonly string[]>> = {
  txn: ['version', 'lastUpdated'],
  add: ['size', 'modificationTime'],
  remove: ['deletionTimestamp', 'size'],
  metaData: ['createdTime'],
  protocol: [],
}

/** A classic checkpoint of reconciled actions. */
export const encodeCheckpoint = (actions: readonly Action[]): Uint8Array => {
  const writer = new ByteWriter()
  parquetWrite({
    writer,
    schema: CHECKPOINT_SCHEMA,
    codec: 'ZSTD',
    compressors: { ZSTD: compress },
    statistics: false,
    rowGroupSize: ROW_GROUP_ROWS,
    createdBy: 'fleetlake',
    columnData: CHECKPOINT_COLUMNS.map((name) => ({
      name,
      data: actions.map((action) => (action[name] ? toBigInts(action[name], LONG_FIELDS[name]) : null)),
    })),
  })
  return writer.getBytes()
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

/**
 * The actions of a checkpoint, ours or another writer's.
 * @param where the file, for errors
 * @throws FleetError `table.invalid`
 */
export const decodeCheckpoint = async (bytes: Uint8Array, where: string): Promise<Action[]> => {
  let rows: Record<string, unknown>[]
  try {
    rows = await parquetReadObjects({ file: bufferOf(bytes), compressors: decompressors })
  } catch (error) {
    throw new FleetError('table.invalid', `${where} is not readable as a checkpoint`, { cause: error })
  }
  return rows.map((row, i) => {
    const action: Record<string, unknown> = {}
    for (const name of CHECKPOINT_COLUMNS) action[name] = toNumbers(row[name])
    return checkAction(action, `${where}, row ${i},`)
  })
}

/** What a checkpoint is made from: files of the log, as bytes, so that it may be made in another thread. */
export interface CheckpointInput {
  /** The files of the checkpoint before; none for the first. */
  readonly previous: readonly Uint8Array[]
  /** The commits after it, oldest first. */
  readonly commits: readonly Uint8Array[]
  readonly nowMs: number
}

export interface CheckpointOutput {
  readonly bytes: Uint8Array
  /** Number of actions. */
  readonly size: number
}

export const makeCheckpoint = async ({ previous, commits, nowMs }: CheckpointInput): Promise<CheckpointOutput> => {
  const actions: Action[] = []
  for (const bytes of previous)
    for (const action of await decodeCheckpoint(bytes, 'the checkpoint before')) actions.push(action)
  for (const bytes of commits) for (const action of parseCommit(bytes, 'a commit')) actions.push(action)
  const live = reconcile(actions, nowMs)
  return { bytes: encodeCheckpoint(live), size: live.length }
}
