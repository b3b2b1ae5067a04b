import type { Acknowledgement } from '@fleetlake/broker'
import { FleetError } from '@fleetlake/core'
import type { MovePublisherOptions, PublishState, PublishStats } from './move-publisher.ts'
import { createMoveQueue, type MoveQueue, type QueuedMove, type Route, type Sending } from './move-queue.ts'

/**
 * What a publisher knows of its partitions and of those who wait for it, and what it does about what happens to it; the connection, time and promises are the driver's
 * (`createMovePublisher`). When a message is sent is decided by the queue of its partition (`createMoveQueue`).
 * Invariants: a message is counted once, as stored or as of unknown fate, unless the publisher fails; a partition without room never holds up another; once it has
 * failed nothing is sent and no caller waits.
 */
export interface MovePublishing {
  /** Takes in what happened. @returns what the driver is to do about it, in this order */
  step(event: PublishingEvent, nowMs: number): PublishingEffect[]
  /** The next message of a partition to send, if any may be sent now. */
  take(partition: number, nowMs: number): Sending | undefined
  /** The number of the next message of a partition, from 1; undefined when the partition is not in use. */
  next(partition: number): number | undefined
  hasRoom(partition: number): boolean
  stats(): PublishStats
}

export type PublishingEvent =
  /** A message is to be stored: its number is that of `next`. */
  | { readonly kind: 'published'; readonly partition: number; readonly move: QueuedMove }
  | {
      readonly kind: 'answered'
      readonly partition: number
      readonly n: number
      readonly attempt: number
      readonly answer: Acknowledgement
    }
  /** There is a connection, another one maybe. `server`: as in `Route`. */
  | { readonly kind: 'connected'; readonly server: string | undefined }
  | { readonly kind: 'disconnected' }
  /** Nothing can be sent any more. */
  | { readonly kind: 'failed'; readonly error: FleetError }
  /** A caller waits until every partition has room, or until every message is settled. */
  | { readonly kind: 'waiting'; readonly until: Wait }
  | { readonly kind: 'tick' }

export type Wait = 'room' | 'drained'

export type PublishingEffect =
  /** Send what `take` gives of this partition, until it gives nothing. */
  | { readonly kind: 'send'; readonly partition: number }
  | { readonly kind: 'tell'; readonly state: PublishState }
  /** Every partition has room: all who wait for that go on. */
  | { readonly kind: 'admit' }
  /** Every message is stored: all who wait for that go on. */
  | { readonly kind: 'drained'; readonly written: readonly Written[] }
  /** All who wait for this are told that it will not be. */
  | { readonly kind: 'refuse'; readonly until: Wait; readonly error: FleetError }

/** What was stored in a partition. */
export interface Written {
  readonly partition: number
  readonly lastSequence: number
  /** Sequences went back: another stream of the same name, or an earlier state of it. */
  readonly isReplaced: boolean
}

export type MovePublishingOptions = Pick<
  MovePublisherOptions,
  'partitions' | 'queueBytes' | 'windowBytes' | 'duplicateWindowMs'
>

/** More is no faster: the server stores one after the other, and what waits there costs memory on both sides. */
const WINDOW_BYTES = 512 * 1024

interface Partition extends Written {
  readonly queue: MoveQueue
  next: number
  lastSequence: number
  isReplaced: boolean
  state: PublishState['state']
  reason: string | undefined
}

type Event<Kind extends PublishingEvent['kind']> = Extract<PublishingEvent, { readonly kind: Kind }>

export const createMovePublishing = (options: MovePublishingOptions): MovePublishing => {
  const { queueBytes, duplicateWindowMs } = options
  const windowBytes = Math.min(options.windowBytes ?? WINDOW_BYTES, queueBytes)
  const partitions = new Map<number, Partition>(
    options.partitions.map((partition) => [
      partition,
      {
        partition,
        queue: createMoveQueue({ windowBytes, duplicateWindowMs }),
        next: 1,
        lastSequence: 0,
        isReplaced: false,
        state: 'publishing',
        reason: undefined,
      },
    ]),
  )
  const done = { messages: 0, rows: 0, bytes: 0, unknown: 0, waitingMs: 0 }
  let nowMs = 0
  let effects: PublishingEffect[] = []
  let isConnected = false
  let route: Route = { connection: 0, server: undefined }
  let fault: FleetError | undefined
  /** Since when each of those waits who wait for room. */
  let roomWaitedSince: number[] = []
  let isDrainAwaited = false

  const every = (holds: (one: Partition) => boolean): boolean => [...partitions.values()].every(holds)
  const hasRoom = ({ queue }: Partition): boolean => queue.bytes() < queueBytes
  const isEmpty = ({ queue }: Partition): boolean => queue.length() === 0

  const become = (to: Partition, state: PublishState['state'], reason?: string): void => {
    if (to.state === state && to.reason === reason) return
    to.state = state
    to.reason = reason
    const told = { partition: to.partition, state, ...(reason === undefined ? {} : { reason }) }
    effects.push({ kind: 'tell', state: told })
  }
  const send = (to: Partition): void => {
    if (!isEmpty(to)) effects.push({ kind: 'send', partition: to.partition })
  }

  const stored = (to: Partition, n: number, { sequence, duplicate }: Acknowledgement & { kind: 'stored' }): void => {
    const move = to.queue.stored(n)
    if (move === undefined) return
    done.messages++
    done.rows += move.rows
    done.bytes += move.payload.length
    if (!duplicate && sequence <= to.lastSequence) to.isReplaced = true
    to.lastSequence = Math.max(to.lastSequence, sequence)
    if (!to.queue.isHeldUp() || isEmpty(to)) become(to, 'publishing')
    send(to)
  }
  const answered = ({ partition, n, attempt, answer }: Event<'answered'>): void => {
    const to = partitions.get(partition)
    if (to === undefined || answer.kind === 'unclear') return
    if (answer.kind === 'stored') return stored(to, n, answer)
    if (answer.isFinal) {
      const what = `the hub refuses a move of partition ${partition}: ${answer.reason}`
      fault ??= new FleetError('publish.refused', what)
      return
    }
    to.queue.rejected(n, attempt, nowMs, route)
    if (!isEmpty(to)) become(to, answer.isFull ? 'full' : 'waiting', answer.reason)
  }
  const connected = (server: string | undefined): void => {
    isConnected = true
    route = { connection: route.connection + 1, server }
    for (const to of partitions.values()) send(to)
  }
  const disconnected = (): void => {
    isConnected = false
    for (const to of partitions.values()) {
      to.queue.disconnected()
      if (!isEmpty(to)) become(to, 'waiting', 'no connection to the hub')
    }
  }
  const tick = (to: Partition): void => {
    if (isEmpty(to)) return
    if (to.queue.expire(nowMs)) become(to, 'waiting', 'the hub does not answer')
    const unknown = to.queue.takeUnknown(nowMs)
    if (unknown.length > 0) {
      done.unknown += unknown.length
      become(to, 'unknown', `message ${unknown.map(({ id }) => id).join(', ')}`)
    }
    send(to)
  }

  const happen = (event: PublishingEvent): void => {
    switch (event.kind) {
      case 'published': {
        const to = partitions.get(event.partition)!
        to.next = event.move.n + 1
        to.queue.add(event.move)
        return send(to)
      }
      case 'answered':
        return answered(event)
      case 'connected':
        return connected(event.server)
      case 'disconnected':
        return disconnected()
      case 'failed':
        fault ??= event.error
        return
      case 'waiting':
        if (event.until === 'room') roomWaitedSince.push(nowMs)
        else isDrainAwaited = true
        return
      case 'tick':
        for (const to of partitions.values()) tick(to)
    }
  }
  /** Those who wait go on once it is so, or once it can't come to be so. */
  const settle = (): void => {
    if (roomWaitedSince.length > 0 && (fault !== undefined || every(hasRoom))) {
      if (fault === undefined) {
        for (const since of roomWaitedSince) done.waitingMs += nowMs - since
        effects.push({ kind: 'admit' })
      } else effects.push({ kind: 'refuse', until: 'room', error: fault })
      roomWaitedSince = []
    }
    if (isDrainAwaited && (fault !== undefined || every(isEmpty))) {
      const error = fault ?? unknownFault(done.unknown)
      if (error === undefined) effects.push({ kind: 'drained', written: writtenIn(partitions.values()) })
      else effects.push({ kind: 'refuse', until: 'drained', error })
      isDrainAwaited = false
    }
  }

  return {
    step: (event, now) => {
      nowMs = now
      effects = []
      happen(event)
      settle()
      return effects
    },
    take: (partition, now) =>
      isConnected && fault === undefined ? partitions.get(partition)?.queue.take(now, route) : undefined,
    next: (partition) => partitions.get(partition)?.next,
    hasRoom: (partition) => {
      const to = partitions.get(partition)
      return to !== undefined && hasRoom(to)
    },
    stats: () => {
      const heldUp = [...partitions.values()].filter(({ state }) => state !== 'publishing')
      return {
        ...done,
        waitingMs: Math.round(done.waitingMs),
        ...(heldUp.length === 0 ? {} : { note: noteOf(heldUp) }),
      }
    },
  }
}

const writtenIn = (partitions: Iterable<Partition>): Written[] =>
  [...partitions]
    .filter(({ lastSequence }) => lastSequence > 0)
    .map(({ partition, lastSequence, isReplaced }) => ({ partition, lastSequence, isReplaced }))

const unknownFault = (unknown: number): FleetError | undefined =>
  unknown === 0
    ? undefined
    : new FleetError(
        'publish.unknown',
        `whether ${unknown} moves were stored is not known: the hub was not reached for too long`,
      )

const noteOf = (heldUp: readonly Partition[]): string => {
  const [{ state, reason }] = heldUp
  const names = heldUp.map(({ partition }) => partition).join(', ')
  return state === 'full'
    ? `partition ${names} is full: waiting for the archive to catch up`
    : `partition ${names} is waiting: ${reason ?? state}`
}
