import { Match, MsgHdrsImpl, type Msg, type MsgHdrs } from '@nats-io/nats-core'
import type { EncodedHeaders } from '../port.ts'

const MESSAGE_ID = 'Nats-Msg-Id'
/** The status of what the server answers to a message that meets no subscription. */
export const NO_RESPONDERS = 503

/** Headers that are text already: what a publisher of thousands a second can afford. */
class EncodedHdrs extends MsgHdrsImpl {
  readonly #bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    super()
    this.#bytes = bytes
  }
  override encode(): Uint8Array {
    return this.#bytes
  }
}

/** Encoded headers as the client takes them. */
export const headersFrom = (bytes: EncodedHeaders): MsgHdrs => new EncodedHdrs(bytes)

const utf8 = new TextEncoder()

// oxlint-disable-next-line no-control-regex
const LINE_BREAKS = /[\x00-\x1f\x7f]+/g

const line = (name: string, value: string): string => `${name}: ${value.replace(LINE_BREAKS, ' ')}\r\n`

/** Headers as they go over the wire. */
export const encodeHeaders = (headers: Readonly<Record<string, string>>, messageId?: string): EncodedHeaders => {
  let text = 'NATS/1.0\r\n'
  for (const name in headers) text += line(name, headers[name])
  if (messageId !== undefined) text += line(MESSAGE_ID, messageId)
  return utf8.encode(`${text}\r\n`)
}

/** The headers of a message; undefined when it has none, or when they are malformed. */
export const headersOf = (message: Pick<Msg, 'headers'>): MsgHdrs | undefined => {
  try {
    return message.headers
  } catch {
    return undefined
  }
}

/** A header whatever the case of its name; undefined when absent. */
export const headerOf = (headers: MsgHdrs | undefined, name: string): string | undefined => {
  if (headers === undefined) return undefined
  const value = headers.get(name)
  if (value !== '') return value
  return headers.get(name, Match.IgnoreCase) || undefined
}
