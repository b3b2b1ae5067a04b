import type { ArenaPool } from '@fleetlake/columnar/parquet'
import type { ObjectStore } from '@fleetlake/archive'
import { type Area, edgesAtOnce } from '@fleetlake/core'
import { type Rows, type Positions } from '@fleetlake/columnar'
import type { ByteBudget } from '../waiting/byte-budget.ts'
import { createBatchBuilder } from '../core/batch-builder.ts'
import type { Fault } from '../core/bound-faults.ts'
import { createRowSelector } from '../core/select-rows.ts'
import type { VehicleSearch } from '../core/search.ts'
import { sliceRows } from '../core/slice-rows.ts'
import type { Owner, Turns } from '../waiting/turns.ts'
import { type ChunkPiece, type ChunkToRead, faultOf, memoryToOpen, readChunk, SMALL_FILE_BYTES } from './read-chunk.ts'
import { createRowTaker, type Piece } from './take-rows.ts'

/** Everything that shapes a task's batches. */
export interface ScanTask {
  readonly owner: Owner
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
  /** Invariant: a chunk that could not be read is named, with the reason, and so is one of which a measure could not. */
  failed: Fault[]
  /** There are more rows than the limit. */
  hasMore: boolean
}

export const startCounts = (): ScanCounts => ({ filesRead: 0, bytesRead: 0, rowsRead: 0, failed: [], hasMore: false })

export interface ScanDeps {
  readonly store: ObjectStore
  /** For each file, and each piece of a large one: as many at once as the store likes. */
  readonly reads: Turns
  /** For each test of rows against the area: one at a time. */
  readonly processor: Turns
  readonly memory: ByteBudget
  readonly arenas: ArenaPool
}

/** Edges that the rows of one turn are held against, about a millisecond of work. */
const EDGES_OF_TURN = 25_000

/** Rows that are tested against an area in one turn: others are waiting. */
const rowsOfTurn = (area: Area): number => Math.max(4, Math.floor(EDGES_OF_TURN / edgesAtOnce(area)))

/**
 * Scans a task. Invariant: rows come in the order of the chunks, then of the file, in batches that depend on the task alone, so that
 * a repeated task repeats its batches. Waits while a batch is not asked for, and takes no turn meanwhile.
 * A batch is done with when the next is asked for.
 * @param counts is kept up to date
 * @param isStopped asked before each chunk and each piece of one: the rest is not wanted
 */
export async function* scanTask(
  task: ScanTask,
  deps: ScanDeps,
  counts: ScanCounts,
  isStopped: () => boolean = () => false,
): AsyncGenerator<Positions> {
  const taker = createRowTaker(createRowSelector(task.search), task)
  const { measures } = task.search
  const batches = createBatchBuilder(task.batchRows, { reuseColumns: true, measures: measures?.select })
  const arena = deps.arenas.take()
  const rowsAtOnce = rowsOfTurn(task.search.area)

  const select = (rows: Rows, isInside: boolean): Piece => {
    const piece = taker.take(rows, isInside)
    counts.hasMore = taker.hasMore()
    return piece
  }

  try {
    for (const chunk of task.chunks) {
      if (isStopped()) return
      let memoryBytes = memoryToOpen(chunk)
      let giveBack = await deps.memory.take(task.owner.client, memoryBytes)
      try {
        const isLarge = chunk.bytes > SMALL_FILE_BYTES
        const read = await deps.reads.take(task.owner, () =>
          readChunk(deps.store, chunk, { search: task.search, arena }),
        )
        if ('fault' in read) {
          counts.failed.push({ path: chunk.path, reason: read.fault })
          continue
        }
        counts.filesRead++
        if (read.lacks !== undefined) counts.failed.push({ path: chunk.path, reason: read.lacks })
        if (read.memoryBytes > memoryBytes) {
          giveBack()
          memoryBytes = read.memoryBytes
          giveBack = await deps.memory.take(task.owner.client, memoryBytes)
        }
        const readOn = (): Promise<IteratorResult<ChunkPiece, void>> => read.pieces.next()
        for (;;) {
          if (isStopped()) return
          const { done, value: piece } = await (isLarge ? deps.reads.take(task.owner, readOn) : readOn())
          if (done === true) break
          counts.bytesRead += piece.bytesRead
          counts.rowsRead += piece.rowsRead
          // Rows that an area makes dear to test are tested in several turns.
          for (const some of sliceRows(piece.rows, chunk.inside ? Infinity : rowsAtOnce)) {
            if (isStopped()) return
            const { rows, selected } = await deps.processor.take(task.owner, () => select(some, chunk.inside))
            yield* batches.add(rows, selected)
            if (counts.hasMore) return yield* batches.finish()
          }
        }
      } catch (error) {
        counts.failed.push({ path: chunk.path, reason: faultOf(error) })
      } finally {
        giveBack()
      }
    }
    yield* batches.finish()
  } finally {
    deps.arenas.giveBack(arena)
  }
}
