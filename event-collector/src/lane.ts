import { setTimeout as delay } from 'node:timers/promises'
import { moveStreamName } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { Offset, PartitionReader, StoredMove, StreamState } from '@fleetlake/hub'
import { appIdOf, epochOf } from './app-id.ts'
import { createPartitionBuffer, type PartitionBuffer } from './core/partition-buffer.ts'
import { endsWindow, type SealOptions, type SealReason, sealReasonOf } from './core/seal.ts'
import { takeIn } from './core/take-in.ts'
import { type DeadLetter, letterOfNoise, letterOfRows } from './dead-letters.ts'
import { decodeMove } from './decode-move.ts'

/** The rows of a partition's messages `(from, to]` of one stream: what one commit part holds. */
export interface Batch {
  readonly partition: number
  readonly appId: string
  /** The stream's creation, as the server writes it. */
  readonly created: string
  /** The table's offset that it begins at. */
  readonly from: number
  /** The last sequence taken in. */
  to: number
  /** When the server stored the message at `to`, ms. */
  toTimestampMs: number
  /** When the first message was stored, ms. */
  fromTimestampMs: number
  /** When its first message was read, ms. */
  readonly readAt: number
  readonly buffer: PartitionBuffer
  /** To be stored before the commit that passes their messages. */
  readonly letters: DeadLetter[]
  deadRows: number
}

export interface LaneOptions {
  readonly partition: number
  readonly geohashLength: number
  readonly futureToleranceMs: number
  /** Room of the stream: a quarter of it uncommitted calls for a flush. */
  readonly maxStreamBytes: number
  readonly seal: SealOptions
  readonly now: () => number
}

export interface LaneDeps {
  look(partition: number): Promise<StreamState>
  read(partition: number, from: Offset): PartitionReader
  /** The table's offsets, as new as can be. */
  txns(): Promise<ReadonlyMap<string, { readonly version: number; readonly timestampMs?: number }>>
  /** Waits while the buffers of all partitions are over the budget. */
  room(): Promise<void>
  /** A batch was sealed. */
  onSealed(): void
  warn(what: Record<string, unknown>, message: string): void
}

/**
 * One partition on its way into the table. At most one sealed batch waits for the flush while the next one fills; batches of a
 * lane reach the table in the order of the stream.
 */
export interface Lane {
  readonly partition: number
  readonly sealed: Batch | undefined
  /** Bytes of both batches. */
  bytes(): number
  /** Age of the oldest message that is read and not committed, ms; 0 when there is none. */
  lagMs(): number
  /** Seals what is due by age or by the stream's filling. */
  tick(): void
  seal(reason: SealReason): void
  /** Seals at once when `sequence` has been read, else as soon as it has. */
  sealThrough(request: { readonly created: string; readonly sequence: number }): void
  /** The sealed batch is in the table. */
  committed(): void
  /** What the table holds of the present stream. */
  readonly offset: { readonly created: string; readonly sequence: number } | undefined
  /** The batches are given up; reading starts again from the table. */
  reset(): void
  /** Begins to read at the table's offset, and starts again from there whenever reading fails. */
  start(): void
  /** Resolves once nothing is read any more; what is buffered stays. */
  stop(): Promise<void>
}

interface Origin {
  readonly appId: string
  readonly created: string
}

const RETRY_MS = 500

const bytesOf = (batch: Batch | undefined): number =>
  batch === undefined
    ? 0
    : batch.buffer.bytes + batch.letters.reduce((total, { payload }) => total + payload.byteLength, 0)

export const createLane = (options: LaneOptions, deps: LaneDeps): Lane => {
  const { partition, geohashLength, futureToleranceMs, now } = options
  const stream = moveStreamName(partition)
  let reader: PartitionReader | undefined
  let origin: Origin | undefined
  let active: Batch | undefined
  let sealed: Batch | undefined
  /** The last sequence taken in, of `origin`'s stream. */
  let position = 0
  let committedTo = 0
  let asked = 0
  let resetting = false
  let stopped = false
  let running: Promise<void> = Promise.resolve()

  const open = (): Batch => ({
    partition,
    appId: origin!.appId,
    created: origin!.created,
    from: sealed?.to ?? committedTo,
    to: sealed?.to ?? committedTo,
    toTimestampMs: 0,
    fromTimestampMs: 0,
    readAt: now(),
    buffer: createPartitionBuffer(),
    letters: [],
    deadRows: 0,
  })

  const seal = (_reason: SealReason): void => {
    if (sealed !== undefined || active === undefined || active.to === active.from) return
    sealed = active
    active = undefined
    deps.onSealed()
  }

  const stateOf = ({ buffer, readAt }: Batch) => ({
    rows: buffer.length,
    bytes: buffer.bytes,
    maxTime: buffer.maxTime,
    ageMs: now() - readAt,
  })

  const streamIsFilling = (): boolean => {
    const state = reader?.info()
    if (state === undefined || active === undefined) return false
    const uncommitted = (state.last - committedTo) / Math.max(1, state.last - state.first + 1)
    return uncommitted * state.bytes >= options.maxStreamBytes / 4
  }

  const sealIfDue = (): void => {
    if (active === undefined || sealed !== undefined) return
    if (asked > 0 && active.to >= asked) return seal('asked')
    const reason = sealReasonOf(stateOf(active), options.seal)
    if (reason !== undefined) seal(reason)
    else if (streamIsFilling()) seal('stream-filling')
  }

  const take = async (move: StoredMove): Promise<void> => {
    const contentType = move.header('content-type')
    const from = Number(move.header('fleet-from') ?? NaN)
    if (active !== undefined && endsWindow(stateOf(active), from, options.seal)) seal('window-ended')
    const batch = (active ??= open())
    const decoding = decodeMove(move.data, contentType)
    const decoded = decoding instanceof Promise ? await decoding : decoding
    const letterOrigin = { appId: batch.appId, partition, stream, sequence: move.sequence, contentType }
    if (decoded.rows === undefined) {
      batch.letters.push(letterOfNoise(letterOrigin, move.data, decoded.reason))
    } else {
      const bad = takeIn(batch.buffer, decoded.rows, { geohashLength, latestMs: move.timestampMs + futureToleranceMs })
      if (bad.length > 0) {
        batch.letters.push(letterOfRows(letterOrigin, decoded.rows, bad))
        batch.deadRows += bad.length
      }
    }
    if (batch.fromTimestampMs === 0) batch.fromTimestampMs = move.timestampMs
    batch.to = position = move.sequence
    batch.toTimestampMs = move.timestampMs
  }

  /** Where the table stands decides where reading begins; under which epoch, the stream's history. */
  const begin = async (nextEpoch: boolean): Promise<void> => {
    const [state, txns] = [await deps.look(partition), await deps.txns()]
    if (stopped) return
    let epoch = epochOf(txns.keys(), stream, state.created)
    if (nextEpoch && txns.has(appIdOf(stream, state.created, epoch))) epoch++
    const appId = appIdOf(stream, state.created, epoch)
    const txn = txns.get(appId)
    origin = { appId, created: state.created }
    committedTo = txn?.version ?? 0
    // A new epoch begins at the stream's first message, whatever was purged before.
    position = txn === undefined && epoch > 0 ? Math.max(0, state.first - 1) : committedTo
    active = undefined
    sealed = undefined
    const from: Offset = {
      sequence: position,
      created: state.created,
      ...(txn?.timestampMs === undefined ? {} : { timestampMs: txn.timestampMs }),
    }
    if (reader === undefined) reader = deps.read(partition, from)
    else reader.seek(from)
  }

  const step = async (): Promise<boolean> => {
    if (resetting || origin === undefined) {
      resetting = false
      await begin(false)
    }
    await deps.room()
    if (stopped || resetting) return !stopped
    const reading = await reader!.next()
    if (resetting) return true
    switch (reading.kind) {
      case 'closed':
        return false
      case 'gap':
        deps.warn(
          { partition, from: reading.from, to: reading.to },
          'messages are missing from the stream and are lost',
        )
        position = reading.to
        return true
      case 'recreated':
        deps.warn(
          { partition, created: reading.stream.created },
          'the stream was made again; reading it from its beginning',
        )
        await begin(false)
        return true
      case 'rolled-back':
        deps.warn(
          { partition, last: reading.stream.last, committed: committedTo },
          'the stream was restored to an earlier state; reading it again, rows may be doubled',
        )
        await begin(true)
        return true
      case 'moves':
        for (const move of reading.moves) {
          if (move.sequence !== position + 1) throw new Error(`read ${move.sequence} after ${position}`)
          await take(move)
          if (resetting) return true
        }
        sealIfDue()
        return true
    }
  }

  const readOn = async (): Promise<void> => {
    while (!stopped) {
      try {
        if (!(await step())) return
      } catch (error) {
        if (stopped) return
        deps.warn({ partition }, `reading starts again from the table: ${reasonOf(error)}`)
        resetting = true
        await delay(RETRY_MS)
      }
    }
  }

  return {
    partition,
    get sealed() {
      return sealed
    },
    get offset() {
      return origin === undefined ? undefined : { created: origin.created, sequence: committedTo }
    },
    bytes: () => bytesOf(active) + bytesOf(sealed),
    lagMs: () => {
      const oldest = sealed ?? active
      return oldest === undefined || oldest.fromTimestampMs === 0 ? 0 : Math.max(0, now() - oldest.fromTimestampMs)
    },
    tick: sealIfDue,
    seal,
    sealThrough: ({ created, sequence }) => {
      if (origin !== undefined && origin.created !== created) return
      asked = Math.max(asked, sequence)
      sealIfDue()
    },
    committed: () => {
      committedTo = sealed!.to
      sealed = undefined
      if (asked <= committedTo) asked = 0
      sealIfDue()
    },
    reset: () => {
      resetting = true
      sealed = undefined
      active = undefined
    },
    start: () => {
      running = readOn()
    },
    stop: async () => {
      stopped = true
      await reader?.close()
      await running
    },
  }
}
