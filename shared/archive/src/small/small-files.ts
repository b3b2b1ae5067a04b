import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import type { Action, Add } from '../log/actions.ts'
import { writerFault } from '../log/protocol.ts'
import type { CommitStamp } from '../log/write-commit.ts'
import { VACUUM_APP } from '../maintain/vacuum-table.ts'
import { decodePath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { decodeRows, encodeRows, type FlatRow, type SmallColumn } from './small-file.ts'
import type { SmallState } from './small-log.ts'

export interface WriteOptions {
  readonly nowMs: number
  readonly dataChange: boolean
  /** Ends in `/`; none when missing. */
  readonly folder?: string
  readonly tags?: Readonly<Record<string, string>>
  /** Beside the number of rows. */
  readonly stats?: object
  readonly isPacked?: boolean
}

/** The files of a small table in a store. */
export interface SmallFiles<Columns extends readonly SmallColumn[]> {
  /**
   * The rows of a file that is as it was written.
   * @throws FleetError `table.invalid`, `table.unsupported`
   */
  rows(add: Add): Promise<FlatRow<Columns>[]>
  /** Writes a file, under a name that no other has; durable once it resolves. */
  write(rows: readonly FlatRow<Columns>[], options: WriteOptions): Promise<Add>
  /** @throws FleetError `table.unsupported` when nothing may be written upon this state */
  checkWritable(state: SmallState): void
}

/** A larger file is no file of a small table. */
const MOST_FILE_BYTES = 512 * 1024 * 1024

/** A checksum of the file, where other engines pass it over. */
const CHECKSUM_TAG = 'fleetlake.crc32'
const checksumOf = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0')

export const smallFilesIn = <Columns extends readonly SmallColumn[]>(
  store: ObjectStore,
  { name, columns }: { readonly name: string; readonly columns: Columns },
): SmallFiles<Columns> => {
  const bytesOf = async ({ path: encoded, size, tags, deletionVector }: Add): Promise<Uint8Array> => {
    const path = decodePath(encoded)
    const what = `${store.url(path)}, a file of the table ${name},`
    if (deletionVector)
      throw new FleetError('table.unsupported', `${what} has deleted rows (a deletion vector), which are not read`)
    if (size > MOST_FILE_BYTES) throw new FleetError('table.invalid', `${what} has ${size} bytes: too many to be read`)
    const bytes = await store.get(path)
    if (bytes === undefined) throw new FleetError('table.invalid', `${what} is missing: restore it`)
    const told = tags?.[CHECKSUM_TAG]
    if (bytes.length !== size || (typeof told === 'string' && told !== checksumOf(bytes))) {
      throw new FleetError('table.invalid', `${what} is damaged, it is not as it was written: restore it`)
    }
    return bytes
  }
  return {
    rows: async (add) => decodeRows(columns, await bytesOf(add), decodePath(add.path)),
    write: async (rows, { nowMs, dataChange, folder = '', tags, stats, isPacked = false }) => {
      const path = `${folder}${new Date(nowMs).toISOString().slice(0, 10)}-${randomBytes(8).toString('hex')}.parquet`
      const bytes = encodeRows(columns, rows, { isPacked })
      await store.put(path, bytes)
      return {
        path,
        partitionValues: {},
        size: bytes.length,
        modificationTime: nowMs,
        dataChange,
        stats: JSON.stringify({ numRecords: rows.length, ...stats }),
        tags: { [CHECKSUM_TAG]: checksumOf(bytes), ...tags },
      }
    },
    checkWritable: ({ protocol, metaData }) => {
      const fault = writerFault(protocol, metaData, (column) => columns.some(([ours]) => ours === column))
      if (fault === undefined) return
      throw new FleetError(
        'table.unsupported',
        `the table ${name} can be read, but not written to: ${fault}. Turn that off with the program that turned it on`,
      )
    },
  }
}

export const commitInfo = (
  operation: string,
  { version }: SmallState,
  { commitId, nowMs, engine }: CommitStamp,
): Action => ({
  commitInfo: { timestamp: nowMs, operation, engineInfo: engine, readVersion: version, commitId },
})

/** Of a version that changes nothing, before a vacuum. */
export const vacuumActions = (state: SmallState, stamp: CommitStamp): Action[] => [
  commitInfo('VACUUM START', state, stamp),
  { txn: { appId: VACUUM_APP, version: (state.txns.get(VACUUM_APP) ?? 0) + 1 } },
]

/** @param dataChange false when its rows are in another file of the same commit */
export const removeOf = ({ path, size }: Add, nowMs: number, dataChange = false): Action => ({
  remove: {
    path,
    deletionTimestamp: nowMs,
    dataChange,
    extendedFileMetadata: true,
    partitionValues: {},
    size,
  },
})
