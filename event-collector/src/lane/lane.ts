import { setTimeout as delay } from 'node:timers/promises'
import type { ColumnWatch } from '@fleetlake/archive'
import { measureRowBytes } from '@fleetlake/columnar'
import { type DecodedMove, moveStreamName } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import {
  beginAt,
  isOvertaken,
  type Offset,
  type Origin,
  type PartitionEntry,
  type PartitionReader,
  predecessorOf,
  type Reading,
  type StoredMove,
  type StreamState,
  type TableOffsets,
} from '@fleetlake/hub'
import { type Batch, type LostMessages, type OpenBatch, openBatch } from './batch.ts'
import { BYTES_PER_ROW } from '../core/buffer-columns.ts'
import type { ColumnsPool } from '../core/columns-pool.ts'
import { endsWindow, isDue, type SealOptions } from '../core/seal.ts'
import { takeIn } from '../core/take-in.ts'
import { letterOfNoise, letterOfRows } from './dead-letters.ts'

export interface LaneOptions {
  readonly partition: number
  readonly geohashLength: number
  readonly futureToleranceMs: number
  /** Room of the stream: a quarter of it read and not committed calls for a flush. */
  readonly maxStreamBytes: number
  readonly seal: SealOptions
  readonly now: () => number
}

export interface LaneDeps {
  decode(payload: Uint8Array, contentType: string | undefined): DecodedMove | Promise<DecodedMove>
  /** Each message alone, in a process of its own: where readers have ended abnormally. */
  decodeCarefully(payload: Uint8Array, contentType: string | undefined): Promise<DecodedMove>
  /** Tells who has ended abnormally here; never rejects. Called before the first message of a beginning is decoded. */
  enter(partition: number): Promise<PartitionEntry>
  look(partition: number): Promise<StreamState>
  read(partition: number, from: Offset): PartitionReader
  /** What the table holds, as new as can be. */
  offsets(): Promise<TableOffsets>
  /** By them it is decided what of a message's measures goes where. */
  readonly columns: ColumnWatch
  /** When the server stored a message, ms since the epoch; undefined when it is not there. */
  storedAt(partition: number, sequence: number): Promise<number | undefined>
  /** Waits while the buffers of all partitions are over the budget. */
  room(): Promise<void>
  /** A batch was sealed. */
  onSealed(): void
  readonly pool: ColumnsPool
  warn(what: Record<string, unknown>, message: string): void
}

/**
 * One partition on its way into the table. At most one sealed batch waits for the flush while the next one fills. Invariants: a sealed
 * batch never changes, and stays until it is told `committed` or `givenUp`; batches are contiguous and reach the table in
 * the order of the stream; before a lane begins again at the table's offset, what it has buffered is committed or given up.
 */
export interface Lane {
  readonly partition: number
  readonly sealed: Batch | undefined
  /** Up to where the table holds the stream that is read; undefined until that is known, and while it is found out again. */
  readonly offset: Offset | undefined
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

/** ms since the epoch; undefined for what is no time. */
const timeOf = (text: string): number | undefined => {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

const FIRST_PAUSE_MS = 500
/** Messages may unpack to many times their bytes: there is to be room for them again after so much, though they were read at once. */
const UNASKED_BYTES = 8 * 1024 * 1024

/** About what a message takes once it is taken in. */
const bytesOf = ({ rows }: DecodedMove): number =>
  rows === undefined ? 0 : rows.length * (BYTES_PER_ROW + measureRowBytes(rows.measures)) + rows.vehicleIdBytes.length
const MOST_PAUSE_MS = 10_000

export const createLane = (options: LaneOptions, deps: LaneDeps): Lane => {
  const { partition, geohashLength, futureToleranceMs, now } = options
  const stream = moveStreamName(partition)
  const stopping = new AbortController()
  let reader: PartitionReader | undefined
  let origin: Origin | undefined
  /** The last sequence taken in, of `origin`'s stream. */
  let position = 0
  /** When the server stored the message at `position`, where known. */
  let positionStoredAt: number | undefined
  let committed: Offset = { sequence: 0 }
  let active: OpenBatch | undefined
  let sealed: Batch | undefined
  let asked = 0
  /** About what a batch will hold: what the last one did, and some more. */
  let expectedRows = 0
  let restarting = true
  /** Of a stream that was rolled back: not to be read under again. */
  let spent: Origin | undefined
  /** Of a stream that was made again or rolled back, and how far it was known to be filled. */
  let former: { readonly origin: Origin; readonly last: number; readonly kept: number } | undefined
  /** What is gone with the stream that was read before `origin`'s: told with its first batch. */
  let goneBefore: readonly LostMessages[] = []
  let draining: PromiseWithResolvers<void> | undefined
  let entry: PartitionEntry | undefined
  /** Not before a message is read after a beginning. */
  let isEntered = false
  let hasPassed = false
  /** What the stream held when reading began: what readers before this one met is in there. */
  let lastAtBegin = 0
  /** Messages up to here are decoded carefully. */
  let carefulThrough = 0

  const isStopped = (): boolean => stopping.signal.aborted

  const seal = (): void => {
    if (sealed !== undefined || active === undefined) return
    sealed = active
    expectedRows = active.buffer.length + (active.buffer.length >> 3)
    active = undefined
    deps.onSealed()
  }

  const stateOf = ({ buffer, bytes, readAt }: Batch) => ({
    rows: buffer.length,
    bytes,
    maxTime: buffer.maxTime,
    ageMs: now() - readAt,
  })

  const isStreamFilling = ({ to }: Batch): boolean => {
    const state = reader?.info()
    if (state === undefined) return false
    const uncommitted = (to - committed.sequence) / Math.max(1, state.last - state.first + 1)
    return uncommitted * state.bytes >= options.maxStreamBytes / 4
  }

  const sealIfDue = (): void => {
    if (active === undefined || sealed !== undefined) return
    const isAsked = asked > 0 && active.to >= asked
    if (draining !== undefined || isAsked || isDue(stateOf(active), options.seal) || isStreamFilling(active)) seal()
  }

  /** Resolves once no batch is left; its caller takes no message until then. */
  const drained = (): Promise<void> => {
    seal()
    if (sealed === undefined) return Promise.resolve()
    draining ??= Promise.withResolvers()
    return draining.promise
  }

  /** The sealed batch is gone. */
  const goOn = (): void => {
    sealed?.buffer.release()
    sealed = undefined
    sealIfDue()
    if (sealed !== undefined) return
    draining?.resolve()
    draining = undefined
  }

  /** What it has read is read again from the table's offset. */
  const dropActive = (): void => {
    active?.buffer.release()
    active = undefined
  }

  const restart = (): void => {
    restarting = true
    // Wakes the caller that waits for its next reading.
    void reader?.close()
  }

  const openActive = (): OpenBatch => {
    const { appId, created } = origin!
    const from = sealed?.to ?? committed.sequence
    const batch = openBatch({ partition, appId, created, from }, now(), { expectedRows, pool: deps.pool })
    for (const lost of goneBefore) batch.lose(lost)
    goneBefore = []
    return batch
  }

  /** What is gone with the streams that were read under this name before, as long as the table holds nothing of the present one. */
  const goneWith = (offsets: TableOffsets): LostMessages[] => {
    if (offsets.txns.has(origin!.appId)) return []
    const lastStored = now()
    const kept = former?.kept ?? 0
    const lost = ({ created, epoch }: Pick<Origin, 'created' | 'epoch'>, archived: Offset, to: number | undefined) => ({
      partition,
      created,
      epoch,
      from: (to === undefined ? archived.sequence : Math.max(archived.sequence, kept)) + 1,
      to,
      firstStored: archived.timestampMs ?? timeOf(created),
      lastStored,
    })
    const predecessor = predecessorOf(stream, origin!, offsets)
    const isFormer = predecessor !== undefined && former?.origin.appId === predecessor.appId
    const known = isFormer && former!.last > Math.max(predecessor.committed.sequence, kept) ? former!.last : undefined
    return [
      ...(predecessor === undefined ? [] : [lost(predecessor, predecessor.committed, known)]),
      // Of the one that was read last nothing came into the table.
      ...(former === undefined || isFormer || former.last <= kept || former.origin.appId === origin!.appId
        ? []
        : [lost(former.origin, { sequence: 0 }, former.last)]),
    ]
  }

  const begin = async (): Promise<void> => {
    await drained()
    const state = await deps.look(partition)
    const offsets = await deps.offsets()
    if (isStopped()) return
    origin = beginAt(stream, state, offsets, spent)
    committed = origin.committed
    position = origin.from.sequence
    lastAtBegin = state.last
    carefulThrough = 0
    isEntered = false
    positionStoredAt = origin.from.timestampMs
    goneBefore = goneWith(offsets)
    asked = 0
    void reader?.close()
    reader = deps.read(partition, origin.from)
    restarting = false
  }

  const take = (move: StoredMove, contentType: string | undefined, decoded: DecodedMove): void => {
    const startsAt = Number(move.header('fleet-from') ?? NaN)
    if (active !== undefined && endsWindow(stateOf(active), startsAt, options.seal)) seal()
    const batch = (active ??= openActive())
    const letterOrigin = { appId: batch.appId, partition, stream, sequence: move.sequence, contentType }
    if (decoded.rows === undefined) {
      batch.keep(letterOfNoise(letterOrigin, move.data, decoded.reason), [])
    } else {
      const bad = takeIn(batch.buffer, decoded.rows, {
        geohashLength,
        latestMs: move.timestampMs + futureToleranceMs,
        table: deps.columns.current,
      })
      if (bad.length > 0) batch.keep(letterOfRows(letterOrigin, move.data, decoded.rows, bad), bad)
    }
    position = move.sequence
    positionStoredAt = move.timestampMs
    batch.advance(position, move.timestampMs)
  }

  const enter = async (): Promise<void> => {
    const entered = await deps.enter(partition)
    if (restarting || isStopped()) return entered.leave()
    entry = entered
    isEntered = true
    hasPassed = false
    if (!entry.isCareful) return
    carefulThrough = lastAtBegin
    deps.warn(
      { partition, from: position + 1, to: carefulThrough },
      'readers have ended abnormally here: each message is decoded alone, in a process of its own',
    )
  }

  /** Those that ended abnormally here are forgotten once the table holds more than when they did. */
  const pass = (): void => {
    if (entry === undefined || hasPassed || committed.sequence < carefulThrough) return
    hasPassed = true
    entry.passed()
  }

  const takeAll = async (moves: readonly StoredMove[]): Promise<void> => {
    if (!isEntered) await enter()
    if (restarting || isStopped()) return
    let unasked = 0
    for (const move of moves) {
      if (move.sequence !== position + 1) throw new Error(`read ${move.sequence} after ${position}`)
      const contentType = move.header('content-type')
      const isCareful = move.sequence <= carefulThrough
      const decoding = (isCareful ? deps.decodeCarefully : deps.decode)(move.data, contentType)
      const decoded = decoding instanceof Promise ? await decoding : decoding
      if (restarting || isStopped()) return
      const meeting = decoded.rows === undefined ? undefined : deps.columns.meet(decoded.rows)
      if (meeting !== undefined) {
        await meeting
        if (restarting || isStopped()) return
      }
      unasked += bytesOf(decoded)
      if (unasked > UNASKED_BYTES) {
        await deps.room()
        if (restarting || isStopped()) return
        unasked = 0
      }
      take(move, contentType, decoded)
    }
    sealIfDue()
  }

  /** A gap that another owner has committed and purged is none; any other is a loss, which the next batch passes and tells. */
  const passGap = async ({ from, to }: { readonly from: number; readonly to: number }): Promise<void> => {
    const offsets = await deps.offsets()
    if (restarting || isStopped()) return
    if (isOvertaken(origin!, { sequence: from, name: stream }, offsets)) {
      dropActive()
      return restart()
    }
    const nextStoredAt = await deps.storedAt(partition, to + 1)
    if (restarting || isStopped()) return
    deps.warn({ partition, from, to }, 'messages are missing from the stream and are lost; see `fleet table losses`')
    active ??= openActive()
    const { created, epoch } = origin!
    const firstStored = positionStoredAt ?? timeOf(created)
    active.lose({ partition, created, epoch, from, to, firstStored, lastStored: nextStoredAt ?? now() })
    position = to
    positionStoredAt = undefined
    active.advance(to, undefined)
    sealIfDue()
  }

  /** What was read and is given up after all was acknowledged, too. */
  const noteFormer = ({ kind, stream: state, seen }: Extract<Reading, { kind: 'recreated' | 'rolled-back' }>): void => {
    // One that was rolled back and has not grown past what was read holds the beginning of it.
    const kept = kind === 'rolled-back' && state.last <= position ? state.last : 0
    former = { origin: origin!, last: Math.max(position, seen ?? 0), kept }
  }

  const follow = async (reading: Exclude<Reading, { kind: 'closed' }>): Promise<void> => {
    switch (reading.kind) {
      case 'moves':
        return takeAll(reading.moves)
      case 'gap':
        return passGap(reading)
      case 'recreated':
        deps.warn(
          { partition, created: reading.stream.created },
          'the stream was made again; reading it from its beginning',
        )
        noteFormer(reading)
        return restart()
      case 'rolled-back':
        deps.warn(
          { partition, last: reading.stream.last, committed: committed.sequence },
          'the stream was restored to an earlier state; reading it again, rows may be doubled',
        )
        spent = origin
        noteFormer(reading)
        return restart()
    }
  }

  /** @returns false once the hub is closed for good */
  const step = async (): Promise<boolean> => {
    if (restarting) await begin()
    await deps.room()
    const reading = await reader!.next()
    if (restarting || isStopped()) return true
    if (reading.kind === 'closed') return false
    await follow(reading)
    return true
  }

  const readOn = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS
    while (!isStopped()) {
      try {
        if (!(await step())) return
        pauseMs = FIRST_PAUSE_MS
      } catch (error) {
        if (isStopped()) return
        deps.warn(
          { partition, pauseMs, ...codeField(error) },
          `reading starts again from the table: ${reasonOf(error)}`,
        )
        restart()
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS)
      }
    }
  }

  return {
    partition,
    get sealed() {
      return sealed
    },
    get offset() {
      if (restarting) return undefined
      // What lies before the first message of a new epoch was another's to commit.
      return committed.sequence > origin!.from.sequence ? committed : origin!.from
    },
    bytes: () => (active?.heldBytes ?? 0) + (sealed?.heldBytes ?? 0),
    lagMs: () => Math.max(0, now() - ((sealed ?? active)?.fromTimestampMs ?? Infinity)),
    tick: sealIfDue,
    seal,
    sealThrough: ({ created, sequence }) => {
      if (origin?.created !== created) return
      asked = Math.max(asked, sequence)
      sealIfDue()
    },
    committed: (batch) => {
      if (batch !== sealed) return
      committed = {
        created: batch.created,
        sequence: batch.to,
        ...(batch.toTimestampMs === undefined ? {} : { timestampMs: batch.toTimestampMs }),
      }
      if (asked <= batch.to) asked = 0
      pass()
      goOn()
    },
    givenUp: (batch) => {
      if (batch !== sealed) return
      dropActive()
      restart()
      goOn()
    },
    start: () => {
      void readOn()
    },
    stop: async () => {
      stopping.abort()
      void reader?.close()
      await drained()
      await entry?.leave()
    },
  }
}
