import { BrokerError } from '../broker-error.ts'
import type { Broker, StoredMessage, StreamInfo, StreamSettings } from '../port.ts'
import { openConnection } from './connection.ts'
import { type Consumer, createConsumer } from './consumer.ts'
import { controlOn } from './control.ts'
import type { Latency } from './link.ts'
import type { MemoryClient, ServerSide } from './sides.ts'
import { createMemoryStream, type MemoryStream } from './stream.ts'
import { streamsOn } from './streams.ts'
import { matches, overlap } from './subjects.ts'

export interface MemoryServerOptions {
  /** What all streams on file may reserve. */
  readonly maxFileBytes?: number
  /** Of messages of a connection, by its name. */
  readonly latency?: (connection: string) => Latency
  /** Chooses one of n: which member of a queue gets a message. The first after the other when missing. */
  readonly choose?: (n: number) => number
  /** Told of each message as it is stored. */
  readonly onStored?: (message: StoredMessage, stream: Pick<StreamInfo, 'settings' | 'created'>) => void
}

/** What the streams on file held at a moment. */
export type Backup = ReadonlyMap<string, MemoryStream>

/** A broker in this process, with the faults that a server on a network has. */
export interface MemoryServer {
  connect(options: { readonly name: string; readonly onStatus?: Parameters<Broker['control']['onStatus']>[0] }): Broker
  /** Breaks a connection; it comes back by itself. What was on the way is lost. */
  cut(name: string): void
  /** As `cut`, and it does not come back until it is let in. */
  isolate(name: string): void
  letIn(name: string): void
  /** A connection that is never heard of again, as of a process that was killed. */
  kill(name: string): void
  /** Ends: connections break, streams in memory are gone. */
  stop(): void
  start(): void
  /** Does nothing with what comes until it is thawed. */
  freeze(): void
  thaw(): void
  backup(): Backup
  /** Puts an earlier state in place of the streams on file; while stopped. */
  restore(backup: Backup): void
}

const sameSettings = (one: StreamSettings, other: StreamSettings): boolean =>
  JSON.stringify(Object.entries(one).toSorted()) === JSON.stringify(Object.entries(other).toSorted())

const DEFAULTS = { storage: 'file', discard: 'old', duplicateWindowMs: 120_000, replicas: 1 } as const

export const createMemoryServer = ({
  maxFileBytes = Infinity,
  latency,
  choose,
  onStored,
}: MemoryServerOptions = {}): MemoryServer => {
  let streams = new Map<string, MemoryStream>()
  const clients = new Set<MemoryClient>()
  const consumers = new Map<Consumer, string>()
  const isolated = new Set<string>()
  const killed = new Set<string>()
  let [starts, made, turn] = [1, 0, 0]
  let [isRunning, isFrozen] = [true, false]
  const chooseOne = choose ?? ((n: number): number => turn++ % n)

  const streamNamed = (name: string): MemoryStream => {
    const stream = streams.get(name)
    if (stream === undefined) throw new BrokerError('stream-missing', 'stream not found')
    stream.expire(Date.now())
    return stream
  }
  const reserved = (but?: string): number => {
    let bytes = 0
    for (const [name, { settings }] of streams)
      if (name !== but && settings.storage !== 'memory') bytes += settings.maxBytes ?? 0
    return bytes
  }
  const checkRoom = ({ name, storage, maxBytes = 0 }: StreamSettings): void => {
    if (storage !== 'memory' && reserved(name) + maxBytes > maxFileBytes)
      throw new BrokerError('no-room', 'insufficient storage resources available')
  }
  const endConsumersOf = (name: string, reason: string): void => {
    for (const [consumer, stream] of consumers) {
      if (stream !== name) continue
      consumers.delete(consumer)
      consumer.end(reason)
    }
  }
  const infoOf = (stream: MemoryStream): StreamInfo => stream.info(Date.now())

  const side: ServerSide = {
    get id() {
      return `memory-${starts}`
    },
    isKilled: (name) => killed.has(name),
    isReachable: (name) => isRunning && !isolated.has(name),
    isFrozen: () => isFrozen,
    attach: (client) => clients.add(client),
    detach: (client) => clients.delete(client),
    route: (message) => {
      const queues = new Map<string, { readonly client: MemoryClient; readonly id: number }[]>()
      let isHeard = false
      for (const client of clients) {
        for (const { id, subject, queue } of client.subscriptions()) {
          if (!matches(subject, message.subject)) continue
          isHeard = true
          if (queue === undefined) client.deliver(id, message)
          else queues.set(queue, [...(queues.get(queue) ?? []), { client, id }])
        }
      }
      for (const members of queues.values()) {
        const { client, id } = members[chooseOne(members.length)]
        client.deliver(id, message)
      }
      return isHeard
    },
    append: (message, expectLast) => {
      for (const stream of streams.values()) {
        if (!stream.settings.subjects.some((subject) => matches(subject, message.subject))) continue
        const nowMs = Date.now()
        const answer = stream.append(message, nowMs, expectLast)
        if (answer.kind !== 'stored' || answer.duplicate) return answer
        const stored = onStored === undefined ? undefined : stream.message(answer)
        if (stored !== undefined) onStored?.(stored, stream)
        const { name, republishTo } = stream.settings
        if (republishTo !== undefined) side.route({ ...message, subject: republishTo, reply: '', storedMs: nowMs })
        for (const [consumer, from] of consumers) if (from === name) consumer.offer()
        return answer
      }
      return undefined
    },
    consume: (name, options) => {
      const consumer = createConsumer({ ...options, stream: streamNamed(name) })
      consumers.set(consumer, name)
      return consumer
    },
    release: (consumer) => {
      consumers.delete(consumer)
      consumer.close()
    },
    streams: {
      list: () => new Map([...streams].map(([name, stream]) => [name, infoOf(stream)])),
      names: (subject) =>
        [...streams]
          .filter(([, { settings }]) => settings.subjects.some((one) => overlap(one, subject)))
          .map(([name]) => name),
      info: (name) => infoOf(streamNamed(name)),
      make: (wanted) => {
        const settings = { ...DEFAULTS, ...wanted }
        const present = streams.get(settings.name)
        if (present !== undefined) {
          if (sameSettings(present.settings, settings)) return
          throw new BrokerError('name-in-use', 'stream name already in use with a different configuration')
        }
        const isTaken = [...streams.values()].some((stream) =>
          stream.settings.subjects.some((one) => settings.subjects.some((other) => overlap(one, other))),
        )
        if (isTaken) throw new BrokerError('refused', 'subjects overlap with an existing stream')
        checkRoom(settings)
        const created = new Date().toISOString().replace('Z', `${String(++made % 1e6).padStart(6, '0')}Z`)
        streams.set(settings.name, createMemoryStream(settings, created))
      },
      change: (name, limits) => {
        const stream = streamNamed(name)
        const next = { ...stream.settings, ...limits, name, subjects: stream.settings.subjects }
        checkRoom(next)
        stream.settings = next
      },
      drop: (name) => {
        if (streams.delete(name)) endConsumersOf(name, 'Consumer Deleted')
      },
      purge: (name, which) => streamNamed(name).purge(which),
      deleteMessage: (name, sequence) => streamNamed(name).delete(sequence),
      message: (name, which) => streamNamed(name).message(which),
      subjects: (name, filter) => streamNamed(name).subjects(filter),
      before: (name, atMs) => ({ sequence: streamNamed(name).before(atMs), serverMs: Date.now() }),
    },
  }

  const onFile = (): Map<string, MemoryStream> =>
    new Map(
      [...streams]
        .filter(([, { settings }]) => settings.storage !== 'memory')
        .map(([name, stream]) => [name, stream.copy()]),
    )
  const named = (name: string): MemoryClient[] => [...clients].filter((client) => client.name === name)
  return {
    connect: ({ name, onStatus }) => {
      const connection = openConnection(side, { name, onStatus, latency: latency?.(name) })
      return { control: controlOn(side, connection), streams: streamsOn(side, connection) }
    },
    cut: (name) => {
      for (const client of named(name)) client.cut()
    },
    isolate: (name) => {
      isolated.add(name)
      for (const client of named(name)) client.cut()
    },
    letIn: (name) => void isolated.delete(name),
    kill: (name) => {
      killed.add(name)
      for (const client of named(name)) client.kill()
    },
    stop: () => {
      isRunning = false
      isFrozen = false
      for (const [consumer] of consumers) consumer.close()
      consumers.clear()
      for (const client of clients) client.cut()
      // A server that was started again knows the ids of what it has stored.
      streams = onFile()
    },
    start: () => {
      starts++
      isRunning = true
    },
    freeze: () => {
      isFrozen = true
      for (const client of clients) client.hold(true)
    },
    thaw: () => {
      isFrozen = false
      for (const client of clients) client.hold(false)
    },
    backup: onFile,
    restore: (backup) => {
      streams = new Map([...backup].map(([name, stream]) => [name, stream.copy()]))
    },
  }
}
