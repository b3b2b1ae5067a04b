import { setTimeout as delay } from 'node:timers/promises'
import { moveStreamName } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { AddFile, CommitPart, CommitRequest, CommitResult } from '@fleetlake/archive'
import { type Chunk, type ChunkOptions, chunksOf } from './core/chunks.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { Batch } from './lane.ts'

export interface FlushDeps {
  /** Durable once it resolves. */
  writeChunk(chunk: Chunk): Promise<AddFile>
  commit(request: CommitRequest): Promise<CommitResult>
  /** Resolves once the letter is stored. */
  storeLetter(letter: DeadLetter): Promise<void>
  warn(what: Record<string, unknown>, message: string): void
}

/** What one window of a flush put into the table. */
export interface WrittenChunk {
  readonly windowFrom: number
  readonly cell: string
  readonly rows: number
  readonly bytes: number
  readonly vehicleIds: readonly string[]
}

export interface Flushed {
  /** Undefined when every batch was stale. */
  readonly version: number | undefined
  readonly committed: readonly Batch[]
  /** Given up: the table has moved on without them, or their files have grown too old. */
  readonly stale: readonly Batch[]
  readonly written: readonly WrittenChunk[]
}

/** Chunks that are written at once: encoding takes the processor, storing waits for the disk. */
const WRITES_AT_ONCE = 6

/** Lets the reading go on between two chunks. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface WrittenBatch {
  readonly batch: Batch
  readonly add: readonly AddFile[]
  readonly written: readonly WrittenChunk[]
}

const writeBatch = async (batch: Batch, options: ChunkOptions, deps: FlushDeps): Promise<WrittenBatch> => {
  const add: AddFile[] = []
  const written: WrittenChunk[] = []
  const pending = new Set<Promise<void>>()
  for (const chunk of chunksOf(batch.buffer, options)) {
    const writing = deps.writeChunk(chunk).then((file) => {
      add.push(file)
      const { windowFrom, cell, length, vehicleIds } = chunk
      written.push({ windowFrom, cell, rows: length, bytes: file.size, vehicleIds })
      pending.delete(writing)
    })
    pending.add(writing)
    await (pending.size >= WRITES_AT_ONCE ? Promise.race(pending) : breathe())
  }
  await Promise.all(pending)
  return { batch, add, written }
}

const partOf = ({ batch, add }: WrittenBatch): CommitPart => ({
  add,
  offset: { appId: batch.appId, from: batch.from, to: batch.to },
})

/**
 * Files and letters first, then one commit with the offsets of all batches. Law: a crash in between leaves orphan files and
 * repeated letters, never a lost or doubled row; batches that are stale are taken out and the rest is tried again.
 */
export const flush = async (batches: readonly Batch[], options: ChunkOptions, deps: FlushDeps): Promise<Flushed> => {
  await Promise.all(batches.flatMap(({ letters }) => letters.map(deps.storeLetter)))
  let left: WrittenBatch[] = []
  for (const batch of batches) left.push(await writeBatch(batch, options, deps))
  const stale: Batch[] = []
  while (left.length > 0) {
    const result = await deps.commit({
      parts: left.map(partOf),
      operation: 'WRITE',
      info: {
        streams: left.map(({ batch }) => ({
          stream: moveStreamName(batch.partition),
          to: batch.to,
          timestamp: batch.toTimestampMs,
        })),
      },
    })
    switch (result.status) {
      case 'committed':
        return {
          version: result.version,
          committed: left.map(({ batch }) => batch),
          stale,
          written: left.flatMap(({ written }) => written),
        }
      case 'stale': {
        const moved = new Set(result.streams.map(({ appId }) => appId))
        stale.push(...left.filter(({ batch }) => moved.has(batch.appId)).map(({ batch }) => batch))
        left = left.filter(({ batch }) => !moved.has(batch.appId))
        break
      }
      case 'expired':
      case 'conflict':
        deps.warn({ status: result.status }, 'a commit was given up; its rows are read again')
        stale.push(...left.map(({ batch }) => batch))
        left = []
    }
  }
  return { version: undefined, committed: [], stale, written: [] }
}

/**
 * Flushes again and again while the store or the hub fails: what is buffered is not given up for that. Once `signal` says that
 * there is no more time, a failed flush leaves its rows to the stream, which still has them.
 */
export const flushUntilDone = async (
  batches: readonly Batch[],
  options: ChunkOptions,
  deps: FlushDeps & { readonly signal: AbortSignal },
): Promise<Flushed> => {
  for (let pauseMs = 200; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    try {
      return await flush(batches, options, deps)
    } catch (error) {
      if (deps.signal.aborted) {
        deps.warn({}, `a flush failed; its rows stay in the stream: ${reasonOf(error)}`)
        return { version: undefined, committed: [], stale: batches, written: [] }
      }
      deps.warn({ pauseMs }, `a flush failed and is tried again: ${reasonOf(error)}`)
      await delay(pauseMs, undefined, { signal: deps.signal }).catch(() => undefined)
    }
  }
}
