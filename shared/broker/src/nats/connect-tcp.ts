import { connect } from '@nats-io/transport-node'
import type { Broker } from '../port.ts'
import { type ConnectOptions, dialUntilConnected } from './dial.ts'
import { streamsOn } from './streams.ts'

/** Where the hub asks everyone, a program on its machine that is told so finds the keys itself. */
const USER_KEYS = 'auth: required (FLEET_AUTH=required) if the hub has it, else hub.user and hub.password'

/**
 * Connects to a nats-server, and stays connected for as long as it takes; the first connect is repeated too.
 * @throws FleetError `hub.refused` when the server does not accept the user, `hub.closed` when the signal aborts first
 */
export const connectNats = async (options: ConnectOptions): Promise<Broker> => {
  const transport = { dial: connect, pingIntervalMs: 5_000, userKeys: USER_KEYS }
  const { connection, control } = await dialUntilConnected(options, transport)
  return { control, streams: streamsOn(connection, options.inbox) }
}
