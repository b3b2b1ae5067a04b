import { connect } from '@nats-io/transport-node'
import type { Hub, HubOptions } from './hub.ts'
import { openHub, type Transport } from './open-hub.ts'

const tcp: Transport = { dial: connect, pingIntervalMs: 5_000, userKeys: 'hub.user and hub.password' }

/**
 * Connects, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const connectHub = (options: HubOptions): Promise<Hub> => openHub(options, tcp)
