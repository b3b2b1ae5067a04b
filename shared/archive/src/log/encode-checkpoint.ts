import type { RowGroup } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Action } from './actions.ts'
import { formatIndex, type IndexedDate } from './checkpoint-index.ts'
import { compress, type Group } from './checkpoint-parquet.ts'
import { CHECKPOINT_COLUMNS, CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'

/** Rows of a row group of tombstones. */
const TOMBSTONES = 20_000

/** A row group of files: a new one, or one of the checkpoint before, as its bytes are. */
export type FileGroup = { readonly dates: readonly IndexedDate[] } & (
  | { readonly actions: readonly Action[] }
  | { readonly copy: Group }
)

export interface CheckpointContent {
  /** protocol, metaData and every txn. */
  readonly head: readonly Action[]
  readonly tombstones: readonly Action[]
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

/** A classic checkpoint of reconciled actions, with its index. */
export const encodeCheckpoint = ({ head, tombstones, fileGroups }: CheckpointContent): Uint8Array => {
  const tombstoneGroups = Math.ceil(tombstones.length / TOMBSTONES)
  const index = formatIndex({ tombstoneGroups, fileGroups: fileGroups.map(({ dates }) => dates) })
  const writer = new ByteWriter()
  const file = new ParquetWriter({
    writer,
    schema: CHECKPOINT_SCHEMA,
    codec: 'ZSTD',
    compressors: { ZSTD: compress },
    statistics: false,
    createdBy: 'fleetlake',
    kvMetadata: [index],
  })
  const writeGroup = (actions: readonly Action[]): void => {
    const columnData = CHECKPOINT_COLUMNS.map((name) => ({
      name,
      offsetIndex: false,
      data: actions.map((action) => (action[name] ? toBigInts(action[name], LONG_FIELDS[name]) : null)),
    }))
    void file.write({ columnData, rowGroupSize: actions.length })
  }
  writeGroup(head)
  for (let i = 0; i < tombstoneGroups; i++) writeGroup(tombstones.slice(i * TOMBSTONES, (i + 1) * TOMBSTONES))
  for (const group of fileGroups) {
    if ('actions' in group) writeGroup(group.actions)
    else {
      const { rowGroup, bytes, start } = group.copy
      file.row_groups.push(moved(rowGroup, BigInt(writer.offset - start)))
      file.num_rows += rowGroup.num_rows
      writer.appendBytes(bytes)
    }
  }
  void file.finish()
  return writer.getBytes()
}
