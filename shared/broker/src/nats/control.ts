import { reasonOf, sleep } from '@fleetlake/core'
import { errors, type Msg, type NatsConnection, PermissionViolationError } from '@nats-io/nats-core'
import type { Acknowledgement, ConnectionStatus, Control, ReceivedMessage, StoreOptions } from '../port.ts'
import { NO_STREAM, parseAcknowledgement, UNCLEAR } from './acknowledgement.ts'
import { encodeHeaders, headerOf, headersFrom, headersOf, NO_RESPONDERS } from './headers.ts'
import { refuseToSend } from './refuse-to-send.ts'

/** How long `close` waits for what is on the way. */
const DRAIN_TIMEOUT_MS = 5_000

/** What the server tells of a message that a stream republishes. */
const STORED_AT = 'Nats-Time-Stamp'

const receivedMessage = (raw: Msg): ReceivedMessage => {
  const header = (name: string): string | undefined => headerOf(headersOf(raw), name)
  return {
    subject: raw.subject,
    reply: raw.reply ?? '',
    get data() {
      return raw.data
    },
    header,
    get isUnheard() {
      return raw.data.length === 0 && headersOf(raw)?.code === NO_RESPONDERS
    },
    get storedMs() {
      const storedMs = Date.parse(header(STORED_AT) ?? '')
      return Number.isNaN(storedMs) ? undefined : storedMs
    },
  }
}

/** @param tell told of each change of the connection's status */
export const controlOn = (connection: NatsConnection, tell?: (status: ConnectionStatus) => void): Control => {
  const listeners = new Set<(status: ConnectionStatus) => void>(tell === undefined ? [] : [tell])
  let status: ConnectionStatus = { state: 'connecting' }
  const become = (next: ConnectionStatus): void => {
    if (next.state === status.state && next.reason === status.reason) return
    status = next
    for (const listener of listeners) listener(next)
  }
  become({ state: 'connected' })
  const refusals = new Set<(subject: string) => void>()
  void follow(connection, become, (subject) => refusals.forEach((refused) => refused(subject)))

  return {
    status: () => status,
    onStatus: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onRefused: (refused) => {
      refusals.add(refused)
      return () => refusals.delete(refused)
    },
    isOpen: () => !connection.isClosed() && !connection.isDraining(),
    version: () => connection.info?.version ?? '',
    server: () => (connection.info?.cluster === undefined ? connection.info?.server_id : undefined),
    receivedBytes: () => connection.stats().inBytes,
    encodeHeaders,
    publish: (subject, payload, { headers, reply } = {}) => {
      try {
        connection.publish(subject, payload, {
          ...(headers === undefined ? {} : { headers: headersFrom(headers) }),
          ...(reply === undefined ? {} : { reply }),
        })
      } catch (cause) {
        throw refuseToSend(cause)
      }
    },
    subscribe: (subject, hear, { queue, onRefused } = {}) => {
      const subscription = connection.subscribe(subject, {
        callback: (error, raw) => {
          if (error === null) hear(receivedMessage(raw))
          else onRefused?.(reasonOf(error))
        },
        ...(queue === undefined ? {} : { queue }),
      })
      return {
        drain: async () => {
          if (connection.isClosed() || subscription.isClosed()) return
          if (status.state === 'connected') await settled(subscription.drain(), DRAIN_TIMEOUT_MS)
          else subscription.unsubscribe()
        },
        close: () => {
          if (!connection.isClosed()) subscription.unsubscribe()
        },
      }
    },
    request: async (subject, payload, { headers, timeoutMs }) => {
      try {
        const raw = await connection.request(subject, payload, {
          timeout: timeoutMs,
          ...(headers === undefined ? {} : { headers: headersFrom(headers) }),
        })
        return { kind: 'answered', message: receivedMessage(raw) }
      } catch (error) {
        if (error instanceof errors.NoRespondersError) return { kind: 'no-responder' }
        if (error instanceof errors.RequestError) return { kind: error.isNoResponders() ? 'no-responder' : 'timeout' }
        if (error instanceof errors.TimeoutError) return { kind: 'timeout' }
        throw refuseToSend(error)
      }
    },
    store: async (subject, payload, options) => {
      try {
        return await store(connection, subject, payload, options)
      } catch (error) {
        throw refuseToSend(error)
      }
    },
    flush: () => connection.flush(),
    close: async () => {
      if (connection.isClosed()) return
      if (status.state === 'connected') await settled(connection.drain(), DRAIN_TIMEOUT_MS)
      await connection.close()
      become({ state: 'closed' })
    },
  }
}

const store = async (
  connection: NatsConnection,
  subject: string,
  payload: Uint8Array,
  { headers, timeoutMs }: StoreOptions,
): Promise<Acknowledgement> => {
  try {
    const answer = await connection.request(subject, payload, {
      timeout: timeoutMs,
      ...(headers === undefined ? {} : { headers: headersFrom(headers) }),
    })
    return parseAcknowledgement(answer)
  } catch (error) {
    if (error instanceof errors.NoRespondersError) return NO_STREAM
    if (error instanceof errors.RequestError) return error.isNoResponders() ? NO_STREAM : UNCLEAR
    if (error instanceof errors.TimeoutError) return UNCLEAR
    throw error
  }
}

const follow = async (
  connection: NatsConnection,
  become: (status: ConnectionStatus) => void,
  tellRefused: (subject: string) => void,
): Promise<void> => {
  let isStale = false
  for await (const event of connection.status()) {
    // Given up by this side, it is a connection that is lost next: told once, with the reason.
    if (event.type === 'staleConnection') become({ state: 'disconnected', reason: 'it no longer answers' })
    if (event.type === 'disconnect' && !isStale) become({ state: 'disconnected', reason: `lost ${event.server}` })
    isStale = event.type === 'staleConnection' || (isStale && event.type !== 'disconnect')
    if (event.type === 'error' && event.error instanceof PermissionViolationError) {
      become({ state: 'connected', reason: notAllowed(event.error) })
      if (event.error.operation === 'publish') tellRefused(event.error.subject)
    }
    if (event.type === 'reconnect') become({ state: 'connected' })
    if (event.type === 'close') become({ state: 'closed' })
  }
}

const notAllowed = ({ operation, subject }: PermissionViolationError): string =>
  `the hub does not let this user ${operation === 'publish' ? 'send to' : 'listen to'} ${subject}`

/** Resolves when the promise has settled, or the time is up. */
const settled = async (promise: Promise<unknown>, withinMs: number): Promise<void> => {
  const timer = new AbortController()
  await Promise.race([promise.catch(() => undefined), sleep(withinMs, timer.signal)])
  timer.abort()
}
