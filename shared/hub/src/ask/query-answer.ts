import type { Message, QueryStatus } from '@fleetlake/contracts'
import { createHeldBatches } from './held-batches.ts'

export type VehicleQueryStats = Message<'vehicleQueryResultStats'>

/** How an answer ended. */
export interface AnswerEnd {
  readonly status: QueryStatus
  /** Why it is not complete, for people. */
  readonly reason: string | undefined
}

/** What comes of a query. */
export type AnswerEvent =
  | { readonly kind: 'sent' }
  /** The server says that no finder listens. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'progress' }
  /** `isShort`: its agent could not read a file before it. */
  | { readonly kind: 'batch'; readonly task: number; readonly batch: number; readonly isShort: boolean }
  | { readonly kind: 'stats'; readonly stats: VehicleQueryStats }
  /** What can't be read. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** The hub did not let this person ask. */
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'cancelled' }

/**
 * What a client knows of the answer to its query, and whether the answer has ended; messages and time are the driver's (`askVehicles`).
 * Invariant: an answer is complete only when the client holds every batch that the finder names, each of an agent that had read all before it: of two agents that were given
 * one task, the one that could not read a file may be heard by the client first, and by the finder too late. A query that met no finder may be sent again, one that a finder may
 * have heard never. Whatever happens, an answer ends once nothing comes any more.
 */
export interface QueryAnswer {
  /** @returns whether the event is of use: a batch that is held already is not, nor a second end */
  happen(event: AnswerEvent, nowMs: number): boolean
  /** How it has ended, whatever the time. Asked when all that has come was handed on. */
  end(): AnswerEnd | undefined
  /** How it ends because nothing comes any more. Asked when all that has come was handed on. */
  endOfWaiting(nowMs: number): AnswerEnd | undefined
  isToBeSentAgain(nowMs: number): boolean
  readonly stats: VehicleQueryStats | undefined
}

export const RETRY_MS = 200
/** What the finder that leads a query may be late by, until it is taken for dead; it speaks each half second. */
const SILENT_MS = 10_000
/** After the end, batches that are named and missing are waited for as long as something still comes. */
const LATE_MS = 2_000

const NOT_ALLOWED = 'your role does not let you search: who keeps the accounts can give you another'
const NO_FINDER = 'no finder is running: start one with `npm start` or `node event-finder/src/main.ts`'

/** @param ttlMs how long a finder is waited for */
export const createQueryAnswer = (ttlMs: number, beganMs: number): QueryAnswer => {
  const held = createHeldBatches()
  let heardMs = beganMs
  let sentMs = beganMs
  let [isHeard, isUnheard, isCancelled] = [false, false, false]
  let isAllowed = true
  let stats: VehicleQueryStats | undefined
  let fault: string | undefined
  let isBatchShort = false

  const hear = (nowMs: number): void => {
    isHeard = true
    isUnheard = false
    heardMs = nowMs
  }
  /** A search that the finders gave up, and not this client, is one that misses something. */
  const statusOf = ({ status }: VehicleQueryStats): QueryStatus => {
    if (isCancelled) return 'cancelled'
    if (isBatchShort && (status === 'complete' || status === 'limit-reached')) return 'partial'
    return status === 'cancelled' ? 'partial' : status
  }
  const reasonOf = (said: VehicleQueryStats): string | undefined => {
    if (isCancelled) return undefined
    const isOfBatch = statusOf(said) === 'partial' && (said.status === 'complete' || said.status === 'limit-reached')
    return isOfBatch
      ? 'a finder that could not read a part of what was searched answered before one that could: ask again'
      : reasonOfStats(said)
  }

  return {
    get stats() {
      return stats
    },
    happen: (event, nowMs) => {
      switch (event.kind) {
        case 'sent':
          isUnheard = false
          sentMs = nowMs
          return true
        case 'unheard':
          isUnheard = !isHeard
          return isUnheard
        case 'progress':
          hear(nowMs)
          return true
        case 'batch':
          hear(nowMs)
          if (!held.hold(event.task, event.batch)) return false
          isBatchShort ||= event.isShort
          return true
        case 'stats': {
          hear(nowMs)
          if (stats !== undefined) return false
          stats = event.stats
          held.expect(stats.tasks)
          return true
        }
        case 'malformed':
          fault = event.reason
          return true
        case 'not-allowed':
          isAllowed = false
          return true
        case 'cancelled': {
          const isNews = !isCancelled
          isCancelled = true
          return isNews
        }
      }
    },
    end: () => {
      if (!isAllowed) return { status: 'refused', reason: NOT_ALLOWED }
      if (stats === undefined) return undefined
      if (stats.status === 'refused') return { status: 'refused', reason: stats.error }
      if (held.missing() > 0) return undefined
      // What a finder made of a client that has cancelled is no news to it.
      return { status: statusOf(stats), reason: reasonOf(stats) }
    },
    endOfWaiting: (nowMs) => {
      const silentMs = nowMs - heardMs
      if (isCancelled && silentMs > LATE_MS) return { status: 'cancelled', reason: undefined }
      if (stats !== undefined) {
        if (silentMs <= LATE_MS) return undefined
        const told = statusOf(stats)
        const isShort = told === 'complete' || told === 'limit-reached'
        const reason = fault ?? `of the answer's batches ${held.missing()} did not arrive`
        return { status: isShort ? 'partial' : told, reason }
      }
      if (isHeard) {
        if (silentMs <= SILENT_MS) return undefined
        return { status: 'partial', reason: 'the finder that led the query has gone silent' }
      }
      const waitedMs = nowMs - beganMs
      if (isUnheard && waitedMs > ttlMs) return { status: 'timed-out', reason: NO_FINDER }
      if (waitedMs <= ttlMs + LATE_MS) return undefined
      return { status: 'timed-out', reason: fault ?? 'no finder has answered' }
    },
    isToBeSentAgain: (nowMs) => isUnheard && !isCancelled && nowMs - sentMs > RETRY_MS,
  }
}

const reasonOfStats = ({ status, failed, error }: VehicleQueryStats): string | undefined => {
  if (error !== undefined) return error
  if (status !== 'partial' || failed.length === 0) return undefined
  const more = failed.length > 1 ? ` and ${failed.length - 1} more` : ''
  return `${failed[0].path}: ${failed[0].reason}${more}`
}
