import { FleetError, reasonOf, sleep } from '@fleetlake/core'
import { AuthorizationError, type ConnectionOptions, type NatsConnection } from '@nats-io/nats-core'
import type { ConnectionStatus, Control } from '../port.ts'
import { controlOn } from './control.ts'

export interface ConnectOptions {
  readonly url: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Below it the server sends the answers to this client; `_INBOX` when missing. */
  readonly inbox?: string | undefined
  /** Of the client, for those who look at the server. */
  readonly name: string
  readonly onStatus?: ((status: ConnectionStatus) => void) | undefined
  /** Gives up the first connect; later, `close` does. */
  readonly signal?: AbortSignal | undefined
}

/** Short, so that a restarted server is found again within a fraction of a second. */
const RECONNECT_MS = 150
const DIAL_TIMEOUT_MS = 5_000
/** A connection that answers none of three pings is given up. */
const MAX_PINGS_OUT = 3

/** How bytes go to the server. */
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
export const dialUntilConnected = async (
  options: ConnectOptions,
  transport: Transport,
): Promise<{ readonly connection: NatsConnection; readonly control: Control }> => {
  const connection = await dial(options, transport)
  return { connection, control: controlOn(connection, options.onStatus) }
}

const dial = async (
  { url, user, password, inbox, name, onStatus = () => undefined, signal }: ConnectOptions,
  { dial: open, pingIntervalMs, userKeys }: Transport,
): Promise<NatsConnection> => {
  let told: string | undefined
  // Servers of a cluster name each other: whom one refuses would go from one to the next for ever, and never be told.
  let isAlone = false
  for (;;) {
    if (signal?.aborted === true) throw new FleetError('hub.closed', 'stopped before the hub was reached')
    let isIn = false
    let isTurnedAway = false
    try {
      const connection = await open({
        servers: url,
        name,
        timeout: DIAL_TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectDelayHandler: () => RECONNECT_MS,
        ignoreAuthErrorAbort: true,
        noAsyncTraces: true,
        pingInterval: pingIntervalMs,
        maxPingOut: MAX_PINGS_OUT,
        ignoreClusterUpdates: isAlone,
        reconnectToServer: (_, greeting) => {
          isTurnedAway = !isIn && greeting !== null
          if (isTurnedAway) throw new Error('a server has greeted, and did not let this client in')
          return null
        },
        ...(inbox === undefined ? {} : { inboxPrefix: inbox }),
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { pass: password }),
      })
      isIn = true
      if (!isAlone) return connection
      // It was let in after all, and has to know the others.
      isAlone = false
      await connection.close()
    } catch (error) {
      if (isTurnedAway && !isAlone) {
        isAlone = true
        continue
      }
      isAlone = false
      if (error instanceof AuthorizationError) {
        throw new FleetError(
          'hub.refused',
          `the hub at ${url} refuses ${user === undefined ? 'a nameless user' : `user ${user}`}: set ${userKeys}`,
          { cause: error },
        )
      }
      const reason = `${url}: ${reasonOf(error)}`
      if (reason !== told) onStatus({ state: 'connecting', reason })
      told = reason
      await sleep(RECONNECT_MS, signal)
    }
  }
}
