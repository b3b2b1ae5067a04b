import { type AskTicket, connectNatsWebSocket } from '@fleetlake/broker/nats/browser'
import type { HubOptions, MessageHub } from './hub.ts'
import { openMessageHub } from './open-hub.ts'
import { randomToken } from './random-token.ts'

export interface PageHubOptions extends HubOptions {
  /** Asked for the user of each connection, in place of `user` and `password`. */
  readonly ticket?: AskTicket | undefined
}

/**
 * Connects over websocket, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const connectHub = async (options: PageHubOptions): Promise<MessageHub> => {
  const uid = options.uid ?? randomToken()
  const control = await connectNatsWebSocket({ ...options, name: `${options.service} ${uid}` })
  return openMessageHub(control, { ...options, uid })
}
