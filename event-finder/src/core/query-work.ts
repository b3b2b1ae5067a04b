import type { Message } from '@fleetlake/contracts'

export type TaskStatus = Message<'vehicleQueryPartitionResultStats'>['status']

/**
 * What an agent knows of a query whose tasks it scans, and what it does about what happens to it; scans, messages and time are the driver's (`createActiveQuery`).
 * Tasks are scanned one after the other, so that a query never holds more than one file; its client is waited for without taking a turn of others.
 *
 * Invariants: no more than `MAX_UNTAKEN` batches are on the way to a client. The batches of a task are numbered from 0 without holes, whatever scans they come from. Of each
 * task the end is said once, unless it is left to others. Whatever comes or does not come, it closes.
 */
export interface QueryWork {
  /** Takes in what happened. @returns what the driver is to do about it, in this order */
  step(event: WorkEvent, nowMs: number): WorkEffect[]
  /** When a `tick` is due; undefined while none is. */
  wakeAt(): number | undefined
  /** The rest of a scan is not wanted. */
  isStopped(): boolean
  /** No task is left. */
  isIdle(): boolean
}

/** What happened. Each of `scan` and `next` is answered by `found`, `scanned` or `failed`. */
export type WorkEvent =
  | { readonly kind: 'task'; readonly task: number }
  /** The client has taken a batch. */
  | { readonly kind: 'taken'; readonly task: number; readonly batch: number }
  /** A batch is at hand. `failures`: files that the scan could not read so far. */
  | { readonly kind: 'found'; readonly rows: number; readonly failures: number }
  /** The scan has ended. `hasMore`: there are more rows than the limit. */
  | { readonly kind: 'scanned'; readonly hasMore: boolean; readonly failures: number }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The client wants no more. */
  | { readonly kind: 'cancelled' }
  /** The tasks are left to others. */
  | { readonly kind: 'abandoned' }
  /** `isMemoryShort`: others wait for memory. */
  | { readonly kind: 'tick'; readonly isMemoryShort: boolean }

/** What is to be done. */
export type WorkEffect =
  /** Begin to scan a task, from after the matches that were sent, and look for a batch. */
  | { readonly kind: 'scan'; readonly task: number; readonly passed: number }
  /** Look for the next batch of the scan. */
  | { readonly kind: 'next' }
  /** Let the scan go, with the memory that it holds; the batch at hand stays. */
  | { readonly kind: 'let-go' }
  /** Send the batch at hand. */
  | {
      readonly kind: 'send'
      readonly task: number
      readonly batch: number
      readonly rows: number
      /** Files that could not be read before it: it is not the batch of an agent that could. */
      readonly failures: number
    }
  /** Tell the coordinator. */
  | {
      readonly kind: 'say'
      readonly task: number
      readonly status: TaskStatus
      readonly batches: number
      readonly rows: number
      /** Why nothing else of the task can be had. */
      readonly reason?: string
    }
  /** Nothing is left of the query: no task, and no batch on the way that is still waited for. */
  | { readonly kind: 'close' }

/** Batches of a query that are sent and not yet taken. */
export const MAX_UNTAKEN = 8
/** A client that takes nothing for this long, while there is something to take, is gone. */
export const CLIENT_GONE_MS = 10_000
/** A client is looked at so many times before it is given up: a process that was frozen hears what has come meanwhile before it judges. */
const LOOKS = 10
const LOOK_MS = CLIENT_GONE_MS / LOOKS
const SIGN_OF_LIFE_MS = 1_000
/** While others wait for memory, a query that waits for its client for longer than this gives its own back. */
const YIELD_MS = 250

/** A task, and how far it is. */
interface Work {
  readonly task: number
  batches: number
  rows: number
  /** Files that could not be read, as was said. */
  failures: number
}

/** A batch that waits for room. */
interface AtHand {
  readonly rows: number
  /** The scan was let go. */
  isLetGo: boolean
  yieldMs: number
  looks: number
  lookMs: number
}

export const createQueryWork = (): QueryWork => {
  /** The first one is at work. */
  const works = new Map<number, Work>()
  const untaken = new Set<string>()
  let atHand: AtHand | undefined
  let [isGivenUp, isAbandoned, isClosed] = [false, false, false]
  let now = 0
  let signMs = 0
  let forgetMs = 0
  let effects: WorkEffect[] = []

  const say = ({ task, batches, rows }: Work, status: TaskStatus, reason?: string): void => {
    if (isAbandoned) return
    effects.push({ kind: 'say', task, status, batches, rows, ...(reason === undefined ? {} : { reason }) })
  }
  const atWork = (): Work | undefined => works.values().next().value

  /** What is on the way counts for the query's next task too, but not for ever. */
  const settle = (): void => {
    forgetMs = now + CLIENT_GONE_MS
    if (isClosed || works.size > 0 || (untaken.size > 0 && !isGivenUp)) return
    isClosed = true
    effects.push({ kind: 'close' })
  }
  const scan = ({ task, rows }: Work): void => void effects.push({ kind: 'scan', task, passed: rows })
  const letGo = (): void => void effects.push({ kind: 'let-go' })
  const endWork = (work: Work, status: TaskStatus, reason?: string): void => {
    say(work, status, reason)
    works.delete(work.task)
    if (isGivenUp) {
      for (const other of works.values()) say(other, 'cancelled')
      works.clear()
    }
    const next = atWork()
    if (next === undefined) settle()
    else scan(next)
  }

  const send = (work: Work, rows: number): void => {
    const { task, batches: batch, failures } = work
    untaken.add(`${task}/${batch}`)
    work.batches++
    work.rows += rows
    effects.push({ kind: 'send', task, batch, rows, failures })
  }
  const found = (work: Work, { rows, failures }: WorkEvent & { readonly kind: 'found' }): void => {
    if (isGivenUp) {
      letGo()
      return endWork(work, 'cancelled')
    }
    // Said before rows are sent that would have another place without the failure: should this agent go silent, they are all that the client may have of the batch.
    if (failures > work.failures) say(work, 'running')
    work.failures = failures
    if (untaken.size < MAX_UNTAKEN) {
      send(work, rows)
      effects.push({ kind: 'next' })
      return
    }
    atHand = { rows, isLetGo: false, yieldMs: now + YIELD_MS, looks: 0, lookMs: now + LOOK_MS }
  }
  const taken = (): void => {
    if (atHand !== undefined) {
      const work = atWork()!
      const { rows, isLetGo } = atHand
      atHand = undefined
      send(work, rows)
      if (isLetGo) scan(work)
      else effects.push({ kind: 'next' })
      return
    }
    settle()
  }
  const giveUp = (): void => {
    if (isGivenUp) return
    isGivenUp = true
    if (atHand !== undefined) {
      if (!atHand.isLetGo) letGo()
      atHand = undefined
      endWork(atWork()!, 'cancelled')
    } else settle()
  }

  const passTime = (isMemoryShort: boolean): void => {
    if (works.size > 0 && now >= signMs) {
      signMs = now + SIGN_OF_LIFE_MS
      for (const work of works.values()) say(work, 'running')
    }
    if (atHand !== undefined && !atHand.isLetGo && now >= atHand.yieldMs) {
      atHand.yieldMs = now + YIELD_MS
      // A file that could not be read may be readable now: the rows that were sent would have other places.
      if (isMemoryShort && atWork()!.failures === 0) {
        atHand.isLetGo = true
        letGo()
      }
    }
    if (atHand !== undefined && now >= atHand.lookMs) {
      atHand.lookMs = now + LOOK_MS
      if (++atHand.looks >= LOOKS) giveUp()
    }
    if (works.size === 0 && !isClosed && now >= forgetMs) {
      untaken.clear()
      settle()
    }
  }

  const happen = (event: WorkEvent): void => {
    switch (event.kind) {
      case 'task': {
        const { task } = event
        if (works.has(task)) return
        const work = { task, batches: 0, rows: 0, failures: 0 }
        if (isGivenUp && works.size === 0) return say(work, 'cancelled')
        works.set(task, work)
        if (works.size > 1) return
        signMs = now + SIGN_OF_LIFE_MS
        return scan(work)
      }
      case 'taken':
        if (untaken.delete(`${event.task}/${event.batch}`)) taken()
        return
      case 'found':
        return found(atWork()!, event)
      case 'scanned': {
        const { hasMore, failures } = event
        const ended = hasMore ? 'limit-reached' : failures > 0 ? 'partial' : 'complete'
        return endWork(atWork()!, isGivenUp ? 'cancelled' : ended)
      }
      case 'failed':
        letGo()
        return isGivenUp ? endWork(atWork()!, 'cancelled') : endWork(atWork()!, 'partial', event.reason)
      case 'cancelled':
        return giveUp()
      case 'abandoned':
        isAbandoned = true
        return giveUp()
      case 'tick':
        return passTime(event.isMemoryShort)
    }
  }

  const wakeAt = (): number | undefined => {
    if (isClosed) return undefined
    if (works.size === 0) return forgetMs
    if (atHand === undefined) return signMs
    return Math.min(signMs, atHand.lookMs, atHand.isLetGo ? Infinity : atHand.yieldMs)
  }
  return {
    step: (event, nowMs) => {
      effects = []
      now = nowMs
      happen(event)
      return effects
    },
    wakeAt,
    isStopped: () => isGivenUp,
    isIdle: () => works.size === 0,
  }
}
