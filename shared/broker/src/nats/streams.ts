import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  jetstream,
  type JetStreamClient,
  jetstreamManager,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
  type StreamConfig,
  type StreamInfo as NatsStreamInfo,
  type StreamUpdateConfig,
} from '@nats-io/jetstream'
import { createInbox, millis, MsgHdrsImpl, nanos, type NatsConnection } from '@nats-io/nats-core'
import type { Appender, StoredMessage, StreamInfo, Streams, StreamSettings } from '../port.ts'
import { parseAcknowledgement } from './acknowledgement.ts'
import { API_CODES } from './api-codes.ts'
import { apiCodeOf, refusalFrom } from './codes.ts'
import { openCursor } from './cursor.ts'
import { headerOf, headersFrom } from './headers.ts'
import { refuseToSend } from './refuse-to-send.ts'

const REQUEST_TIMEOUT_MS = 5_000
/** How long the consumer stays that only tells where a time lies. */
const LOOK_MS = 1_000

const DISCARD = { new: DiscardPolicy.New, old: DiscardPolicy.Old }
const STORAGE = { file: StorageType.File, memory: StorageType.Memory }

const limitsOf = (settings: Partial<StreamSettings>): Partial<StreamUpdateConfig> => {
  const { discard, maxBytes, maxMessageBytes, duplicateWindowMs, replicas, maxPerSubject, maxAgeMs } = settings
  return {
    ...(discard === undefined ? {} : { discard: DISCARD[discard] }),
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
    ...(maxMessageBytes === undefined ? {} : { max_msg_size: maxMessageBytes }),
    ...(duplicateWindowMs === undefined ? {} : { duplicate_window: nanos(duplicateWindowMs) }),
    ...(replicas === undefined ? {} : { num_replicas: replicas }),
    ...(maxPerSubject === undefined ? {} : { max_msgs_per_subject: maxPerSubject }),
    ...(maxAgeMs === undefined ? {} : { max_age: nanos(maxAgeMs) }),
  }
}

const configOf = (settings: StreamSettings): Partial<StreamConfig> & { name: string } => ({
  ...limitsOf(settings),
  name: settings.name,
  subjects: [...settings.subjects],
  retention: RetentionPolicy.Limits,
  storage: STORAGE[settings.storage ?? 'file'],
  ...(settings.republishTo === undefined
    ? {}
    : { republish: { src: settings.subjects[0], dest: settings.republishTo } }),
})

const settingsOf = (config: StreamConfig): StreamSettings => ({
  name: config.name,
  subjects: config.subjects ?? [],
  storage: config.storage === StorageType.Memory ? 'memory' : 'file',
  discard: config.discard === DiscardPolicy.New ? 'new' : 'old',
  ...(config.max_bytes < 0 ? {} : { maxBytes: config.max_bytes }),
  ...(config.max_msg_size === undefined || config.max_msg_size < 0 ? {} : { maxMessageBytes: config.max_msg_size }),
  duplicateWindowMs: millis(config.duplicate_window),
  replicas: config.num_replicas,
  ...(config.republish === undefined ? {} : { republishTo: config.republish.dest }),
  ...(config.max_msgs_per_subject < 1 ? {} : { maxPerSubject: config.max_msgs_per_subject }),
  ...(config.max_age === 0 ? {} : { maxAgeMs: millis(config.max_age) }),
})

const infoOf = ({ config, created, state, ts }: NatsStreamInfo): StreamInfo => ({
  settings: settingsOf(config),
  created,
  serverMs: ts === undefined ? Date.now() : Date.parse(ts),
  first: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
  last: state.last_seq,
  messages: state.messages,
  bytes: state.bytes,
})

const questionOf = (which: Parameters<Streams['message']>[1]) => {
  if ('sequence' in which) return { seq: which.sequence }
  return 'from' in which ? { seq: which.from, next_by_subj: '>' } : { last_by_subj: which.lastOf }
}

const storedMessageOf = ({ seq, time, subject, header, data }: StoredMsg): StoredMessage => ({
  sequence: seq,
  timestampMs: time.getTime(),
  subject,
  header: (name) => headerOf(header, name),
  data,
})

/** Definite answers of the server are thrown as `BrokerError`; of these codes as what they are no fault for. */
const answered = async <Value>(ask: Promise<Value>, ...noFault: number[]): Promise<Value | undefined> => {
  try {
    return await ask
  } catch (error) {
    if (noFault.includes(apiCodeOf(error) ?? 0)) return undefined
    throw refusalFrom(error)
  }
}
const asked = async <Value>(ask: Promise<Value>): Promise<Value> => (await answered(ask)) as Value

/** JetStream's streams behind the port. */
export const streamsOn = (connection: NatsConnection, inbox?: string): Streams => {
  let opened: { readonly manager: JetStreamManager; readonly client: JetStreamClient } | undefined
  // Asks nothing of the server.
  const open = async (): Promise<NonNullable<typeof opened>> =>
    (opened ??= {
      manager: await jetstreamManager(connection, { checkAPI: false, timeout: REQUEST_TIMEOUT_MS }),
      client: jetstream(connection),
    })
  const api = async (): Promise<JetStreamManager['streams']> => (await open()).manager.streams

  return {
    list: async () => {
      const found = new Map<string, StreamInfo>()
      const streams = await api()
      await asked(
        (async () => {
          for await (const info of streams.list()) found.set(info.config.name, infoOf(info))
        })(),
      )
      return found
    },
    names: async (subject) => {
      const streams = await api()
      return asked(Array.fromAsync(streams.names(subject)))
    },
    info: async (name) => infoOf(await asked((await api()).info(name))),
    make: async (settings) => void (await asked((await api()).add(configOf(settings)))),
    change: async (name, limits) => void (await asked((await api()).update(name, limitsOf(limits)))),
    drop: async (name) => void (await answered((await api()).delete(name), API_CODES.streamNotFound)),
    purge: async (name, which) =>
      void (await asked(
        (await api()).purge(name, 'through' in which ? { seq: which.through + 1 } : { filter: which.subject }),
      )),
    deleteMessage: async (name, sequence) =>
      void (await answered(
        (await api()).deleteMessage(name, sequence),
        API_CODES.noMessageFound,
        API_CODES.sequenceNotFound,
        API_CODES.deleteFailed,
      )),
    message: async (name, which) => {
      const question = questionOf(which)
      const stored = await answered((await api()).getMessage(name, question), API_CODES.noMessageFound)
      return stored === undefined || stored === null ? undefined : storedMessageOf(stored)
    },
    subjects: async (name, filter) => {
      const { state } = await asked((await api()).info(name, { subjects_filter: filter }))
      return Object.keys(state.subjects ?? {})
    },
    // No message travels for it: the server says where a consumer that starts at that time would start.
    before: async (name, atMs) => {
      const { consumers } = (await open()).manager
      const consumer = await asked(
        consumers.add(name, {
          deliver_policy: DeliverPolicy.StartTime,
          opt_start_time: new Date(atMs).toISOString(),
          ack_policy: AckPolicy.None,
          mem_storage: true,
          num_replicas: 1,
          inactive_threshold: nanos(LOOK_MS),
        }),
      )
      await consumers.delete(name, consumer.name).catch(() => undefined)
      return { sequence: consumer.delivered.stream_seq, serverMs: Date.parse(consumer.created) }
    },
    append: async (subject, payload, { headers, expectLast, timeoutMs }) => {
      const { client } = await open()
      const { seq } = await asked(
        client.publish(subject, payload, {
          timeout: timeoutMs,
          retries: 0,
          ...(expectLast === undefined ? {} : { expect: { lastSubjectSequence: expectLast } }),
          // The client adds what is expected to the headers.
          ...(headers === undefined
            ? {}
            : { headers: expectLast === undefined ? headersFrom(headers) : MsgHdrsImpl.decode(headers) }),
        }),
      )
      return { sequence: seq }
    },
    openAppender: (onAnswer) => openAppender(connection, inbox, onAnswer),
    openCursor: async (name, options) => {
      const { manager } = await open()
      return asked(openCursor(connection, manager, name, { ...options, inbox }))
    },
  }
}

const openAppender = (
  connection: NatsConnection,
  prefix: string | undefined,
  onAnswer: Parameters<Streams['openAppender']>[0],
): Appender => {
  const inbox = createInbox(prefix)
  const subscription = connection.subscribe(`${inbox}.>`, {
    callback: (error, message) => {
      if (error === null) onAnswer(message.subject.slice(inbox.length + 1), parseAcknowledgement(message))
    },
  })
  return {
    append: (token, subject, payload, headers) => {
      try {
        connection.publish(subject, payload, { headers: headersFrom(headers), reply: `${inbox}.${token}` })
      } catch (cause) {
        throw refuseToSend(cause)
      }
    },
    close: () => {
      if (!connection.isClosed()) subscription.unsubscribe()
    },
  }
}
