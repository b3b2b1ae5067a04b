import { AuthorizationError, type ConnectionOptions, type NatsConnection, wsconnect } from '@nats-io/nats-core'
import type { Control } from '../port.ts'
import { type ConnectOptions, dialUntilConnected } from './dial.ts'
import { type AskTicket, type HeldTicket, holdTicket } from './held-ticket.ts'
import { openPromptWebSocket, openTicketedWebSocket } from './prompt-websocket.ts'

export interface WebSocketOptions extends ConnectOptions {
  /** Asked for the user of each connection, in place of `user` and `password`: those of the one before may be good no more. */
  readonly ticket?: AskTicket | undefined
}

/** Of the page that this runs in, if any. */
const { location } = globalThis as { location?: { readonly origin: string } }

/** A browser does not say why a websocket was not opened. */
const REASON =
  location === undefined
    ? 'no hub answers there'
    : `no hub answers there, or it lets in no pages of ${location.origin} (hub.websocketOrigins)`

const dialWith =
  (held: HeldTicket | undefined) =>
  async (options: ConnectionOptions): Promise<NatsConnection> => {
    try {
      return await wsconnect({ ...options, ...shownBy(held) } as ConnectionOptions)
    } catch (error) {
      if (!(error instanceof AuthorizationError)) throw new Error(held?.fault() ?? REASON, { cause: error })
      // The next ticket may be taken.
      throw held === undefined ? error : new Error('it does not take the ticket of this login', { cause: error })
    }
  }

const shownBy = (held: HeldTicket | undefined): object =>
  held === undefined
    ? { wsFactory: openPromptWebSocket }
    : {
        wsFactory: openTicketedWebSocket(held),
        authenticator: () => {
          const { user, password: pass } = held.show() ?? { user: '', password: '' }
          return { user, pass }
        },
      }

/**
 * Connects to a nats-server over websocket, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const connectNatsWebSocket = async ({ ticket, ...options }: WebSocketOptions): Promise<Control> => {
  const dial = dialWith(ticket === undefined ? undefined : holdTicket(ticket))
  const transport = { dial, pingIntervalMs: 2_000, userKeys: 'viewer.hubUser and viewer.hubPassword' }
  return (await dialUntilConnected(options, transport)).control
}
