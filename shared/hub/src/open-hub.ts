import { type MessageInput, type MessageName, messages, viewerInbox } from '@fleetlake/contracts'
import { FleetError, reasonOf, sleep } from '@fleetlake/core'
import {
  AuthorizationError,
  ClosedConnectionError,
  type ConnectionOptions,
  DrainingConnectionError,
  errors,
  PermissionViolationError,
  type Msg,
  type NatsConnection,
} from '@nats-io/nats-core'
import type { Answer, Hub, HubOptions, HubStatus, Listener, ListenOptions, Received, SendOptions } from './hub.ts'
import { asksForNoInbox, receiveMessage, wrapMessage, type Wrapped } from './message.ts'
import { randomToken } from './random-token.ts'

/** Short, so that a restarted server is found again within a fraction of a second. */
const RECONNECT_MS = 150
const DIAL_TIMEOUT_MS = 5_000
/** A connection that answers none of three pings is given up. */
const MAX_PINGS_OUT = 3
/** How long `close` waits for what is on the way. */
const DRAIN_TIMEOUT_MS = 5_000

/** How bytes go to the hub. */
export interface Transport {
  readonly dial: (options: ConnectionOptions) => Promise<NatsConnection>
  /** A server that hangs is noticed after four of these. */
  readonly pingIntervalMs: number
  /** The settings that name the user, for people. */
  readonly userKeys: string
}

/**
 * Connects, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const openHub = async (options: HubOptions, transport: Transport): Promise<Hub> => {
  const listeners = new Set<(status: HubStatus) => void>(options.onStatus === undefined ? [] : [options.onStatus])
  let status: HubStatus = { state: 'connecting' }
  const become = (next: HubStatus): void => {
    if (next.state === status.state && next.reason === status.reason) return
    status = next
    for (const tell of listeners) tell(next)
  }
  const uid = options.uid ?? randomToken()
  const connection = await connectFirst(options, transport, uid, become)
  become({ state: 'connected' })
  void follow(connection, become)
  return hubOn({ connection, uid, options, status: () => status, listeners, become })
}

const connectFirst = async (
  { url, user, password, service, signal }: HubOptions,
  { dial, pingIntervalMs, userKeys }: Transport,
  uid: string,
  become: (status: HubStatus) => void,
): Promise<NatsConnection> => {
  for (;;) {
    if (signal?.aborted === true) throw new FleetError('hub.closed', 'stopped before the hub was reached')
    try {
      return await dial({
        servers: url,
        name: `${service} ${uid}`,
        timeout: DIAL_TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectDelayHandler: () => RECONNECT_MS,
        ignoreAuthErrorAbort: true,
        noAsyncTraces: true,
        pingInterval: pingIntervalMs,
        maxPingOut: MAX_PINGS_OUT,
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { pass: password }),
      })
    } catch (error) {
      if (error instanceof AuthorizationError) {
        throw new FleetError(
          'hub.refused',
          `the hub at ${url} refuses ${user === undefined ? 'a nameless user' : `user ${user}`}: set ${userKeys}`,
          {
            cause: error,
          },
        )
      }
      become({ state: 'connecting', reason: `${url}: ${reasonOf(error)}` })
      await sleep(RECONNECT_MS, signal)
    }
  }
}

const follow = async (connection: NatsConnection, become: (status: HubStatus) => void): Promise<void> => {
  let isStale = false
  for await (const event of connection.status()) {
    // Given up by this side, it is a connection that is lost next: told once, with the reason.
    if (event.type === 'staleConnection') become({ state: 'disconnected', reason: 'it no longer answers' })
    if (event.type === 'disconnect' && !isStale) become({ state: 'disconnected', reason: `lost ${event.server}` })
    isStale = event.type === 'staleConnection' || (isStale && event.type !== 'disconnect')
    if (event.type === 'error' && event.error instanceof PermissionViolationError) {
      become({ state: 'connected', reason: notAllowed(event.error) })
    }
    if (event.type === 'reconnect') become({ state: 'connected' })
    if (event.type === 'close') become({ state: 'closed' })
  }
}

const notAllowed = ({ operation, subject }: PermissionViolationError): string =>
  `the hub does not let this user ${operation === 'publish' ? 'send to' : 'listen to'} ${subject}`

interface Parts {
  readonly connection: NatsConnection
  readonly uid: string
  readonly options: HubOptions
  readonly status: () => HubStatus
  readonly listeners: Set<(status: HubStatus) => void>
  readonly become: (status: HubStatus) => void
}

const hubOn = ({ connection, uid, options: { service, inbox, onFault }, status, listeners, become }: Parts): Hub => {
  const source = `/fleetlake/${service}/${uid}`
  let sent = 0

  const wrap = <Name extends MessageName>(name: Name, data: MessageInput<Name>, options: SendOptions): Wrapped =>
    wrapMessage(name, data, { ...options, source, id: options.id ?? `${uid}-${++sent}` })

  const tellFault = (name: MessageName, cause: unknown): void => {
    const fault = new FleetError('service.failed', `a ${messages[name].type} was not dealt with`, { cause })
    if (onFault === undefined) console.error(reasonOf(fault))
    else onFault(fault)
  }
  const handler =
    <Name extends MessageName>(
      name: Name,
      handle: (message: Received<Name>) => void | Promise<void>,
      options: ListenOptions,
    ) =>
    (error: Error | null, raw: Msg): void => {
      if (error !== null) return
      // A promise of its own: what is thrown must end neither the connection's reader nor the process.
      void (async (): Promise<void> => {
        if (asksForNoInbox(raw)) return
        let message: Received<Name>
        try {
          message = receiveMessage(name, raw)
        } catch (fault) {
          options.onInvalid?.(fault as FleetError, raw)
          return
        }
        await handle(message)
      })().catch((fault: unknown) => {
        tellFault(name, fault)
        try {
          options.onFault?.(fault, raw)
        } catch (another) {
          tellFault(name, another)
        }
      })
    }

  return {
    uid,
    service,
    connection,
    inbox: (id) => viewerInbox(id, inbox),
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
  await Promise.race([promise.catch(() => undefined), sleep(withinMs, timer.signal)])
  timer.abort()
}

const publishFault = (cause: unknown, what: string): FleetError =>
  cause instanceof ClosedConnectionError || cause instanceof DrainingConnectionError
    ? new FleetError('hub.closed', `${what} was not sent: the connection to the hub is closed`, { cause })
    : new FleetError('message.invalid', `${what} was not sent`, { cause })
