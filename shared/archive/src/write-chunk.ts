import type { ChunkColumns, Codec } from './codec/codec.ts'
import type { AddFile } from './log/actions.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface ChunkPlace {
  /** Geohash; the rows' one cell. */
  readonly cell: string
  /** Start of the window that the rows lie in, ms; must be a single UTC date's. */
  readonly windowStart: number
}

/** Writes a chunk under a new name; durable once it resolves. It is in the table only once committed. */
export const writeChunk = (
  _store: ObjectStore,
  _codec: Codec,
  _place: ChunkPlace,
  _columns: ChunkColumns,
  _now?: () => number,
): Promise<AddFile> => { throw new Error('soon') }
