import type { RowGroup } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Action } from './actions.ts'
import { formatIndex, type IndexedDate, type IndexedTombstones } from './checkpoint-index.ts'
import { NO_CHECKSUM, seal } from './checkpoint-seal.ts'
import { compress, type Group } from './checkpoint-parquet.ts'
import { CHECKPOINT_COLUMNS, CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'

/** What a row group holds: actions, or the bytes of one of the checkpoint before. */
type GroupContent = { readonly actions: readonly Action[] } | { readonly copy: Group }

export type TombstoneGroup = IndexedTombstones & GroupContent
export type FileGroup = { readonly dates: readonly IndexedDate[] } & GroupContent

export interface CheckpointContent {
  readonly version: number
  /** protocol, metaData and every txn. */
  readonly head: readonly Action[]
  readonly tombstones: readonly TombstoneGroup[]
  /** By date, ascending. */
  readonly fileGroups: readonly FileGroup[]
}

const LONG_FIELDS: Readonly<Record<(typeof CHECKPOINT_COLUMNS)[number], readonly string[]>> = {
  txn: ['version', 'lastUpdated'],
  add: ['size', 'modificationTime'],
  remove: ['deletionTimestamp', 'size'],
  metaData: ['createdTime'],
  protocol: [],
}

/** The writer takes 64-bit columns as bigints only. */
const toBigInts = (value: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> => {
  const row: Record<string, unknown> = { ...value }
  for (const field of fields) if (typeof row[field] === 'number') row[field] = BigInt(Math.trunc(row[field]))
  return row
}

/** A row group's metadata at another place of a file. */
const moved = ({ columns, num_rows, total_byte_size, total_compressed_size }: RowGroup, by: bigint): RowGroup => ({
  num_rows,
  total_byte_size,
  ...(total_compressed_size === undefined ? {} : { total_compressed_size }),
  columns: columns.map(({ meta_data: meta, file_offset }) => ({
    file_offset: file_offset + by,
    ...(meta && {
      meta_data: {
        ...meta,
        data_page_offset: meta.data_page_offset + by,
        ...(meta.dictionary_page_offset === undefined
          ? {}
          : { dictionary_page_offset: meta.dictionary_page_offset + by }),
      },
    }),
  })),
})

/** A classic checkpoint of reconciled actions, with its index and a checksum of all its bytes. */
export const encodeCheckpoint = ({
  version,
  head,
  tombstones,
  fileGroups,
}: CheckpointContent): Uint8Array<ArrayBuffer> => {
  const writer = new ByteWriter()
  const file = new ParquetWriter({
    writer,
    schema: CHECKPOINT_SCHEMA,
    codec: 'ZSTD',
    compressors: { ZSTD: compress },
    statistics: false,
    createdBy: 'fleetlake',
    kvMetadata: [
      formatIndex({
        tombstoneGroups: tombstones.map(({ count, latestMs }) => ({ count, latestMs })),
        fileGroups: fileGroups.map(({ dates }) => dates),
      }),
      // The last of the file but some bytes.
      NO_CHECKSUM,
    ],
  })
  const append = (group: GroupContent): void => {
    if ('copy' in group) {
      const { rowGroup, bytes, start } = group.copy
      file.row_groups.push(moved(rowGroup, BigInt(writer.offset - start)))
      file.num_rows += rowGroup.num_rows
      writer.appendBytes(bytes)
      return
    }
    const columnData = CHECKPOINT_COLUMNS.map((name) => ({
      name,
      offsetIndex: false,
      data: group.actions.map((action) => (action[name] ? toBigInts(action[name], LONG_FIELDS[name]) : null)),
    }))
    void file.write({ columnData, rowGroupSize: group.actions.length })
  }
  append({ actions: head })
  for (const group of tombstones) append(group)
  for (const group of fileGroups) append(group)
  void file.finish()
  return seal(new Uint8Array(writer.buffer, 0, writer.offset), version)
}
