import { AuthorizationError, type ConnectionOptions, type NatsConnection, wsconnect } from '@nats-io/nats-core'
import type { Control } from '../port.ts'
import { type ConnectOptions, dialUntilConnected } from './dial.ts'
import { openPromptWebSocket } from './prompt-websocket.ts'

/** Of the page that this runs in, if any. */
const { location } = globalThis as { location?: { readonly origin: string } }

/** A browser does not say why a websocket was not opened. */
const REASON =
  location === undefined
    ? 'no hub answers there'
    : `no hub answers there, or it lets in no pages of ${location.origin} (hub.websocketOrigins)`

const dial = async (options: ConnectionOptions): Promise<NatsConnection> => {
  try {
    return await wsconnect({ ...options, wsFactory: openPromptWebSocket } as ConnectionOptions)
  } catch (error) {
    if (error instanceof AuthorizationError) throw error
    throw new Error(REASON, { cause: error })
  }
}

/**
 * Connects to a nats-server over websocket, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const connectNatsWebSocket = async (options: ConnectOptions): Promise<Control> => {
  const transport = { dial, pingIntervalMs: 2_000, userKeys: 'viewer.hubUser and viewer.hubPassword' }
  return (await dialUntilConnected(options, transport)).control
}
