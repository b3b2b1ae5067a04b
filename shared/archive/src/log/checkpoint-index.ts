import { type FileMetaData, type KeyValue } from 'hyparquet'
import { z } from 'zod'
import { periodOfDate } from '@fleetlake/core'

/**
 * Where the files of each date are in a checkpoint of ours. It is kept in the footer of the Parquet file, where other readers pass over it;
 * by it a table is opened without reading what it says of each file.
 *
 *     row group 0       protocol, metaData, every txn
 *     then              tombstones
 *     then              files, sorted by date, cell and path; a date is in one row group
 */
export interface CheckpointIndex {
  readonly tombstoneGroups: readonly IndexedTombstones[]
  /** The row groups of files, each with its dates, ascending. */
  readonly fileGroups: readonly (readonly IndexedDate[])[]
}

/** A row group of tombstones. */
export interface IndexedTombstones {
  readonly count: number
  /** When the last of them was deleted, ms since the epoch. */
  readonly latestMs: number
}

export interface IndexedDate {
  readonly date: string
  readonly files: number
  readonly bytes: number
  /** Of the files whose rows are known. */
  readonly rows: number
  /** Some names do not contain the date and cell of the file. */
  readonly hasForeignNames: boolean
}

const KEY = 'fleetlake.checkpoint'

const count = z.number().int().nonnegative()

const index = z.object({
  /** Of what is above; another one is not ours to read. */
  layout: z.literal(1),
  tombstoneGroups: z.array(z.tuple([count, z.number()])),
  fileGroups: z.array(z.array(z.tuple([z.string(), count, count, count, z.boolean()])).min(1)),
})

export const formatIndex = ({ tombstoneGroups, fileGroups }: CheckpointIndex): KeyValue => {
  const value: z.input<typeof index> = {
    layout: 1,
    tombstoneGroups: tombstoneGroups.map(({ count: tombstones, latestMs }) => [tombstones, latestMs]),
    fileGroups: fileGroups.map((dates) =>
      dates.map(({ date, files, bytes, rows, hasForeignNames }) => [date, files, bytes, rows, hasForeignNames]),
    ),
  }
  return { key: KEY, value: JSON.stringify(value) }
}

/** The index of a checkpoint; undefined when it has none, or one that does not fit what is in the file. */
export const findIndex = (metadata: FileMetaData): CheckpointIndex | undefined => {
  const text = metadata.key_value_metadata?.find(({ key }) => key === KEY)?.value
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = index.safeParse(value)
  if (!parsed.success) return undefined
  const tombstoneGroups = parsed.data.tombstoneGroups.map(([tombstones, latestMs]) => ({ count: tombstones, latestMs }))
  const fileGroups = parsed.data.fileGroups.map((dates) =>
    dates.map(([date, files, bytes, rows, hasForeignNames]) => ({ date, files, bytes, rows, hasForeignNames })),
  )
  const counts = [
    ...tombstoneGroups.map(({ count: tombstones }) => tombstones),
    ...fileGroups.map((group) => group.reduce((sum, { files }) => sum + files, 0)),
  ]
  const groups = metadata.row_groups.slice(1)
  const isOfThis =
    groups.length === counts.length && groups.every(({ num_rows: rows }, i) => Number(rows) === counts[i])
  const dates = fileGroups.flat().map(({ date }) => date)
  const isSorted = dates.every((date, i) => !Number.isNaN(periodOfDate(date).from) && (i === 0 || dates[i - 1] < date))
  return isOfThis && isSorted ? { tombstoneGroups, fileGroups } : undefined
}
