import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { messages, type MessageInput, type MessageName } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import {
  AuthorizationError,
  ClosedConnectionError,
  DrainingConnectionError,
  errors,
  type Msg,
  type NatsConnection,
} from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import type { Answer, Hub, HubOptions, HubStatus, Listener, ListenOptions, Received, SendOptions } from './hub.ts'
import { receiveMessage, wrapMessage, type Wrapped } from './message.ts'

/** Short, so that a restarted server is found again within a fraction of a second. */
const RECONNECT_MS = 150
const DIAL_TIMEOUT_MS = 5_000
/** A connection that answers none of three pings is given up: a server that hangs is noticed after 20 s. */
const PING_INTERVAL_MS = 5_000
const MAX_PINGS_OUT = 3
/** How long `close` waits for what is on the way. */
const DRAIN_TIMEOUT_MS = 5_000

/**
 * Connects, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const connectHub = async (options: HubOptions): Promise<Hub> => {
  const listeners = new Set<(status: HubStatus) => void>(options.onStatus === undefined ? [] : [options.onStatus])
  let status: HubStatus = { state: 'connecting' }
  const become = (next: HubStatus): void => {
    if (next.state === status.state && next.reason === status.reason) return
    status = next
    for (const tell of listeners) tell(next)
  }
  const uid = options.uid ?? randomBytes(8).toString('hex')
  const connection = await connectFirst(options, uid, become)
  become({ state: 'connected' })
  void follow(connection, become)
  return hubOn({ connection, uid, service: options.service, status: () => status, listeners, become })
}

const connectFirst = async (
  { url, user, password, service, signal }: HubOptions,
  uid: string,
  become: (status: HubStatus) => void,
): Promise<NatsConnection> => {
  for (;;) {
    if (signal?.aborted === true) throw new FleetError('hub.closed', 'stopped before the hub was reached')
    try {
      return await connect({
        servers: url,
        name: `${service} ${uid}`,
        timeout: DIAL_TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectDelayHandler: () => RECONNECT_MS,
        ignoreAuthErrorAbort: true,
        noAsyncTraces: true,
        pingInterval: PING_INTERVAL_MS,
        maxPingOut: MAX_PINGS_OUT,
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { pass: password }),
      })
    } catch (error) {
      if (error instanceof AuthorizationError) {
        throw new FleetError(
          'hub.refused',
          `the hub at ${url} refuses ${user === undefined ? 'a nameless user' : `user ${user}`}: set hub.user and hub.password`,
          {
            cause: error,
          },
        )
      }
      become({ state: 'connecting', reason: `${url}: ${reasonOf(error)}` })
      await delay(RECONNECT_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
    }
  }
}

const follow = async (connection: NatsConnection, become: (status: HubStatus) => void): Promise<void> => {
  for await (const event of connection.status()) {
    if (event.type === 'disconnect') become({ state: 'disconnected', reason: `lost ${event.server}` })
    if (event.type === 'reconnect') become({ state: 'connected' })
    if (event.type === 'close') become({ state: 'closed' })
  }
}

interface Parts {
  readonly connection: NatsConnection
  readonly uid: string
  readonly service: string
  readonly status: () => HubStatus
  readonly listeners: Set<(status: HubStatus) => void>
  readonly become: (status: HubStatus) => void
}

const hubOn = ({ connection, uid, service, status, listeners, become }: Parts): Hub => {
  const source = `/fleetlake/${service}/${uid}`
  let sent = 0

  const wrap = <Name extends MessageName>(name: Name, data: MessageInput<Name>, options: SendOptions): Wrapped =>
    wrapMessage(name, data, { ...options, source, id: options.id ?? `${uid}-${++sent}` })

  const handler =
    <Name extends MessageName>(
      name: Name,
      handle: (message: Received<Name>) => void | Promise<void>,
      options: ListenOptions,
    ) =>
    (error: Error | null, raw: Msg): void => {
      if (error !== null) return
      let message: Received<Name>
      try {
        message = receiveMessage(name, raw)
      } catch (fault) {
        options.onInvalid?.(fault as FleetError, raw)
        return
      }
      // A promise of its own: what the handler throws must not end the connection's reader.
      void (async (): Promise<void> => handle(message))()
    }

  return {
    uid,
    service,
    connection,
    status,
    onStatus: (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    send: (name, subject, data, options = {}) => {
      const { payload, headers } = wrap(name, data, options)
      try {
        connection.publish(subject, payload, {
          headers,
          ...(options.reply === undefined ? {} : { reply: options.reply }),
        })
      } catch (cause) {
        throw publishFault(cause, `${messages[name].type} to ${subject}`)
      }
    },
    listen: (name, subject, handle, options = {}): Listener => {
      const subscription = connection.subscribe(subject, {
        callback: handler(name, handle, options),
        ...(options.queue === undefined ? {} : { queue: options.queue }),
      })
      return {
        close: async () => {
          if (connection.isClosed() || subscription.isClosed()) return
          if (status().state === 'connected') await settled(subscription.drain(), DRAIN_TIMEOUT_MS)
          else subscription.unsubscribe()
        },
      }
    },
    request: async (name, answer, subject, data, { timeoutMs }) => {
      const { payload, headers } = wrap(name, data, {})
      try {
        const raw = await connection.request(subject, payload, { timeout: timeoutMs, headers })
        return { status: 'answered', data: receiveMessage(answer, raw).data } satisfies Answer<typeof answer>
      } catch (error) {
        if (error instanceof FleetError) throw error
        if (error instanceof errors.NoRespondersError) return { status: 'no-responder' }
        if (error instanceof errors.RequestError) return { status: error.isNoResponders() ? 'no-responder' : 'timeout' }
        if (error instanceof errors.TimeoutError) return { status: 'timeout' }
        throw publishFault(error, `${messages[name].type} to ${subject}`)
      }
    },
    flush: () => connection.flush(),
    close: async () => {
      if (connection.isClosed()) return
      if (status().state === 'connected') await settled(connection.drain(), DRAIN_TIMEOUT_MS)
      await connection.close()
      become({ state: 'closed' })
    },
  }
}

/** Resolves when the promise has settled, or the time is up. */
const settled = async (promise: Promise<unknown>, withinMs: number): Promise<void> => {
  const timer = new AbortController()
  await Promise.race([
    promise.catch(() => undefined),
    delay(withinMs, undefined, { signal: timer.signal }).catch(() => undefined),
  ])
  timer.abort()
}

const publishFault = (cause: unknown, what: string): FleetError =>
  cause instanceof ClosedConnectionError || cause instanceof DrainingConnectionError
    ? new FleetError('hub.closed', `${what} was not sent: the connection to the hub is closed`, { cause })
    : new FleetError('message.invalid', `${what} was not sent`, { cause })
