import { decodePositions, type Positions } from '@fleetlake/columnar'
import { type Message, type MessageInput, messages, type QueryStatus, subjects } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Msg } from '@nats-io/nats-core'
import { headerOf, headersOf } from '../cloud-event.ts'
import type { Hub } from '../hub.ts'
import { receiveMessage } from '../message.ts'
import { NO_RESPONDERS } from '../no-responders.ts'
import { createVehicleCount } from './count-vehicles.ts'
import { createHeldBatches } from './held-batches.ts'

export type VehicleQueryInput = Omit<MessageInput<'vehicleQuery'>, 'query'>
export type VehicleQueryStats = Message<'vehicleQueryResultStats'>

/** Rows that were found, as they came. */
export interface VehicleBatch {
  readonly task: number
  readonly batch: number
  readonly rows: Positions
}

/** How an answer ended. Invariant: it is complete only when the client holds every batch that the finder names. */
export interface VehicleOutcome {
  readonly status: QueryStatus
  /** Why it is not complete, for people. */
  readonly reason: string | undefined
  /** Rows handed out. */
  readonly rows: number
  /** Distinct vehicles among them. */
  readonly vehicles: number
  readonly stats: VehicleQueryStats | undefined
}

export interface AskOptions {
  readonly onProgress?: (progress: Message<'vehicleQueryProgress'>) => void
  /** Aborted: the query is cancelled, and the outcome says so. */
  readonly signal?: AbortSignal
}

/**
 * Batches as they come, each once, for one reader; reading slowly slows the finders down, and one who takes nothing for 10 s is taken
 * for gone. `outcome` is settled when the batches have been read to their end, or the reader has left.
 */
export interface VehicleAnswer extends AsyncIterable<VehicleBatch> {
  readonly outcome: Promise<VehicleOutcome>
  cancel(): void
}

type End = Pick<VehicleOutcome, 'status' | 'reason'>

const RETRY_MS = 200
const TTL_MS = 10_000
/** What the finder that leads a query may be late by, until it is taken for dead; it speaks each half second. */
const SILENT_MS = 10_000
/** After the end, batches that are named and missing are waited for as long as something still comes. */
const LATE_MS = 2_000

/**
 * Who was in this area, in this period? Rows come once each, at most `limit` of them. A query that nobody hears is sent again until
 * `ttlMs` have passed; one that somebody may have heard never is.
 */
export const askVehicles = (
  hub: Hub,
  input: VehicleQueryInput,
  { onProgress, signal }: AskOptions = {},
): VehicleAnswer => {
  const query = crypto.randomUUID().replaceAll('-', '')
  const inbox = hub.inbox(query)
  const ttlMs = input.ttlMs ?? TTL_MS
  const held = createHeldBatches()
  const vehicles = createVehicleCount()
  const queue: VehicleBatch[] = []
  const beganMs = performance.now()
  let heardMs = beganMs
  let sentMs = beganMs
  let [isHeard, isUnheard, isCancelled, isEnded] = [false, false, false, false]
  let stats: VehicleQueryStats | undefined
  let fault: string | undefined
  let rows = 0
  let wake: (() => void) | undefined

  const taken = (task: number, batch: number): void =>
    hub.send('vehicleQueryTaken', subjects.vehicleQueryTaken(query), { task, batch })

  const take = (raw: Msg): void => {
    const { data, headers } = receiveMessage('vehicleQueryResult', raw)
    const [task, batch] = [Number(headers('fleet-task')), Number(headers('fleet-batch'))]
    const positions = decodePositions(data)
    if (positions === undefined) throw new FleetError('arrow.invalid', 'a result of another layout')
    if (held.hold(task, batch)) queue.push({ task, batch, rows: positions })
    // Its sender waits for it like for any other.
    else taken(task, batch)
  }
  const hear = (raw: Msg): void => {
    const headers = headersOf(raw)
    if (headers?.code === NO_RESPONDERS) {
      isUnheard = !isHeard
      return
    }
    const type = headerOf(headers, 'ce-type')
    if (type === messages.vehicleQueryResult.type) take(raw)
    else if (type === messages.vehicleQueryProgress.type) onProgress?.(receiveMessage('vehicleQueryProgress', raw).data)
    else if (type === messages.vehicleQueryResultStats.type && stats === undefined) {
      stats = receiveMessage('vehicleQueryResultStats', raw).data
      held.expect(stats.tasks)
    }
    isHeard = true
    heardMs = performance.now()
  }
  const subscription = hub.connection.subscribe(inbox, {
    callback: (error, raw) => {
      try {
        if (error !== null) throw error
        hear(raw)
      } catch (noise) {
        fault = reasonOf(noise)
      }
      wake?.()
    },
  })

  const send = (): void => {
    isUnheard = false
    sentMs = performance.now()
    hub.send('vehicleQuery', subjects.vehicleQuery, { ...input, query }, { reply: inbox })
  }
  const cancel = (): void => {
    if (isEnded || isCancelled) return
    isCancelled = true
    if (!hub.connection.isClosed()) hub.send('vehicleQueryCancel', subjects.vehicleQueryCancel(query), { query })
    wake?.()
  }
  signal?.addEventListener('abort', cancel)

  /** A search that the finders gave up, and not this client, is one that misses something. */
  const statusOf = ({ status }: VehicleQueryStats): QueryStatus => {
    if (isCancelled) return 'cancelled'
    return status === 'cancelled' ? 'partial' : status
  }
  /** @returns how it has ended whatever the time, if so */
  const endByNow = (): End | undefined => {
    if (stats === undefined) return undefined
    if (stats.status === 'refused') return { status: 'refused', reason: stats.error }
    if (held.missing() > 0) return undefined
    return { status: statusOf(stats), reason: reasonOfStats(stats) }
  }
  /** @returns how it ends because nothing comes any more, if so; asked after what has come was heard */
  const endByWaiting = (): End | undefined => {
    const now = performance.now()
    const silentMs = now - heardMs
    if (isCancelled && silentMs > LATE_MS) return { status: 'cancelled', reason: undefined }
    if (stats !== undefined) {
      if (silentMs <= LATE_MS) return undefined
      const told = statusOf(stats)
      const isShort = told === 'complete' || told === 'limit-reached'
      const reason = fault ?? `of the answer's batches ${held.missing()} did not arrive`
      return { status: isShort ? 'partial' : told, reason }
    }
    if (isHeard)
      return silentMs > SILENT_MS
        ? { status: 'partial', reason: 'the finder that led the query has gone silent' }
        : undefined
    if (isUnheard && now - beganMs > ttlMs) return { status: 'timed-out', reason: NOBODY }
    return now - beganMs > ttlMs + LATE_MS
      ? { status: 'timed-out', reason: fault ?? 'no finder has answered' }
      : undefined
  }

  const { promise: outcome, resolve } = Promise.withResolvers<VehicleOutcome>()
  const finish = (end: End): void => {
    if (isEnded) return
    if (stats === undefined) cancel()
    isEnded = true
    signal?.removeEventListener('abort', cancel)
    if (!hub.connection.isClosed()) subscription.unsubscribe()
    resolve({ ...end, rows, vehicles: vehicles.count(), stats })
  }
  const news = async (): Promise<void> => {
    const { promise, resolve: ready } = Promise.withResolvers<void>()
    const timer = setTimeout(ready, RETRY_MS)
    wake = ready
    await promise
    wake = undefined
    clearTimeout(timer)
  }

  async function* batches(): AsyncGenerator<VehicleBatch> {
    try {
      if (signal?.aborted === true) return finish({ status: 'cancelled', reason: undefined })
      send()
      for (;;) {
        const next = queue.shift()
        if (next !== undefined) {
          rows += next.rows.length
          vehicles.add(next.rows)
          yield next
          taken(next.task, next.batch)
          continue
        }
        const end = endByNow()
        if (end !== undefined) return finish(end)
        await news()
        const silent = queue.length === 0 ? endByWaiting() : undefined
        if (silent !== undefined) return finish(silent)
        if (isUnheard && !isCancelled && performance.now() - sentMs > RETRY_MS) send()
      }
    } finally {
      // The reader has left, or the connection has ended.
      finish({ status: 'cancelled', reason: undefined })
    }
  }

  return { outcome, cancel, [Symbol.asyncIterator]: batches }
}

const NOBODY = 'no finder is running: start one with `npm start` or `node event-finder/src/main.ts`'

const reasonOfStats = ({ status, failed, error }: VehicleQueryStats): string | undefined => {
  if (error !== undefined) return error
  if (status !== 'partial' || failed.length === 0) return undefined
  const more = failed.length > 1 ? ` and ${failed.length - 1} more` : ''
  return `${failed[0].path}: ${failed[0].reason}${more}`
}
