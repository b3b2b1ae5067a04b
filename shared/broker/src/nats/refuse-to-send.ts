import { ClosedConnectionError, DrainingConnectionError } from '@nats-io/nats-core'
import { BrokerError } from '../broker-error.ts'

/** What the client throws for a message that it does not send. */
export const refuseToSend = (cause: unknown): BrokerError =>
  cause instanceof ClosedConnectionError || cause instanceof DrainingConnectionError
    ? new BrokerError('closed', 'the connection is closed', { cause })
    : new BrokerError('too-large', 'it is larger than the server takes', { cause })
