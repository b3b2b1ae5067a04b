import { setTimeout as delay } from 'node:timers/promises'
import { COLUMNS_ON_DEMAND, type MeasureSpec } from '@fleetlake/columnar'
import { moveStreamName } from '@fleetlake/contracts'
import { codeField, reasonOf, type Tracer, within } from '@fleetlake/core'
import {
  type AddFile,
  type CommitPart,
  type CommitRequest,
  type CommitResult,
  LOSSES_APP,
  traceInfo,
} from '@fleetlake/archive'
import { type Chunk, type ChunkArrays, type ChunkOptions, chunksOf } from '../core/chunks.ts'
import type { Batch, LostMessages } from '../lane/batch.ts'
import { type FlushSpans, startFlushSpans } from './flush-spans.ts'
import { storeLetters, type StoreLettersDeps } from './store-letters.ts'

export interface FlushDeps extends StoreLettersDeps {
  /** Durable once it resolves. Done with the chunk's arrays once it returns. */
  writeChunk(chunk: Chunk): Promise<AddFile>
  /** Of this flush alone while it runs. */
  readonly arrays?: ChunkArrays
  readonly tracer?: Tracer | undefined
  /** How long it waits between two warnings of a flush that takes long. */
  readonly slowMs?: number
  /** Told that a flush went well, or why it did not and is tried again. */
  tried?(fault: string | undefined): void
  /** Durable once it resolves; a loss that is recorded already is not recorded again. */
  recordLosses(losses: readonly LostMessages[]): Promise<void>
  commit(request: CommitRequest): Promise<CommitResult>
  /** Another hub feeds the table now: nothing that this process reads comes there any more. */
  onOtherHub(hub: string | undefined): void
}

/** What one window of a flush put into the table. */
export interface WrittenChunk {
  readonly windowFrom: number
  readonly cell: string
  readonly rows: number
  readonly bytes: number
  readonly vehicles: readonly string[]
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

/** Stores that work flush in a second or few. */
const SLOW_MS = 30_000

/** Lets the reading go on between two chunks. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface WrittenBatch {
  readonly batch: Batch
  /** Measures of its files for which the table may have no column yet. */
  readonly onDemand: ReadonlySet<MeasureSpec>
  readonly add: readonly AddFile[]
  readonly written: readonly WrittenChunk[]
}

/** One that has a unit is the table's own: those that it is given have none. */
const missingColumn = ({ name, unit }: MeasureSpec): MeasureSpec | undefined =>
  unit === undefined ? COLUMNS_ON_DEMAND.find((column) => column.name === name) : undefined

const writeBatch = async (batch: Batch, options: ChunkOptions, deps: FlushDeps): Promise<WrittenBatch> => {
  const add: AddFile[] = []
  const written: WrittenChunk[] = []
  const pending = new Set<Promise<void>>()
  const onDemand = new Set<MeasureSpec>()
  for (const chunk of chunksOf(batch.buffer, options, deps.arrays)) {
    for (const { spec } of chunk.measures) {
      const column = missingColumn(spec)
      if (column !== undefined) onDemand.add(column)
    }
    const writing = deps.writeChunk(chunk).then((file) => {
      add.push(file)
      const { windowFrom, cell, length, vehicles } = chunk
      written.push({ windowFrom, cell, rows: length, bytes: file.size, vehicles })
      pending.delete(writing)
    })
    pending.add(writing)
    // One that fails stays among the pending, where it is met.
    writing.catch(() => undefined)
    await (pending.size >= WRITES_AT_ONCE ? Promise.race(pending) : breathe())
  }
  await Promise.all(pending)
  return { batch, onDemand, add, written }
}

const partOf = ({ batch: { appId, from, to, toTimestampMs }, add }: WrittenBatch): CommitPart => ({
  add,
  offset: { appId, from, to, ...(toTimestampMs === undefined ? {} : { timestampMs: toTimestampMs }) },
})

/**
 * Letters, losses and files first, then one commit with the offsets of all batches. Invariant: a crash in between leaves orphan files and
 * repeated letters, never a lost row or one stored twice, and no offset is moved over a loss that is not recorded; batches that are stale are taken out and the rest is tried again.
 * The table gets its columns for sources and attributes with the commit that first needs them.
 */
export const flush = async (batches: readonly Batch[], options: ChunkOptions, deps: FlushDeps): Promise<Flushed> => {
  const spans = deps.tracer && startFlushSpans(deps.tracer, batches)
  try {
    const flushed = await flushTraced(batches, options, { ...deps, spans })
    spans?.end(flushed)
    return flushed
  } catch (error) {
    spans?.fail(error)
    throw error
  }
}

const flushTraced = async (
  batches: readonly Batch[],
  options: ChunkOptions,
  deps: FlushDeps & { readonly spans: FlushSpans | undefined },
): Promise<Flushed> => {
  await storeLetters(
    batches.flatMap(({ letters }) => letters),
    deps,
  )
  const losses = batches.flatMap((batch) => batch.losses)
  if (losses.length > 0) await deps.recordLosses(losses)
  let left: WrittenBatch[] = []
  for (const batch of batches) left.push(await writeBatch(batch, options, deps))
  deps.spans?.written()
  const stale: Batch[] = []
  while (left.length > 0) {
    const columns = COLUMNS_ON_DEMAND.filter((spec) => left.some(({ onDemand }) => onDemand.has(spec)))
    const result = await deps.commit({
      parts: left.map(partOf),
      ...(left.some(({ batch }) => batch.losses.length > 0) ? { counts: [LOSSES_APP] } : {}),
      ...(columns.length === 0 ? {} : { columns }),
      operation: 'WRITE',
      info: {
        ...traceInfo(deps.spans?.commit()),
        streams: left.map(({ batch }) => ({
          stream: moveStreamName(batch.partition),
          to: batch.to,
          timestamp: batch.toTimestampMs ?? null,
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
      case 'other-hub':
        deps.onOtherHub(result.hub)
        stale.push(...left.map(({ batch }) => batch))
        left = []
        break
      case 'expired':
      case 'conflict':
      case 'column-conflict':
      case 'too-many-columns':
        deps.warn({ status: result.status }, 'a commit was abandoned; its rows are read again from the stream')
        stale.push(...left.map(({ batch }) => batch))
        left = []
    }
  }
  return { version: undefined, committed: [], stale, written: [] }
}

/**
 * Flushes again and again while the store or the hub fails: what is buffered is not given up for that. Once `signal` says that
 * there is no more time, it leaves the rows to the stream, which still has them; a commit that is under way then may still
 * succeed. A slow flush is logged. Never rejects.
 */
export const flushUntilDone = async (
  batches: readonly Batch[],
  options: ChunkOptions,
  deps: FlushDeps & { readonly signal: AbortSignal },
): Promise<Flushed> => {
  const { warn, slowMs = SLOW_MS } = deps
  const startedAt = performance.now()
  const telling = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    warn({ seconds }, 'a flush is slow: the store is slow or does not answer; the rows are safe in their streams')
  }, slowMs)
  try {
    return await tryUntilDone(batches, options, deps)
  } finally {
    clearInterval(telling)
  }
}

const tryUntilDone = async (
  batches: readonly Batch[],
  options: ChunkOptions,
  deps: FlushDeps & { readonly signal: AbortSignal },
): Promise<Flushed> => {
  const { signal, warn } = deps
  for (let pauseMs = 200; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    try {
      const flushed = await within(signal, flush(batches, options, deps))
      deps.tried?.(undefined)
      return flushed
    } catch (error) {
      if (signal.aborted) {
        warn(codeField(error), `a flush was not done; its rows stay in the stream: ${reasonOf(error)}`)
        return { version: undefined, committed: [], stale: batches, written: [] }
      }
      deps.tried?.(reasonOf(error))
      warn({ pauseMs, ...codeField(error) }, `a flush failed and is tried again: ${reasonOf(error)}`)
      await delay(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
