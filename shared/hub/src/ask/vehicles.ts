import type { ReceivedMessage } from '@fleetlake/broker'
import { decodePositions, type Positions, vehicleDateRuns } from '@fleetlake/columnar'
import {
  CADENCES_HEADER,
  type Message,
  type MessageInput,
  messages,
  type QueryStatus,
  readCadenceRuns,
  subjects,
} from '@fleetlake/contracts'
import { FleetError, reasonOf, type TraceContext } from '@fleetlake/core'
import type { MessageHub } from '../connection/hub.ts'
import { receiveMessage } from '../connection/message.ts'
export type { VehicleQueryStats } from './query-answer.ts'
import { createVehicleCount } from './count-vehicles.ts'
import {
  type AnswerEnd,
  type AnswerEvent,
  createQueryAnswer,
  RETRY_MS,
  type VehicleQueryStats,
} from './query-answer.ts'

export type VehicleQueryInput = Omit<MessageInput<'vehicleQuery'>, 'query'>
export type LatestQueryInput = Omit<MessageInput<'latestQuery'>, 'query'>

/** Rows that were found, as they came. */
export interface VehicleBatch {
  readonly task: number
  readonly batch: number
  readonly rows: Positions
  /** Missing where a finder knows nothing of it. */
  readonly cadences?: BatchCadences
}

/** How often the vehicles of a batch report over all their reports of a date. */
export interface BatchCadences {
  /** The first row of each run of rows of one vehicle and UTC date: `vehicleDateRuns`. */
  readonly runs: Uint32Array
  /** ms, of each run; undefined where it is not known. */
  readonly ofRuns: readonly (number | undefined)[]
}

const cadencesIn = (header: string | undefined, rows: Positions): Pick<VehicleBatch, 'cadences'> => {
  if (header === undefined) return {}
  const runs = vehicleDateRuns(rows)
  return { cadences: { runs, ofRuns: readCadenceRuns(header, runs.length) } }
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
  /** The id of the query. */
  readonly query: string
  readonly outcome: Promise<VehicleOutcome>
  cancel(): void
}

const TTL_MS = 10_000

/** A question, and where it is asked. */
interface Question {
  readonly subject: string
  readonly ttlMs: number | undefined
  /** What it is called in a trace. */
  readonly name: string
  send(query: string, options: { readonly reply: string; readonly trace: TraceContext | undefined }): void
}

/** Who was in this area, in this period? Rows come once each, at most `limit` of them. */
export const askVehicles = (hub: MessageHub, input: VehicleQueryInput, options: AskOptions = {}): VehicleAnswer => {
  const subject = subjects.vehicleQuery(hub.person)
  const send: Question['send'] = (query, to) => hub.send('vehicleQuery', subject, { ...input, query }, to)
  return ask(hub, { subject, ttlMs: input.ttlMs, name: 'ask vehicles', send }, options)
}

/** Where was each vehicle last? A row a key, at most `limit` of them. */
export const askLatest = (hub: MessageHub, input: LatestQueryInput, options: AskOptions = {}): VehicleAnswer => {
  const subject = subjects.latestQuery(hub.person)
  const send: Question['send'] = (query, to) => hub.send('latestQuery', subject, { ...input, query }, to)
  return ask(hub, { subject, ttlMs: input.ttlMs, name: 'ask latest', send }, options)
}

/** A question that meets no finder is sent again until `ttlMs` have passed; one that a finder may have heard never is. */
const ask = (
  hub: MessageHub,
  { subject, ttlMs = TTL_MS, name, send: sendQuestion }: Question,
  { onProgress, signal }: AskOptions,
): VehicleAnswer => {
  const query = crypto.randomUUID().replaceAll('-', '')
  const inbox = hub.inbox(query)
  const answer = createQueryAnswer(ttlMs, performance.now())
  const happen = (event: AnswerEvent): boolean => answer.happen(event, performance.now())
  const vehicles = createVehicleCount()
  const queue: VehicleBatch[] = []
  let isEnded = false
  let rows = 0
  let wake: (() => void) | undefined

  const taken = (task: number, batch: number): void =>
    hub.send('vehicleQueryTaken', subjects.vehicleQueryTaken(hub.person, query), { task, batch })

  const take = (raw: ReceivedMessage): void => {
    const { data, headers } = receiveMessage('vehicleQueryResult', raw)
    const [task, batch] = [Number(headers('fleet-task')), Number(headers('fleet-batch'))]
    const isShort = headers('fleet-unread') !== undefined
    const positions = decodePositions(data)
    if (positions === undefined) throw new FleetError('arrow.invalid', 'a result of another layout')
    const cadences = cadencesIn(headers(CADENCES_HEADER), positions)
    if (happen({ kind: 'batch', task, batch, isShort })) queue.push({ task, batch, rows: positions, ...cadences })
    // Its sender waits for it like for any other.
    else taken(task, batch)
  }
  const hear = (raw: ReceivedMessage): void => {
    if (raw.isUnheard) return void happen({ kind: 'unheard' })
    const type = raw.header('ce-type')
    if (type === messages.vehicleQueryResult.type) return take(raw)
    if (type === messages.vehicleQueryResultStats.type) {
      happen({ kind: 'stats', stats: receiveMessage('vehicleQueryResultStats', raw).data })
      return
    }
    if (type === messages.vehicleQueryProgress.type) onProgress?.(receiveMessage('vehicleQueryProgress', raw).data)
    happen({ kind: 'progress' })
  }
  const tellMalformed = (reason: string): void => {
    happen({ kind: 'malformed', reason })
    wake?.()
  }
  const hearAny = (raw: ReceivedMessage): void => {
    try {
      hear(raw)
      wake?.()
    } catch (malformed) {
      tellMalformed(reasonOf(malformed))
    }
  }
  const subscription = hub.control.subscribe(inbox, hearAny, { onRefused: tellMalformed })
  const stopHearingRefusals = hub.control.onRefused((refused) => {
    if (refused === subject && happen({ kind: 'not-allowed' })) wake?.()
  })

  const span = hub.tracer?.start(name, { kind: 'client' })

  const send = (): void => {
    happen({ kind: 'sent' })
    sendQuestion(query, { reply: inbox, trace: span?.context })
  }
  const cancel = (): void => {
    if (isEnded || !happen({ kind: 'cancelled' })) return
    if (hub.status().state !== 'closed')
      hub.send('vehicleQueryCancel', subjects.vehicleQueryCancel(hub.person, query), { query })
    wake?.()
  }
  signal?.addEventListener('abort', cancel)

  const { promise: outcome, resolve } = Promise.withResolvers<VehicleOutcome>()
  const finish = (end: AnswerEnd): void => {
    if (isEnded) return
    const { stats } = answer
    if (stats === undefined && end.status !== 'refused') cancel()
    isEnded = true
    signal?.removeEventListener('abort', cancel)
    subscription.close()
    stopHearingRefusals()
    span?.set({ 'fleetlake.search.status': end.status, 'fleetlake.rows.found': rows })
    span?.end()
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
        const end = answer.end()
        if (end !== undefined) return finish(end)
        await news()
        const silent = queue.length === 0 ? answer.endOfWaiting(performance.now()) : undefined
        if (silent !== undefined) return finish(silent)
        if (answer.isToBeSentAgain(performance.now())) send()
      }
    } finally {
      // The reader has left, or the connection has ended.
      finish({ status: 'cancelled', reason: undefined })
    }
  }

  return { query, outcome, cancel, [Symbol.asyncIterator]: batches }
}
