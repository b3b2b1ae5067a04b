import { connectNats } from '@fleetlake/broker/nats'
import type { Hub, HubOptions } from './hub.ts'
import { openHub } from './open-hub.ts'
import { randomToken } from './random-token.ts'

/**
 * Connects, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const connectHub = async (options: HubOptions): Promise<Hub> => {
  const uid = options.uid ?? randomToken()
  const broker = await connectNats({ ...options, inbox: options.requestInbox, name: `${options.service} ${uid}` })
  return openHub(broker, { ...options, uid })
}
