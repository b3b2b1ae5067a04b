import { randomBytes } from 'node:crypto'
import { dateOf, FleetError } from '@fleetlake/core'
import { type ChunkStats, formatStats, statsOf } from './chunk-stats.ts'
import type { Rows } from '@fleetlake/columnar'
import type { Codec } from '@fleetlake/columnar/formats'
import type { AddFile } from './log/actions.ts'
import { chunkPath, encodePath } from './paths.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface ChunkPlace {
  /** Geohash; the rows' one cell. */
  readonly cell: string
  /** Start of the window of the earliest row, ms. */
  readonly windowStart: number
}

export interface WriteChunkDeps {
  readonly store: ObjectStore
  readonly codec: Codec
  /** ms since the epoch; the system's clock by default. */
  readonly now?: () => number
}

const randomId = (): string => randomBytes(8).toString('hex')

export interface ChunkFile {
  readonly bytes: Uint8Array
  readonly stats: ChunkStats
  /** With its dot. */
  readonly extension: string
}

/** Puts a chunk's bytes under a new name; durable once it resolves. */
export const putChunk = async (
  { bytes, stats, extension }: ChunkFile,
  { cell, windowStart }: ChunkPlace,
  { store, now = Date.now }: Omit<WriteChunkDeps, 'codec'>,
): Promise<AddFile> => {
  const date = dateOf(stats.eventTime.min)
  if (dateOf(stats.eventTime.max) !== date) {
    throw new FleetError(
      'table.invalid',
      `a chunk holds rows of one date, not of ${date} and ${dateOf(stats.eventTime.max)}`,
    )
  }
  for (;;) {
    const path = chunkPath({ date, cell, windowStart, id: randomId(), extension })
    const modificationTime = now()
    if ((await store.putIfAbsent(path, bytes)) === 'exists') continue
    return {
      path: encodePath(path),
      partitionValues: { date, cell },
      size: bytes.length,
      modificationTime,
      stats: formatStats(stats),
    }
  }
}

/**
 * Writes a chunk under a new name; durable once it resolves. It is in the table only once it is committed.
 * @param rows of one cell and one UTC date, sorted by vehicle, then time
 * @throws FleetError `table.invalid` for no rows or rows of two dates, `store.failed`
 */
export const writeChunk = async (
  rows: Rows,
  place: ChunkPlace,
  { codec, ...deps }: WriteChunkDeps,
): Promise<AddFile> => {
  if (rows.length === 0) throw new FleetError('table.invalid', 'a chunk needs rows')
  const file = { bytes: codec.encode(rows), stats: statsOf(rows), extension: codec.extension }
  return putChunk(file, place, deps)
}
