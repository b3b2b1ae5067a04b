import { refusalOf, untilAnswered } from '@fleetlake/broker'
import {
  MAX_MESSAGE_BYTES,
  messages,
  moveStreamName,
  subjects,
  CONTENT_TYPES,
  type StreamPosition,
} from '@fleetlake/contracts'
import { FleetError, type Span } from '@fleetlake/core'
import { eventHeaders } from '../connection/cloud-event.ts'
import type { Hub } from '../connection/hub.ts'
import { traceHeaders } from '../connection/trace-headers.ts'
import { DIGEST_HEADER, payloadDigest } from '../payload-digest.ts'
import type { MovePublisher, MovePublisherOptions } from './move-publisher.ts'
import { createMovePublishing, type PublishingEffect, type PublishingEvent, type Written } from './move-publishing.ts'

const TICK_MS = 20

/**
 * Publishes moves: the id of a message is `<run>/<agent>/<partition>/<n>`, n from 1, with the option
 * `digestOf` `<run>/<agent>/<partition>/<n>-<digest>`; a message that is given a name has that instead of n. Every message is repeated under its id
 * until the stream has it, however long that takes, unless its fate could not be found out within the duplicate window.
 * A partition without room never holds up the others; within one the order is kept unless something fails.
 * What it does is `createMovePublishing`'s.
 */
export const createMovePublisher = (hub: Hub, options: MovePublisherOptions): MovePublisher => {
  const { run, agent, digestOf, onState = () => undefined } = options
  const { control, streams } = hub
  const publishing = createMovePublishing(options)
  const source = `/fleetlake/${hub.service}/${hub.uid}`
  /** Of messages that are traced and not acknowledged, by `<partition>.<n>`. */
  const spans = new Map<string, Span>()
  const waiting = {
    room: [] as PromiseWithResolvers<void>[],
    drained: [] as PromiseWithResolvers<readonly Written[]>[],
  }

  const happen = (event: PublishingEvent): void => {
    const now = performance.now()
    for (const effect of publishing.step(event, now)) carryOut(effect, now)
  }
  const carryOut = (effect: PublishingEffect, now: number): void => {
    switch (effect.kind) {
      case 'send':
        return send(effect.partition, now)
      case 'tell':
        return onState(effect.state)
      case 'admit':
        for (const { resolve } of waiting.room.splice(0)) resolve()
        return
      case 'drained':
        for (const { resolve } of waiting.drained.splice(0)) resolve(effect.written)
        return
      case 'refuse':
        for (const { reject } of waiting[effect.until].splice(0)) reject(effect.error)
    }
  }
  const send = (partition: number, now: number): void => {
    const subject = subjects.move(partition)
    for (;;) {
      const sending = publishing.take(partition, now)
      if (sending === undefined) return
      try {
        appender.append(`${partition}.${sending.n}.${sending.attempt}`, subject, sending.payload, sending.header)
      } catch (cause) {
        return happen({ kind: 'failed', error: sendFault(cause, partition) })
      }
    }
  }
  const closed = (what: string): void =>
    happen({ kind: 'failed', error: new FleetError('hub.closed', `${what} is closed`) })

  const appender = streams.openAppender((token, answer) => {
    const [partition, n, attempt] = token.split('.').map(Number)
    if (spans.size > 0 && answer.kind === 'stored') endSpan(`${partition}.${n}`)
    happen({ kind: 'answered', partition, n, attempt, answer })
  })
  const startSpan = (partition: number, n: number, attributes: { rows: number; bytes: number }): Span | undefined => {
    const { rows, bytes } = attributes
    const span = hub.tracer?.start('publish moves', {
      kind: 'producer',
      attributes: {
        'messaging.system': 'nats',
        'messaging.operation.type': 'send',
        'messaging.destination.name': moveStreamName(partition),
        'messaging.message.body.size': bytes,
        'fleetlake.rows': rows,
      },
    })
    if (span !== undefined) spans.set(`${partition}.${n}`, span)
    return span
  }
  const endSpan = (key: string): void => {
    spans.get(key)?.end()
    spans.delete(key)
  }
  const connected = (): void => happen({ kind: 'connected', server: control.server() })
  const stopFollowing = hub.onStatus(({ state }) => {
    if (state === 'connected') return connected()
    happen({ kind: 'disconnected' })
    if (state === 'closed') closed('the connection to the hub')
  })
  const ticking = setInterval(() => happen({ kind: 'tick' }), TICK_MS)
  if (hub.status().state === 'connected') connected()

  return {
    publish: (partition, payload, headers, { contentType = CONTENT_TYPES.arrow, name } = {}) => {
      const n = publishing.next(partition)
      if (n === undefined) throw new FleetError('publish.refused', `partition ${partition} is not in use`)
      const id = `${run}/${agent}/${partition}/${name ?? n}${digestOf === undefined ? '' : `-${digestOf(payload)}`}`
      const attributes = { id, type: messages.move.type, source, time: new Date().toISOString(), contentType }
      const digest = { [DIGEST_HEADER]: payloadDigest(payload) }
      const rows = Number(headers['fleet-rows'] ?? 1)
      const span = hub.tracer === undefined ? undefined : startSpan(partition, n, { rows, bytes: payload.length })
      const traced = span === undefined ? headers : { ...traceHeaders(span.context), ...headers }
      const header = control.encodeHeaders({ ...eventHeaders(attributes), ...digest, ...traced }, id)
      if (header.length + payload.length > MAX_MESSAGE_BYTES) {
        endSpan(`${partition}.${n}`)
        throw new FleetError(
          'publish.refused',
          `a move of ${payload.length} bytes and ${header.length} of headers is larger than the ${MAX_MESSAGE_BYTES} that a ` +
            'stream takes: put fewer rows into a batch',
        )
      }
      happen({ kind: 'published', partition, move: { n, id, header, payload, rows } })
    },
    room: publishing.hasRoom,
    whenRoom: () => {
      const waiter = Promise.withResolvers<void>()
      waiting.room.push(waiter)
      happen({ kind: 'waiting', until: 'room' })
      return waiter.promise
    },
    drain: async () => {
      const waiter = Promise.withResolvers<readonly Written[]>()
      waiting.drained.push(waiter)
      happen({ kind: 'waiting', until: 'drained' })
      return positionsOf(hub, await waiter.promise)
    },
    stats: publishing.stats,
    close: () => {
      clearInterval(ticking)
      stopFollowing()
      appender.close()
      for (const span of spans.values()) span.end('unacknowledged')
      spans.clear()
      closed('the publisher')
    },
  }
}

const sendFault = (cause: unknown, partition: number): FleetError =>
  refusalOf(cause) === 'closed'
    ? new FleetError('hub.closed', 'the connection to the hub is closed', { cause })
    : new FleetError('publish.refused', `a move of partition ${partition} was not sent`, { cause })

/** @throws FleetError `publish.unknown` when a stream has lost what it had acknowledged */
const positionsOf = ({ control, streams }: Hub, written: readonly Written[]): Promise<StreamPosition[]> =>
  Promise.all(
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
