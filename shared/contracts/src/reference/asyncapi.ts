import { DEFAULT_CONFIG } from '../config.ts'
import { CONTENT_TYPES, jsonMove, type MessageDefinition, messages } from '../messages.ts'
import { filterOf, parameterNamesOf, PARAMETERS } from '../patterns.ts'
import { CLOUD_EVENT_HEADERS, OPTIONAL_HEADERS, subjectText } from './describe-message.ts'
import { type JsonSchema, jsonSchemaOf } from './describe-schema.ts'

type Reference = { readonly $ref: string }

interface Channel {
  readonly address: string | null
  readonly description?: string
  readonly parameters?: Record<string, { description: string }>
  readonly messages: Record<string, Reference>
}

const definitions: [name: string, definition: MessageDefinition][] = Object.entries(messages)

const addressOf = (subject: string): string => subject.replaceAll('<', '{').replaceAll('>', '}')

const parametersOf = (subject: string): Record<string, { description: string }> =>
  Object.fromEntries(
    parameterNamesOf(subject).map((name) => [name, { description: PARAMETERS[name as keyof typeof PARAMETERS] }]),
  )

/** `commands.move.<partition>` is the channel `commands.move`; the reply subject of a request is known at run time only. */
const channelId = (name: string, subject: string | undefined): string =>
  subject === undefined ? name : subject.replaceAll(/\.<\w+>/g, '').replaceAll(/<\w+>\./g, '')

const channelOf = (subject: string | undefined, names: readonly string[]): Channel => {
  const parameters = parametersOf(subject ?? '')
  return {
    address: subject === undefined ? null : addressOf(subject),
    ...(subject === undefined ? { description: subjectText({}) } : {}),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  }
}

/** What streams repeat: the message's name, and where. */
const repeated: [name: string, subject: string][] = definitions.flatMap(([name, { stored }]) =>
  stored?.repeatedTo === undefined ? [] : [[name, stored.repeatedTo]],
)

const channels = (): Record<string, Channel> => {
  const bySubject = Map.groupBy(definitions, ([, { subject }]) => subject)
  const entries = [...bySubject].map(([subject, all]): [string, Channel] => {
    const names = all.map(([name]) => name)
    return [channelId(names[0], subject), channelOf(subject, names)]
  })
  const repetitions = repeated.map(([name, subject]): [string, Channel] => [
    channelId(name, subject),
    {
      ...channelOf(subject, [name]),
      description: `What the streams have stored, repeated to ${filterOf(subject)}`,
    },
  ])
  return Object.fromEntries([...entries, ...repetitions])
}

const reference = (channel: string, name: string): Reference => ({ $ref: `#/channels/${channel}/messages/${name}` })

const operationOf = (name: string, { subject, queueGroup, answer, from, to }: MessageDefinition): object => {
  const channel = channelId(name, subject)
  return {
    action: 'send',
    channel: { $ref: `#/channels/${channel}` },
    summary: `${from.join(', ')} → ${to.join(', ')}`,
    messages: [reference(channel, name)],
    ...(queueGroup === undefined ? {} : { bindings: { nats: { queue: queueGroup } } }),
    ...(answer === undefined
      ? {}
      : { reply: { channel: { $ref: `#/channels/${answer}` }, messages: [reference(answer, answer)] } }),
  }
}

/** `watchMoves` of the message `move`. */
const watchingOf = (name: string): string => `watch${name[0].toUpperCase()}${name.slice(1)}s`

const operations = (): Record<string, object> => ({
  ...Object.fromEntries(definitions.map(([name, definition]) => [name, operationOf(name, definition)])),
  ...Object.fromEntries(
    repeated.map(([name, subject]) => {
      const channel = channelId(name, subject)
      return [
        watchingOf(name),
        {
          action: 'receive',
          channel: { $ref: `#/channels/${channel}` },
          summary: 'stream → page',
          messages: [reference(channel, name)],
        },
      ]
    }),
  ),
})

const headersOf = ({ type, headers = {} }: MessageDefinition): object => {
  const all = { ...CLOUD_EVENT_HEADERS, ...headers }
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(all).map(([name, description]) => [
        name,
        { type: 'string', description, ...(name === 'ce-type' ? { const: type } : {}) },
      ]),
    ),
    required: Object.keys(CLOUD_EVENT_HEADERS).filter((name) => !OPTIONAL_HEADERS.includes(name)),
  }
}

const BINARY: JsonSchema = { type: 'string', format: 'binary' }

const payloadOf = ({ content, data }: MessageDefinition): object => {
  if (content === 'json') return jsonSchemaOf(data)
  if (content === 'any') return { ...BINARY, description: 'bytes, of the type that content-type names' }
  return { ...BINARY, description: 'an Arrow IPC stream with one record batch of positions; see messages.md' }
}

const CONTENT = { json: CONTENT_TYPES.json, positions: CONTENT_TYPES.arrow, any: 'application/octet-stream' }

const messageOf = (definition: MessageDefinition): object => ({
  name: definition.type,
  title: definition.type,
  summary: definition.about,
  contentType: CONTENT[definition.content],
  headers: headersOf(definition),
  payload: payloadOf(definition),
})

/** `docs/reference/asyncapi.json`: AsyncAPI 3.0. */
export const asyncApiDocument = (): object => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Fleetlake',
    version: '1.0.0',
    description: 'Every message on the hub: CloudEvents 1.0 in the binary mode of the NATS binding.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  defaultContentType: CONTENT_TYPES.json,
  servers: {
    hub: {
      host: new URL(DEFAULT_CONFIG.hub.url).host,
      protocol: 'nats',
      description: 'nats-server with JetStream; hub.url',
    },
  },
  channels: channels(),
  operations: operations(),
  components: {
    messages: Object.fromEntries(definitions.map(([name, definition]) => [name, messageOf(definition)])),
    schemas: { jsonMove: jsonSchemaOf(jsonMove) },
  },
})
