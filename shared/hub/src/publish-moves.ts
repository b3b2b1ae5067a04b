import { type Acknowledgement, refusalOf, untilAnswered } from '@fleetlake/broker'
import {
  MAX_MESSAGE_BYTES,
  messages,
  moveStreamName,
  subjects,
  CONTENT_TYPES,
  type StreamPosition,
} from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { eventHeaders } from './cloud-event.ts'
import type { Hub } from './hub.ts'
import type { MovePublisher, MovePublisherOptions, PublishState } from './move-publisher.ts'
import { createMoveQueue, type MoveQueue, type Route } from './move-queue.ts'

/** More is no faster: the server stores one after the other, and what waits there costs memory on both sides. */
const WINDOW_BYTES = 512 * 1024
const TICK_MS = 20

interface Partition {
  readonly partition: number
  readonly queue: MoveQueue
  next: number
  lastSequence: number
  /** Sequences went back: another stream of the same name, or an earlier state of it. */
  isReplaced: boolean
  state: PublishState['state']
  reason: string | undefined
}

interface Waiter {
  readonly isOver: () => boolean
  readonly resolve: () => void
  readonly reject: (error: FleetError) => void
}

/**
 * Publishes moves: the id of a message is `<run>/<agent>/<partition>/<n>`, n from 1, with the option
 * `digestOf` `<run>/<agent>/<partition>/<n>-<digest>`. Every message is repeated under its id
 * until the stream has it, however long that takes, unless its fate could not be found out within the duplicate window.
 * A partition without room never holds up the others; within one the order is kept unless something fails.
 */
export const createMovePublisher = (hub: Hub, options: MovePublisherOptions): MovePublisher => {
  const { run, agent, queueBytes, duplicateWindowMs, digestOf, onState = () => undefined } = options
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
  const source = `/fleetlake/${hub.service}/${hub.uid}`
  const done = { messages: 0, rows: 0, bytes: 0, unknown: 0, waitingMs: 0 }
  let connection = 0
  let route: Route = { connection, server: undefined }
  let fault: FleetError | undefined
  let waiters: Waiter[] = []

  const idOf = (partition: number, n: number, payload: Uint8Array): string =>
    `${run}/${agent}/${partition}/${n}${digestOf === undefined ? '' : `-${digestOf(payload)}`}`
  const isConnected = (): boolean => hub.status().state === 'connected'
  const hasRoom = ({ queue }: Partition): boolean => queue.bytes() < queueBytes
  const become = (to: Partition, state: PublishState['state'], reason?: string): void => {
    if (to.state === state && to.reason === reason) return
    to.state = state
    to.reason = reason
    onState({ partition: to.partition, state, ...(reason === undefined ? {} : { reason }) })
  }
  const settle = (): void => {
    if (waiters.length === 0) return
    const over = fault === undefined ? waiters.filter(({ isOver }) => isOver()) : waiters
    waiters = waiters.filter((waiter) => !over.includes(waiter))
    for (const { resolve, reject } of over) {
      if (fault === undefined) resolve()
      else reject(fault)
    }
  }
  const fail = (error: FleetError): void => {
    fault ??= error
    settle()
  }
  const until = (isOver: () => boolean): Promise<void> => {
    if (fault !== undefined) return Promise.reject(fault)
    return isOver() ? Promise.resolve() : new Promise((resolve, reject) => waiters.push({ isOver, resolve, reject }))
  }

  const pump = (to: Partition): void => {
    if (fault !== undefined || !isConnected()) return
    const now = performance.now()
    const subject = subjects.move(to.partition)
    for (let sending = to.queue.take(now, route); sending !== undefined; sending = to.queue.take(now, route)) {
      try {
        appender.append(`${to.partition}.${sending.n}.${sending.attempt}`, subject, sending.payload, sending.header)
      } catch (cause) {
        return fail(sendFault(cause, to.partition))
      }
    }
  }

  const hear = (token: string, answer: Acknowledgement): void => {
    const [partition, n, attempt] = token.split('.').map(Number)
    const to = partitions.get(partition)
    if (to === undefined) return
    switch (answer.kind) {
      case 'unclear':
        return
      case 'stored': {
        const move = to.queue.stored(n)
        if (move === undefined) return
        done.messages++
        done.rows += move.rows
        done.bytes += move.payload.length
        if (!answer.duplicate && answer.sequence <= to.lastSequence) to.isReplaced = true
        to.lastSequence = Math.max(to.lastSequence, answer.sequence)
        if (!to.queue.isHeldUp()) become(to, 'publishing')
        pump(to)
        return settle()
      }
      case 'rejected':
        if (answer.isFinal) {
          return fail(
            new FleetError('publish.refused', `the hub refuses a move of partition ${partition}: ${answer.reason}`),
          )
        }
        to.queue.rejected(n, attempt, performance.now(), route)
        become(to, answer.isFull ? 'full' : 'waiting', answer.reason)
    }
  }

  const tick = (): void => {
    const now = performance.now()
    for (const to of partitions.values()) {
      if (to.queue.length() === 0) continue
      if (to.queue.expire(now)) become(to, 'waiting', 'the hub does not answer')
      const unknown = to.queue.takeUnknown(now)
      if (unknown.length > 0) {
        done.unknown += unknown.length
        become(to, 'unknown', `message ${unknown.map(({ n, payload }) => idOf(to.partition, n, payload)).join(', ')}`)
      }
      pump(to)
    }
    settle()
  }

  const follow = (): void => {
    connection++
    route = { connection, server: hub.control.server() }
    for (const to of partitions.values()) pump(to)
  }
  const appender = hub.streams.openAppender(hear)
  const stopFollowing = hub.onStatus(({ state }) => {
    if (state === 'connected') return follow()
    for (const to of partitions.values()) {
      to.queue.disconnected()
      if (to.queue.length() > 0) become(to, 'waiting', 'no connection to the hub')
    }
    if (state === 'closed') fail(new FleetError('hub.closed', 'the connection to the hub is closed'))
  })
  const ticking = setInterval(tick, TICK_MS)
  follow()

  const isDrained = (): boolean => [...partitions.values()].every(({ queue }) => queue.length() === 0)

  return {
    publish: (partition, payload, headers, contentType = CONTENT_TYPES.arrow) => {
      const to = partitions.get(partition)
      if (to === undefined) throw new FleetError('publish.refused', `partition ${partition} is not in use`)
      const id = idOf(partition, to.next, payload)
      const attributes = { id, type: messages.move.type, source, time: new Date().toISOString(), contentType }
      const header = hub.control.encodeHeaders({ ...eventHeaders(attributes), ...headers }, id)
      if (header.length + payload.length > MAX_MESSAGE_BYTES) {
        throw new FleetError(
          'publish.refused',
          `a move of ${payload.length} bytes and ${header.length} of headers is larger than the ${MAX_MESSAGE_BYTES} that a ` +
            'stream takes: put fewer rows into a batch',
        )
      }
      to.queue.add({ n: to.next++, header, payload, rows: Number(headers['fleet-rows'] ?? 1) })
      pump(to)
    },
    room: (partition) => {
      const to = partitions.get(partition)
      return to !== undefined && hasRoom(to)
    },
    whenRoom: async () => {
      const from = performance.now()
      await until(() => [...partitions.values()].every(hasRoom))
      done.waitingMs += performance.now() - from
    },
    drain: async () => {
      await until(isDrained)
      if (done.unknown > 0) {
        throw new FleetError(
          'publish.unknown',
          `whether ${done.unknown} moves were stored is not known: the hub was not reached for too long`,
        )
      }
      return positionsOf(hub, partitions.values())
    },
    stats: () => {
      const notes = [...partitions.values()].filter(({ state }) => state !== 'publishing')
      return {
        ...done,
        waitingMs: Math.round(done.waitingMs),
        ...(notes.length === 0 ? {} : { note: noteOf(notes) }),
      }
    },
    close: () => {
      clearInterval(ticking)
      stopFollowing()
      appender.close()
      fail(new FleetError('hub.closed', 'the publisher is closed'))
    },
  }
}

const sendFault = (cause: unknown, partition: number): FleetError =>
  refusalOf(cause) === 'closed'
    ? new FleetError('hub.closed', 'the connection to the hub is closed', { cause })
    : new FleetError('publish.refused', `a move of partition ${partition} was not sent`, { cause })

const noteOf = (heldUp: readonly Partition[]): string => {
  const [{ state, reason }] = heldUp
  const names = heldUp.map(({ partition }) => partition).join(', ')
  return state === 'full'
    ? `partition ${names} is full: waiting for the archive to catch up`
    : `partition ${names} is waiting: ${reason ?? state}`
}

/** @throws FleetError `publish.unknown` when a stream has lost what it had acknowledged */
const positionsOf = async ({ control, streams }: Hub, partitions: Iterable<Partition>): Promise<StreamPosition[]> => {
  const written = [...partitions].filter(({ lastSequence }) => lastSequence > 0)
  return Promise.all(
    written.map(async ({ partition, lastSequence, isReplaced }) => {
      const stream = moveStreamName(partition)
      const lost = (how: string): FleetError =>
        new FleetError('publish.unknown', `${stream} ${how} and had acknowledged ${lastSequence}`)
      const { created, last } = await untilAnswered(control, () => streams.info(stream)).catch((error: unknown) => {
        throw refusalOf(error) === 'stream-missing' ? lost('is gone') : error
      })
      if (isReplaced || last < lastSequence) throw lost(`was made again or restored: it ends at ${last}`)
      return { partition, stream, created, sequence: lastSequence }
    }),
  )
}
