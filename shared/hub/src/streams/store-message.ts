import { untilAnswered } from '@fleetlake/broker'
import type { MessageInput, MessageName } from '@fleetlake/contracts'
import type { Hub, SendOptions } from '../connection/hub.ts'
import { wrapMessage } from '../connection/message.ts'

const TIMEOUT_MS = 5_000

/**
 * Stores a message in the stream that its subject belongs to; resolves once the server has acknowledged it. Repeated with the
 * same id until then: at least once, and once within the stream's duplicate window.
 * @throws FleetError `hub.closed`, or what the server refuses it with
 */
export const storeMessage = async <Name extends MessageName>(
  { control, streams, service, uid }: Hub,
  name: Name,
  subject: string,
  data: MessageInput<Name>,
  options: SendOptions & { readonly id: string },
): Promise<void> => {
  const source = `/fleetlake/${service}/${uid}`
  const { payload, headers } = wrapMessage(control, name, data, { ...options, source }, options.id)
  await untilAnswered(control, () => streams.append(subject, payload, { headers, timeoutMs: TIMEOUT_MS }))
}
