import { Match, MsgHdrsImpl, type Msg, type MsgHdrs } from '@nats-io/nats-core'

/**
 * CloudEvents 1.0 in the binary mode of its NATS binding: attributes are headers named `ce-<attribute>`, the data is the
 * payload as it is, `content-type` says what it is.
 */
export interface EventAttributes {
  readonly id: string
  readonly type: string
  readonly source: string
  /** RFC 3339. */
  readonly time: string
  readonly subject?: string
  readonly contentType: string
}

const utf8 = new TextEncoder()

/** Headers that are text already: what a publisher of thousands a second can afford. */
class EncodedHeaders extends MsgHdrsImpl {
  readonly #bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    super()
    this.#bytes = bytes
  }
  override encode(): Uint8Array {
    return this.#bytes
  }
}

/** Headers from their encoded form, see `encodeHeaderLines`. */
export const encodedHeaders = (bytes: Uint8Array): MsgHdrs => new EncodedHeaders(bytes)

const PLAIN = /^[\x21\x23\x24\x26-\x7e]*$/
const NOT_PLAIN = /[^\x21\x23\x24\x26-\x7e]/gu

/** Percent-encodes what a header of an attribute must not hold: spaces, quotes, percent signs, all beyond ASCII. */
const encodeAttribute = (value: string): string =>
  PLAIN.test(value)
    ? value
    : value.replace(NOT_PLAIN, (character) =>
        [...utf8.encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
      )

const decodeAttribute = (value: string): string => {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

// oxlint-disable-next-line no-control-regex
const LINE_BREAKS = /[\x00-\x1f\x7f]+/g

const line = (name: string, value: string): string => `${name}: ${value}\r\n`

/**
 * A message's headers as they go over the wire.
 * @param extra headers beside the attributes; control characters in a value become a space
 */
export const encodeEvent = (attributes: EventAttributes, extra?: Readonly<Record<string, string>>): Uint8Array => {
  const { id, type, source, time, subject, contentType } = attributes
  let text =
    'NATS/1.0\r\nce-specversion: 1.0\r\n' +
    line('ce-id', encodeAttribute(id)) +
    line('ce-type', type) +
    line('ce-source', encodeAttribute(source)) +
    line('ce-time', time) +
    line('content-type', contentType)
  if (subject !== undefined) text += line('ce-subject', encodeAttribute(subject))
  for (const name in extra) text += line(name, extra[name].replace(LINE_BREAKS, ' '))
  return utf8.encode(`${text}\r\n`)
}

/** The headers of a message; undefined when it has none, or noise instead of headers. */
export const headersOf = (message: Msg): MsgHdrs | undefined => {
  try {
    return message.headers
  } catch {
    return undefined
  }
}

/** A header whatever the case of its name, undefined when absent. */
export const headerOf = (headers: MsgHdrs | undefined, name: string): string | undefined => {
  if (headers === undefined) return undefined
  const value = headers.get(name)
  if (value !== '') return value
  return headers.get(name, Match.IgnoreCase) || undefined
}

/** What a message's payload is, as its sender says. */
export const contentTypeOf = (message: Msg): string | undefined => headerOf(headersOf(message), 'content-type')

/** A message's `ce-id`, as it is written. */
export const idOf = (message: Msg): string | undefined => headerOf(headersOf(message), 'ce-id')

/** The attributes of a message; undefined when it is no CloudEvent 1.0 in binary mode. */
export const decodeEvent = (headers: MsgHdrs | undefined): EventAttributes | undefined => {
  const attribute = (name: string): string | undefined => {
    const value = headerOf(headers, `ce-${name}`)
    return value === undefined ? undefined : decodeAttribute(value)
  }
  const [id, type, source] = [attribute('id'), attribute('type'), attribute('source')]
  if (attribute('specversion') !== '1.0' || id === undefined || type === undefined || source === undefined) {
    return undefined
  }
  const subject = attribute('subject')
  return {
    id,
    type,
    source,
    time: attribute('time') ?? '',
    contentType: headerOf(headers, 'content-type') ?? '',
    ...(subject === undefined ? {} : { subject }),
  }
}
