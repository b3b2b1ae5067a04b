import { CONTENT_TYPES, jsonMove, type MessageDefinition, messages } from '../messages.ts'
import { MAX_MESSAGE_BYTES } from '../streams.ts'
import { CLOUD_EVENT_HEADERS, pageText, storageText, subjectText } from './describe-message.ts'
import { escapeTags, fieldsOf, jsonSchemaOf, tableRow } from './describe-schema.ts'

export const GENERATED =
  '<!-- Generated from shared/contracts: node_modules/.bin/node shared/contracts/src/reference/write-reference.ts -->'

/** `docs/reference/messages.md`. */
export const messagesReference = (): string => {
  const all: MessageDefinition[] = Object.values(messages)
  const lines = [
    GENERATED,
    '# Messages',
    '',
    'Every message on the hub is a CloudEvent 1.0 in the binary mode of the NATS binding: its attributes are headers, its data is',
    'the payload. Times are RFC 3339 UTC, durations are numbers of ms and end in `Ms`, periods are `[from, to)`, longitude comes',
    `before latitude. Unknown fields are refused. A move has at most ${MAX_MESSAGE_BYTES / 1024} KiB, headers included.`,
    '',
    ...headersTable(CLOUD_EVENT_HEADERS),
    '',
    '| type | subject | queue group | from | to | kept by the stream | a page |',
    '|---|---|---|---|---|---|---|',
    ...all.map((definition) => {
      const { type, queueGroup, from, to } = definition
      return tableRow(
        `[\`${type}\`](#${type})`,
        subjectText(definition),
        queueGroup === undefined ? '' : `\`${queueGroup}\``,
        from.join(', '),
        to.join(', '),
        storageText(definition),
        pageText(definition),
      )
    }),
    '',
    ...all.flatMap(messageSection),
    '## A move as JSON',
    '',
    `A device may send one position with the content type \`${CONTENT_TYPES.json}\`, with or without parameters such as \`; charset=utf-8\`:`,
    '',
    ...fieldsTable(jsonSchemaOf(jsonMove)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

const messageSection = (definition: MessageDefinition): string[] => {
  const { type, queueGroup, from, to, about, content, headers } = definition
  const group = queueGroup === undefined ? '' : `, queue group \`${queueGroup}\``
  const storage = storageText(definition)
  return [
    `## ${type}`,
    '',
    escapeTags(about),
    '',
    escapeTags(`On ${subjectText(definition)}${group}; ${from.join(', ')} → ${to.join(', ')}.`),
    ...(storage === '' ? [] : ['', escapeTags(`Kept by the stream ${storage}.`)]),
    '',
    ...(headers === undefined ? [] : [...headersTable(headers), '']),
    ...(content === 'json' ? fieldsTable(jsonSchemaOf(definition.data)) : [DATA[content]]),
    '',
  ]
}

const DATA = {
  positions: `Data: \`${CONTENT_TYPES.arrow}\`, one record batch with the columns \`vehicle_id\` utf8, \`vehicle_type\` dictionary of utf8, \`event_time\` timestamp[ms, UTC], \`longitude\` and \`latitude\` float64 (degrees WGS84), \`speed\` float32 (m/s, null where unknown), \`heading\` float32 (degrees clockwise from north, null where unknown). Any number of measures may follow: nullable columns of type float64, float32, int64, int32, bool or utf8, with names of lower-case letters, digits and underscores.`,
  any: 'Data: bytes, of the type that `content-type` names.',
}

const headersTable = (headers: Readonly<Record<string, string>>): string[] => [
  '| header | meaning |',
  '|---|---|',
  ...Object.entries(headers).map(([name, meaning]) => tableRow(`\`${name}\``, meaning)),
]

const fieldsTable = (schema: ReturnType<typeof jsonSchemaOf>): string[] => [
  '| field | type | | meaning |',
  '|---|---|---|---|',
  ...fieldsOf(schema).map(({ name, type, presence, description }) =>
    tableRow(`\`${name}\``, type, presence, description),
  ),
]
