import { setTimeout as delay } from 'node:timers/promises'
import { codeField, reasonOf } from '@fleetlake/core'
import type { StreamMark } from '@fleetlake/contracts'
import type { Offset, PartitionEntry, PartitionReader, StreamState, TableOffsets } from '@fleetlake/hub'
import type { ColumnsPool } from '../core/columns-pool.ts'
import type { SealOptions } from '../core/seal.ts'
import { type Batch, openContents, type OpenContents, sealBatch } from './batch.ts'
import { createLaneState, FIRST_PAUSE_MS, type LaneEffect, type LaneEvent, MOST_PAUSE_MS } from './lane-state.ts'
import { appendMessage, type AppendOptions, type DecodeDeps, type Message, takeMoves } from './take-moves.ts'

export interface LaneOptions {
  readonly partition: number
  readonly geohashLength: number
  readonly futureToleranceMs: number
  /** Room of the stream: a quarter of it read and not committed calls for a flush. */
  readonly maxStreamBytes: number
  readonly seal: SealOptions
  readonly isTraced?: boolean
  readonly now: () => number
}

export interface LaneDeps extends DecodeDeps {
  /** Finds out whether readers have ended abnormally here; never rejects. Called before the first message of a beginning is decoded. */
  enter(partition: number): Promise<PartitionEntry>
  look(partition: number): Promise<StreamState>
  /** How far others have seen the stream filled; undefined when nobody has said so. */
  mark(partition: number): Promise<StreamMark | undefined>
  read(partition: number, from: Offset): PartitionReader
  /** What the table holds, as new as can be. */
  offsets(): Promise<TableOffsets>
  /** When the server stored a message, ms since the epoch; undefined when it is not there. */
  storedAt(partition: number, sequence: number): Promise<number | undefined>
  /** A batch was sealed. */
  onSealed(): void
  readonly pool: ColumnsPool
  /** Told how many positions each message has. */
  took?(rows: number): void
  warn(what: Record<string, unknown>, message: string): void
}

/** One partition on its way into the table. What it does is `createLaneState`'s. */
export interface Lane {
  readonly partition: number
  /** Waits for the flush; stays, and stays the same, until it is said to be `committed` or `givenUp`. */
  readonly sealed: Batch | undefined
  /** Up to where the table holds the stream that is read; undefined until that is known, and while it is found out again. */
  readonly offset: Offset | undefined
  /** How far the stream was seen filled, where the table does not tell. */
  mark(): StreamMark | undefined
  /** What both batches take of memory, bytes. */
  bytes(): number
  /** Age of the oldest message that is read and not committed, ms; 0 when there is none. */
  lagMs(): number
  /** Seals what is due by age or by the stream's filling. */
  tick(): void
  /** Seals what is buffered, unless a sealed batch waits already. */
  seal(): void
  /** Seals at once when `sequence` has been read, else as soon as it has. */
  sealThrough(request: { readonly created: string; readonly sequence: number }): void
  /** The sealed batch is in the table. */
  committed(batch: Batch): void
  /** The sealed batch is not in the table, nor may it come there: reading starts again from the table. */
  givenUp(batch: Batch): void
  /** Begins to read at the table's offset, and starts again from there whenever reading fails. */
  start(): void
  /** Reads nothing more from now on. Resolves once all that was buffered has been committed or given up. */
  stop(): Promise<void>
}

export const createLane = (options: LaneOptions, deps: LaneDeps): Lane => {
  const { partition, now } = options
  const state = createLaneState(options)
  const pausing = new AbortController()
  const left = Promise.withResolvers<void>()
  let reader: PartitionReader | undefined
  let entry: PartitionEntry | undefined
  let message: Message | undefined
  let open: { readonly contents: OpenContents; readonly appending: AppendOptions } | undefined
  let sealed: Batch | undefined
  /** About what a batch will hold: what the last one did, and some more. */
  let expectedRows = 0

  const happen = (event: LaneEvent): void => {
    for (const effect of state.step(event, now())) carryOut(effect)
  }
  const carryOut = (effect: LaneEffect): void => {
    switch (effect.kind) {
      case 'look':
        return attempt(() => look(effect))
      case 'open-reader':
        void reader?.close()
        reader = deps.read(partition, effect.from)
        return
      case 'close-reader':
        void reader?.close()
        return
      case 'read':
        return attempt(read)
      case 'enter':
        return attempt(enter)
      case 'take':
        return attempt(() => take(effect))
      case 'compare':
        return attempt(() => compare(effect.to + 1))
      case 'pause':
        void delay(effect.ms, undefined, { signal: pausing.signal })
          .catch(() => undefined)
          .then(() => happen({ kind: 'paused' }))
        return
      case 'open-batch':
        open = {
          contents: openContents({ expectedRows, pool: deps.pool }),
          appending: { ...options, appId: effect.start.appId, columns: deps.columns },
        }
        return
      case 'append':
        return append(open!)
      case 'seal':
        sealed = sealBatch(effect.range, open!.contents)
        open = undefined
        expectedRows = sealed.buffer.length + (sealed.buffer.length >> 3)
        return deps.onSealed()
      case 'release':
        if (effect.batch === 'sealed') {
          sealed!.buffer.release()
          sealed = undefined
        } else {
          open!.contents.buffer.release()
          open = undefined
        }
        return
      case 'pass':
        return entry?.passed()
      case 'leave':
        return left.resolve(entry?.leave())
      case 'warn':
        return deps.warn(effect.what, effect.message)
    }
  }
  const attempt = (work: () => Promise<void>): void =>
    void work().catch((error: unknown) => happen({ kind: 'failed', reason: reasonOf(error), ...codeField(error) }))

  const look = async ({ witness, asksLast }: Extract<LaneEffect, { kind: 'look' }>): Promise<void> => {
    const stream = await deps.look(partition)
    const storedAt = witness === undefined ? undefined : await deps.storedAt(partition, witness)
    const hasLast = asksLast && stream.messages > 0
    const lastStoredAt = hasLast ? await deps.storedAt(partition, stream.last) : undefined
    happen({ kind: 'looked', stream, offsets: await deps.offsets(), storedAt, lastStoredAt })
  }
  const read = async (): Promise<void> => {
    await deps.room()
    const reading = await reader!.next()
    happen({ kind: 'read', reading, stream: reader!.info() })
  }
  const enter = async (): Promise<void> => {
    entry = await deps.enter(partition)
    happen({ kind: 'entered', isCareful: entry.isCareful })
  }
  const take = async ({ moves, carefulThrough }: Extract<LaneEffect, { kind: 'take' }>): Promise<void> => {
    const takeOne = (one: Message): void => {
      const { move, isDamaged } = one
      message = one
      const startsAt = Number(move.header('fleet-from') ?? NaN)
      happen({ kind: 'decoded', sequence: move.sequence, storedAt: move.timestampMs, startsAt, isDamaged })
    }
    await takeMoves(moves, { carefulThrough, isWanted: state.isTaking, take: takeOne }, deps)
    message = undefined
    happen({ kind: 'taken' })
  }
  const append = ({ contents, appending }: NonNullable<typeof open>): void => {
    appendMessage(contents, message!, appending)
    deps.took?.(message!.decoded.rows?.length ?? 0)
    const { buffer, bytes } = contents
    happen({ kind: 'appended', rows: buffer.length, bytes, maxTime: buffer.maxTime })
  }
  const compare = async (next: number): Promise<void> => {
    const offsets = await deps.offsets()
    happen({ kind: 'compared', offsets, nextStoredAt: await deps.storedAt(partition, next) })
  }

  /** What others have seen is to be known before the first look. */
  const start = async (): Promise<void> => {
    for (let pauseMs = FIRST_PAUSE_MS; !pausing.signal.aborted; pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS)) {
      try {
        return happen({ kind: 'started', mark: await deps.mark(partition) })
      } catch (error) {
        deps.warn(
          { partition, pauseMs, ...codeField(error) },
          `how far the stream was read is not known: ${reasonOf(error)}`,
        )
        await delay(pauseMs, undefined, { signal: pausing.signal }).catch(() => undefined)
      }
    }
  }

  return {
    partition,
    get sealed() {
      return sealed
    },
    get offset() {
      return state.offset()
    },
    mark: () => state.mark(reader?.seen()),
    bytes: () => (open?.contents.heldBytes ?? 0) + (sealed?.heldBytes ?? 0),
    lagMs: () => Math.max(0, now() - (state.oldestStoredAt() ?? Infinity)),
    tick: () => happen({ kind: 'tick', stream: reader?.info() }),
    seal: () => happen({ kind: 'seal' }),
    sealThrough: ({ created, sequence }) => happen({ kind: 'asked', created, sequence }),
    committed: (batch) => {
      if (batch === sealed) happen({ kind: 'committed' })
    },
    givenUp: (batch) => {
      if (batch === sealed) happen({ kind: 'given-up' })
    },
    start: () => void start(),
    stop: () => {
      happen({ kind: 'stopped' })
      pausing.abort()
      return left.promise
    },
  }
}
