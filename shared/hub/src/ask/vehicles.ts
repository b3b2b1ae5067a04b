import { decodePositions, type Message, type MessageInput, type QueryStatus, subjects } from '@fleetlake/contracts'
import { FleetError, type Positions, reasonOf } from '@fleetlake/core'
import type { Hub, ListenOptions, Received } from '../hub.ts'

export type VehicleQueryInput = Omit<MessageInput<'vehicleQuery'>, 'query'>
export type VehicleQueryStats = Message<'vehicleQueryResultStats'>

/** Rows that were found, as they came. */
export interface VehicleBatch {
  readonly task: number
  readonly batch: number
  readonly rows: Positions
}

/** How an answer ended. Law: it is complete only when the asker holds every batch that the finder names. */
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

/** Batches as they come, each once; reading slowly slows the finders down. Then `outcome` is settled. */
export interface VehicleAnswer extends AsyncIterable<VehicleBatch> {
  readonly outcome: Promise<VehicleOutcome>
  cancel(): void
}

const NO_RESPONDERS = 503
const RETRY_MS = 200
/** Without a word from the finder for this long it is taken for dead. */
const SILENT_MS = 10_000
/** After the end, batches that are named and missing are waited for as long as something still comes. */
const LATE_MS = 2_000

const decoder = new TextDecoder()

/** Counts distinct vehicle ids; ids of a batch come in runs. */
const createVehicleCount = () => {
  const seen = new Set<string>()
  return {
    add: ({ length, vehicleIdOffsets: at, vehicleIdBytes: bytes }: Positions): void => {
      let last = ''
      for (let i = 0; i < length; i++) {
        const id = decoder.decode(bytes.subarray(at[i], at[i + 1]))
        if (id !== last) seen.add((last = id))
      }
    },
    count: (): number => seen.size,
  }
}

/** The first rows of a batch. */
const firstOf = (rows: Positions, length: number): Positions => (length < rows.length ? { ...rows, length } : rows)

/**
 * Who was in this area, in this period? Exactly `limit` rows at most are handed out.
 * @throws FleetError `query.unanswered` in the outcome when no finder is running within `ttlMs`
 */
export const askVehicles = (
  hub: Hub,
  input: VehicleQueryInput,
  { onProgress, signal }: AskOptions = {},
): VehicleAnswer => {
  const query = crypto.randomUUID().replaceAll('-', '')
  const inbox = subjects.viewerInbox(query)
  const ttlMs = input.ttlMs ?? 10_000
  const held = new Set<string>()
  const vehicles = createVehicleCount()
  const queue: VehicleBatch[] = []
  const beganMs = performance.now()
  let heardMs = beganMs
  let [isAnswered, isUnheard, isCancelled] = [false, false, false]
  let stats: VehicleQueryStats | undefined
  let fault: string | undefined
  let rows = 0
  let left = input.limit ?? Infinity
  let ended = false
  let wake: (() => void) | undefined
  const notify = (): void => {
    wake?.()
    wake = undefined
  }
  const hear = (): void => {
    isAnswered = true
    heardMs = performance.now()
    notify()
  }

  const noise: ListenOptions = {
    onInvalid: (_, { headers }) => {
      isUnheard ||= headers?.code === NO_RESPONDERS
      notify()
    },
  }
  const take = ({ data, headers }: Received<'vehicleQueryResult'>): void => {
    const [task, batch] = [Number(headers('fleet-task')), Number(headers('fleet-batch'))]
    const key = `${task}/${batch}`
    if (!held.has(key)) {
      try {
        const positions = decodePositions(data)
        if (positions === undefined) throw new FleetError('arrow.invalid', 'a result of another layout')
        held.add(key)
        queue.push({ task, batch, rows: positions })
      } catch (error) {
        fault = reasonOf(error)
      }
    }
    hear()
  }
  const listeners = [
    hub.listen('vehicleQueryResult', inbox, take, noise),
    hub.listen('vehicleQueryProgress', inbox, ({ data }) => (hear(), onProgress?.(data)), noise),
    hub.listen('vehicleQueryResultStats', inbox, ({ data }) => ((stats ??= data), hear()), noise),
  ]
  const send = (): void => {
    isUnheard = false
    hub.send('vehicleQuery', subjects.query, { ...input, query }, { reply: inbox })
  }
  const cancel = (): void => {
    if (ended || isCancelled) return
    isCancelled = true
    hub.send('vehicleQueryCancel', subjects.queryCancel(query), { query })
    notify()
  }
  const onAbort = (): void => cancel()
  signal?.addEventListener('abort', onAbort)

  const isWhole = (): boolean =>
    stats !== undefined &&
    stats.tasks.every(({ task, batches }) =>
      Array.from({ length: batches }, (_, batch) => `${task}/${batch}`).every((key) => held.has(key)),
    )

  /** @returns why there is nothing more to wait for, undefined while there is */
  const endOf = (now: number): Omit<VehicleOutcome, 'rows' | 'vehicles' | 'stats'> | undefined => {
    if (left === 0) return { status: 'limit-reached', reason: undefined }
    if (isCancelled && stats === undefined && now - heardMs > LATE_MS) return { status: 'cancelled', reason: undefined }
    if (stats !== undefined) {
      if (stats.status === 'refused') return { status: 'refused', reason: stats.error }
      if (isWhole()) return { status: isCancelled ? 'cancelled' : stats.status, reason: reasonOfStats(stats) ?? fault }
      if (now - heardMs > LATE_MS) {
        const isShort = stats.status === 'complete' || stats.status === 'limit-reached'
        return { status: isShort ? 'partial' : stats.status, reason: fault ?? 'some batches did not arrive' }
      }
      return undefined
    }
    if (!isAnswered && now - beganMs > ttlMs) {
      return {
        status: 'partial',
        reason: 'no finder is running: start one with `npm start` or `node event-finder/src/main.ts`',
      }
    }
    if (isAnswered && now - heardMs > SILENT_MS) return { status: 'partial', reason: 'the finder has gone silent' }
    return undefined
  }

  const { promise: outcome, resolve } = Promise.withResolvers<VehicleOutcome>()
  const finish = async (end: Omit<VehicleOutcome, 'rows' | 'vehicles' | 'stats'>): Promise<void> => {
    if (ended) return
    if (stats === undefined) cancel()
    ended = true
    signal?.removeEventListener('abort', onAbort)
    await Promise.all(listeners.map((listener) => listener.close()))
    resolve({ ...end, rows, vehicles: vehicles.count(), stats })
  }

  async function* read(): AsyncGenerator<VehicleBatch> {
    try {
      if (signal?.aborted === true) return await finish({ status: 'cancelled', reason: undefined })
      send()
      for (;;) {
        const next = queue.shift()
        if (next !== undefined && left > 0) {
          const batch = { ...next, rows: firstOf(next.rows, left) }
          rows += batch.rows.length
          left -= batch.rows.length
          vehicles.add(batch.rows)
          yield batch
          hub.send('vehicleQueryTaken', subjects.queryTaken(query), { task: next.task, batch: next.batch })
          continue
        }
        const end = endOf(performance.now())
        if (end !== undefined) return await finish(end)
        if (isUnheard && !isAnswered) send()
        await Promise.race([
          new Promise<void>((ready) => (wake = ready)),
          new Promise((later) => setTimeout(later, RETRY_MS)),
        ])
      }
    } finally {
      // The consumer has left the loop early.
      await finish({ status: 'cancelled', reason: undefined })
    }
  }

  return { outcome, cancel, [Symbol.asyncIterator]: read }
}

const reasonOfStats = ({ status, failed, error }: VehicleQueryStats): string | undefined => {
  if (error !== undefined) return error
  if (status !== 'partial' || failed.length === 0) return undefined
  const more = failed.length > 1 ? ` and ${failed.length - 1} more` : ''
  return `${failed[0].path}: ${failed[0].reason}${more}`
}
