/**
 * CloudEvents 1.0 in the binary mode of their binding to NATS, which any broker with headers can carry: attributes are headers named `ce-<attribute>`, the data is the
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

/** A message's headers. */
export const eventHeaders = ({
  id,
  type,
  source,
  time,
  subject,
  contentType,
}: EventAttributes): Readonly<Record<string, string>> => ({
  'ce-specversion': '1.0',
  'ce-id': encodeAttribute(id),
  'ce-type': type,
  'ce-source': encodeAttribute(source),
  'ce-time': time,
  'content-type': contentType,
  ...(subject === undefined ? {} : { 'ce-subject': encodeAttribute(subject) }),
})

/** The attributes of a message; undefined when it is no CloudEvent 1.0 in binary mode. */
export const decodeEvent = (header: (name: string) => string | undefined): EventAttributes | undefined => {
  const attribute = (name: string): string | undefined => {
    const value = header(`ce-${name}`)
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
    contentType: header('content-type') ?? '',
    ...(subject === undefined ? {} : { subject }),
  }
}
