import {
  CONTENT_TYPES,
  isInboxOf,
  messages,
  type Message,
  type MessageInput,
  type MessageName,
  personIn,
} from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { Control, EncodedHeaders, ReceivedMessage } from '@fleetlake/broker'
import { decodeEvent, eventHeaders } from './cloud-event.ts'
import { traceHeaders } from './trace-headers.ts'
import type { Received, SendOptions } from './hub.ts'

const utf8 = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { fatal: true })

/** Of a CloudEvent's id and source: both are kept for as long as a message is worked on. */
const LONGEST_ATTRIBUTE = 1_024

const contentTypeOf = (name: MessageName): string => {
  const { content } = messages[name]
  if (content === 'any') return 'application/octet-stream'
  return content === 'positions' ? CONTENT_TYPES.arrow : CONTENT_TYPES.json
}

export interface Wrapped {
  readonly payload: Uint8Array
  readonly headers: EncodedHeaders
}

/**
 * A message's payload and headers as they are sent.
 * @param messageId by which a stream recognises it
 */
export const wrapMessage = <Name extends MessageName>(
  { encodeHeaders }: Control,
  name: Name,
  data: MessageInput<Name>,
  { id, source, about, contentType, headers, trace }: SendOptions & { id: string; source: string },
  messageId?: string,
): Wrapped => {
  const attributes = {
    id,
    type: messages[name].type,
    source,
    time: new Date().toISOString(),
    contentType: contentType ?? contentTypeOf(name),
    ...(about === undefined ? {} : { subject: about }),
  }
  return {
    payload: data instanceof Uint8Array ? data : utf8.encode(JSON.stringify(data)),
    headers: encodeHeaders({ ...eventHeaders(attributes), ...traceHeaders(trace), ...headers }, messageId),
  }
}

const invalid = (raw: ReceivedMessage, what: string, cause?: unknown): FleetError =>
  new FleetError('message.invalid', `a message on ${raw.subject} ${what}`, cause === undefined ? {} : { cause })

/**
 * Invariant: an answer goes to an inbox only, and of a person's question to that person's. Else a client that may ask could have a service publish, with the service's permissions, wherever
 * the client likes: its answers to a stream, to the server's own API, or to somebody else.
 */
export const asksForNoInbox = (name: MessageName, { subject, reply }: ReceivedMessage): boolean =>
  reply !== '' && !isInboxOf(personIn(name, subject), reply)

/**
 * What came, checked against the message's definition.
 * @throws FleetError `message.invalid` for a malformed message
 */
export const receiveMessage = <Name extends MessageName>(name: Name, raw: ReceivedMessage): Received<Name> => {
  const definition = messages[name]
  const event = decodeEvent(raw.header)
  if (event === undefined) throw invalid(raw, 'is no CloudEvent 1.0 in binary mode')
  // It decides nothing, but a page that shows it must be able to.
  if (event.time !== '' && !Number.isFinite(Date.parse(event.time))) throw invalid(raw, 'has a ce-time that is no time')
  if (Math.max(event.id.length, event.source.length) > LONGEST_ATTRIBUTE)
    throw invalid(raw, 'has a ce-id or a ce-source that is too long')
  if (event.type !== definition.type) throw invalid(raw, `is of type ${event.type} instead of ${definition.type}`)
  const { reply } = raw
  return {
    id: event.id,
    type: event.type,
    source: event.source,
    time: event.time,
    subject: raw.subject,
    person: personIn(name, raw.subject) ?? '',
    ...(reply === '' ? {} : { reply }),
    bytes: raw.data.length,
    headers: raw.header,
    data: (definition.content === 'json' ? parse(name, raw) : raw.data) as Message<Name>,
  }
}

const parse = (name: MessageName, raw: ReceivedMessage): unknown => {
  let json: unknown
  try {
    json = JSON.parse(utf8Decoder.decode(raw.data))
  } catch (cause) {
    throw invalid(raw, 'is not JSON', cause)
  }
  const result = messages[name].data.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalid(
    raw,
    `does not fit ${messages[name].type}: ${issue.path.join('.')}${issue.path.length > 0 ? ' ' : ''}${issue.message}`,
  )
}
