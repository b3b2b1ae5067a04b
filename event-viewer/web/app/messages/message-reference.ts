import { humanCount } from '@fleetlake/viewer-core'
import { CONTENT_TYPES, jsonMove, type MessageDefinition, messages } from '@fleetlake/contracts'
import {
  CLOUD_EVENT_HEADERS,
  type FieldLine,
  fieldsOf,
  jsonSchemaOf,
  pageText,
  storageText,
  subjectText,
} from '@fleetlake/contracts/reference'

export interface HeaderLine {
  readonly name: string
  readonly meaning: string
}

/** One message, as it is described to people. */
export interface MessageEntry {
  /** Also its anchor. */
  readonly type: string
  /** This, `stored` and `page` with code between backticks. */
  readonly subject: string
  readonly queueGroup: string | undefined
  readonly from: string
  readonly to: string
  /** Empty when no stream keeps it. */
  readonly stored: string
  /** What the user of a page may do with it, if anything. */
  readonly page: string
  readonly about: string
  readonly contentType: string
  readonly headers: readonly HeaderLine[]
  readonly fields: readonly FieldLine[]
  /** Of data that is not JSON. */
  readonly data: string | undefined
}

const headerLines = (headers: Readonly<Record<string, string>>): HeaderLine[] =>
  Object.entries(headers).map(([name, meaning]) => ({ name, meaning }))

const DATA = {
  json: undefined,
  positions:
    'One record batch: `vehicle_id` utf8, `vehicle_type` dictionary of utf8, `event_time` timestamp[ms, UTC], `longitude` and `latitude` ' +
    'float64 in degrees WGS84, `speed` float32 in m/s and `heading` float32 in degrees clockwise from north, both null where unknown. ' +
    'Measures may follow: nullable columns of type float64, float32, int64, int32, bool or utf8.',
  any: 'Bytes, of the type that `content-type` names.',
} as const

const CONTENT = { json: CONTENT_TYPES.json, positions: CONTENT_TYPES.arrow, any: 'application/octet-stream' } as const

/** `10000000` is hard to read. */
const grouped = (text: string): string => text.replaceAll(/\d{5,}/g, (digits) => humanCount(Number(digits)))

const fieldLines = (schema: Parameters<typeof jsonSchemaOf>[0]): FieldLine[] =>
  fieldsOf(jsonSchemaOf(schema)).map((line) => ({ ...line, type: grouped(line.type) }))

const entryOf = (definition: MessageDefinition): MessageEntry => {
  const { type, queueGroup, from, to, about, content, headers, data } = definition
  const fields = content === 'json' ? fieldLines(data) : []
  return {
    type,
    subject: subjectText(definition),
    queueGroup,
    from: from.join(', '),
    to: to.join(', '),
    stored: storageText(definition),
    page: pageText(definition),
    about,
    contentType: CONTENT[content],
    headers: headers === undefined ? [] : headerLines(headers),
    fields,
    data: content === 'json' && fields.length === 0 ? 'An empty object.' : DATA[content],
  }
}

/** Every message on the hub, in the order of its definitions. */
export const MESSAGE_ENTRIES: readonly MessageEntry[] = (Object.values(messages) as MessageDefinition[]).map(entryOf)

/** Of every message. */
export const EVENT_HEADERS: readonly HeaderLine[] = headerLines(CLOUD_EVENT_HEADERS)

/** One position as a device may send it. */
export const JSON_MOVE_FIELDS: readonly FieldLine[] = fieldLines(jsonMove)

/** Everything of an entry that words are looked for in. */
const textOf = ({
  type,
  subject,
  queueGroup,
  from,
  to,
  stored,
  page,
  about,
  headers,
  fields,
  data,
}: MessageEntry): string =>
  [
    type,
    subject,
    queueGroup,
    from,
    to,
    stored,
    page,
    about,
    data,
    ...headers.flatMap(({ name, meaning }) => [name, meaning]),
    ...fields.flatMap(({ name, description }) => [name, description]),
  ]
    .join('\n')
    .toLowerCase()

/** Entries that have every one of the words, wherever. */
export const findMessages = (entries: readonly MessageEntry[], words: string): MessageEntry[] => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return entries.filter((entry) => wanted.every((word) => textOf(entry).includes(word)))
}
