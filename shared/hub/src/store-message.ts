import type { MessageInput, MessageName } from '@fleetlake/contracts'
import { jetstream } from '@nats-io/jetstream'
import type { Hub, SendOptions } from './hub.ts'
import { untilAnswered } from './jet-stream.ts'
import { wrapMessage } from './message.ts'

/**
 * Stores a message in the stream that its subject belongs to; resolves once the server has acknowledged it. Repeated with the
 * same id until then: at least once, and once within the stream's duplicate window.
 * @throws FleetError `hub.closed`, or what the server refuses it with
 */
export const storeMessage = async <Name extends MessageName>(
  hub: Hub,
  name: Name,
  subject: string,
  data: MessageInput<Name>,
  options: SendOptions & { readonly id: string },
): Promise<void> => {
  const { payload, headers } = wrapMessage(name, data, {
    ...options,
    source: `/fleetlake/${hub.service}/${hub.uid}`,
    headers: { ...options.headers, 'Nats-Msg-Id': options.id },
  })
  const streams = jetstream(hub.connection)
  await untilAnswered(hub, () => streams.publish(subject, payload, { headers, timeout: 5_000 }))
}
