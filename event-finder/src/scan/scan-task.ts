import type { ObjectStore } from '@fleetlake/archive'
import type { Positions } from '@fleetlake/core'
import type { ByteBudget } from '../byte-budget.ts'
import { createBatchBuilder } from '../core/batch-builder.ts'
import type { ChunkRows } from '../core/chunk-rows.ts'
import { createRowSelector } from '../core/select-rows.ts'
import type { VehicleSearch } from '../core/search.ts'
import type { Turns } from '../turns.ts'
import { type ChunkToRead, faultOf, readChunk, SMALL_FILE_BYTES } from './read-chunk.ts'
import { createRowTaker, type Piece } from './take-rows.ts'

/** Everything that shapes a task's batches. */
export interface ScanTask {
  readonly query: string
  readonly search: VehicleSearch
  readonly chunks: readonly ChunkToRead[]
  /** Matching rows to pass over first. */
  readonly skip: number
  /** Rows at most. */
  readonly limit: number | undefined
  readonly batchRows: number
}

/** How far a scan is. */
export interface ScanCounts {
  filesRead: number
  bytesRead: number
  rowsRead: number
  /** Law: a chunk that could not be read is named, with the reason. */
  failed: { path: string; reason: string }[]
  /** There are more rows than the limit. */
  hasMore: boolean
}

export const startCounts = (): ScanCounts => ({ filesRead: 0, bytesRead: 0, rowsRead: 0, failed: [], hasMore: false })

export interface ScanDeps {
  readonly store: ObjectStore
  /** For each file, and each piece of a large one. */
  readonly turns: Turns
  readonly memory: ByteBudget
}

/** A compressed position takes this many times its bytes in memory, as a frame and as rows. */
const UNPACKED = 12

/**
 * Scans a task. Law: rows come in the order of the chunks, then of the file, in batches that depend on the task alone, so that
 * a repeated task repeats its batches. Waits while a batch is not asked for, and takes no turn meanwhile.
 * @param counts is kept up to date
 * @param isStopped asked before each chunk: nobody wants the rest
 */
export async function* scanTask(
  task: ScanTask,
  deps: ScanDeps,
  counts: ScanCounts,
  isStopped: () => boolean = () => false,
): AsyncGenerator<Positions> {
  const taker = createRowTaker(createRowSelector(task.search), task)
  const batches = createBatchBuilder(task.batchRows)

  /** The next piece's rows that count. */
  const advance = (pieces: Iterator<ChunkRows>, isInside: boolean): Piece | undefined => {
    const { done, value: rows } = pieces.next()
    if (done === true) return undefined
    const piece = taker.take(rows, isInside)
    counts.hasMore = taker.hasMore()
    return piece
  }

  /** Reads a chunk and its first piece. */
  const openChunk = async (chunk: ChunkToRead) => {
    const read = await readChunk(deps.store, chunk, task.search)
    if ('fault' in read) return read
    const pieces = read.pieces[Symbol.iterator]()
    return { rowCount: read.rowCount, pieces, piece: advance(pieces, chunk.inside) }
  }

  for (const chunk of task.chunks) {
    if (isStopped()) return
    const giveBack = await deps.memory.take(chunk.bytes * UNPACKED)
    try {
      const read = await deps.turns.take(task.query, () => openChunk(chunk))
      if ('fault' in read) {
        counts.failed.push({ path: chunk.path, reason: read.fault })
        continue
      }
      counts.filesRead++
      counts.bytesRead += chunk.bytes
      counts.rowsRead += read.rowCount
      const step = (): Piece | undefined => advance(read.pieces, chunk.inside)
      for (let { piece } = read; piece !== undefined;) {
        yield* batches.add(piece.rows, piece.selected)
        if (counts.hasMore) return yield* batches.finish()
        piece = await (chunk.bytes > SMALL_FILE_BYTES ? deps.turns.take(task.query, step) : step())
      }
    } catch (error) {
      counts.failed.push({ path: chunk.path, reason: faultOf(error) })
    } finally {
      giveBack()
    }
  }
  yield* batches.finish()
}
