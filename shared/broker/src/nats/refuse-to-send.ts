import { reasonOf } from '@fleetlake/core'
import { ClosedConnectionError, DrainingConnectionError } from '@nats-io/nats-core'
import { BrokerError } from '../broker-error.ts'

/** What the client throws for a message that it does not send. */
export const refuseToSend = (cause: unknown): BrokerError => {
  if (cause instanceof ClosedConnectionError || cause instanceof DrainingConnectionError)
    return new BrokerError('closed', 'the connection is closed', { cause })
  return reasonOf(cause).includes('max_payload')
    ? new BrokerError('too-large', 'it is larger than the server takes', { cause })
    : new BrokerError('refused', 'the client refuses it', { cause })
}
