import type { Acknowledgement } from '@fleetlake/broker'
import type { Sending } from '../move-queue.ts'

/**
 * What becomes of a message that has come to its stream and is not there yet. `mute`: it is stored, and its answer is lost; `in-process`: it is stored, and the answer
 * does not say so; `drop`: neither stored nor answered; `refuse`: repeating it can never help. Whatever is to be stored is rejected by a stream without room.
 */
export type Fate = 'store' | 'mute' | 'in-process' | 'drop' | 'unclear' | 'reject' | 'refuse'

export interface Answer {
  readonly partition: number
  readonly n: number
  readonly attempt: number
  readonly answer: Acknowledgement
}

/** For tests: streams that recognise ids for a while, and connections to their server that break. Whatever takes time happens when the test says so. */
export interface FakeStreams {
  /** As the publisher is told of it: undefined in a cluster. */
  server(): string | undefined
  /** Over the connection as it is, working or not. */
  send(partition: number, sending: Sending): void
  /** The stream of a partition takes in the next message of some connection. */
  handle(partition: number, fate: Fate): void
  /** The next answer of some connection. */
  answer(): Answer | undefined
  /** What was sent may come to the server still, and answers to the publisher, until it is late. */
  break(): void
  isBroken(): boolean
  /** Another connection. A server that was started again has lost what earlier connections had brought, unless it is one of a cluster. */
  connect(isRestarted: boolean): void
  /** What was sent long ago comes to the server before this time, or never. */
  hurry(beforeMs: number): void
  /** Makes room. */
  purge(partition: number, messages: number): void
  /** Another stream under the same name. */
  remake(partition: number): void
  /** Ids in the order of the stream; of all its lives. */
  stored(partition: number): readonly string[]
  isIdle(): boolean
  /** Something has happened to a partition by which its order may change. */
  isDisordered(partition: number): boolean
}

export interface FakeStreamsOptions {
  readonly partitions: number
  readonly duplicateWindowMs: number
  /** What was sent comes to the server in less than this, or never. */
  readonly longestDelayMs: number
  readonly isCluster: boolean
  /** Messages that a stream has room for, until it is purged. */
  readonly room: number
  now(): number
  /** Draws a whole number from 0 to below its argument. */
  below(most: number): number
  /** What happens, for people. */
  tell(text: () => string): void
}

interface Attempt {
  readonly sending: Sending
  readonly sentAt: number
  outcome: 'pending' | 'stored' | 'not-stored'
}

interface Connection {
  isAlive: boolean
  /** By partition. */
  readonly toServer: Attempt[][]
  toPublisher: Answer[]
}

interface Stream {
  last: number
  room: number
  /** By id: when it was stored, and where. */
  known: Map<string, { readonly at: number; readonly sequence: number }>
  /** In this life of the stream. */
  readonly ids: Set<string>
  isDisordered: boolean
}

export const createFakeStreams = (options: FakeStreamsOptions): FakeStreams => {
  const { partitions, duplicateWindowMs, longestDelayMs, isCluster, now, below, tell } = options
  const each = <Value>(make: () => Value): Value[] => Array.from({ length: partitions }, make)
  const streams = each<Stream>(() => ({
    last: 0,
    room: options.room,
    known: new Map(),
    ids: new Set(),
    isDisordered: false,
  }))
  const stored = each<string[]>(() => [])
  const attempts = new Map<string, Attempt[]>()
  const open = (): Connection => ({ isAlive: true, toServer: each(() => []), toPublisher: [] })
  let server = 1
  let connection = open()
  const connections = [connection]

  const store = (partition: number, id: string): Acknowledgement => {
    const stream = streams[partition]
    if (stream.ids.has(id)) throw new Error(`${id} is stored twice`)
    stream.room--
    stream.ids.add(id)
    stream.known.set(id, { at: now(), sequence: ++stream.last })
    stored[partition].push(id)
    return { kind: 'stored', sequence: stream.last, duplicate: false }
  }
  const answerTo = (partition: number, id: string, fate: Fate): Acknowledgement | undefined => {
    const stream = streams[partition]
    const known = stream.known.get(id)
    if (known !== undefined && now() - known.at < duplicateWindowMs) {
      return fate === 'mute' ? undefined : { kind: 'stored', sequence: known.sequence, duplicate: true }
    }
    const isStored = fate === 'store' || fate === 'mute' || fate === 'in-process'
    if (isStored && stream.room > 0) {
      const answer = store(partition, id)
      if (fate === 'mute') return undefined
      return fate === 'store' ? answer : { kind: 'unclear' }
    }
    stream.isDisordered = true
    if (isStored) return { kind: 'rejected', reason: 'no room', isFull: true, isFinal: false }
    switch (fate) {
      case 'drop':
        return undefined
      case 'unclear':
        return { kind: 'unclear' }
      default:
        return { kind: 'rejected', reason: fate, isFull: false, isFinal: fate === 'refuse' }
    }
  }
  const handleNext = ({ isAlive, toServer, toPublisher }: Connection, partition: number, fate: Fate): void => {
    const attempt = toServer[partition].shift()
    if (attempt === undefined) return
    const { n, id } = attempt.sending
    // A repetition over another connection may have come before it.
    if (!isAlive) streams[partition].isDisordered = true
    const answer = answerTo(partition, id, fate)
    attempt.outcome = streams[partition].ids.has(id) ? 'stored' : 'not-stored'
    tell(() => `${id}, attempt ${attempt.sending.attempt}: ${fate}, ${JSON.stringify(answer)}`)
    if (isAlive && answer !== undefined) toPublisher.push({ partition, n, attempt: attempt.sending.attempt, answer })
  }
  const forget = (attempt: Attempt): void => {
    attempt.outcome = 'not-stored'
  }
  const some = (having: (one: Connection) => boolean): Connection | undefined => {
    const found = connections.filter(having)
    return found[below(found.length)]
  }

  return {
    server: () => (isCluster ? undefined : `server ${server}`),
    send: (partition, sending) => {
      const earlier = attempts.get(sending.id) ?? []
      attempts.set(sending.id, earlier)
      for (const { sentAt, outcome } of earlier) {
        const isTooLate = now() - sentAt >= duplicateWindowMs - longestDelayMs
        if (isTooLate && outcome !== 'not-stored') throw new Error(`${sending.id} is sent again too late`)
      }
      const attempt: Attempt = { sending, sentAt: now(), outcome: 'pending' }
      earlier.push(attempt)
      tell(() => `send ${sending.id}, attempt ${sending.attempt}`)
      if (connection.isAlive) connection.toServer[partition].push(attempt)
      else forget(attempt)
    },
    handle: (partition, fate) => {
      const from = some(({ toServer }) => toServer[partition].length > 0)
      if (from !== undefined) handleNext(from, partition, fate)
    },
    answer: () => some(({ toPublisher }) => toPublisher.length > 0)?.toPublisher.shift(),
    break: () => {
      if (!connection.isAlive) return
      tell(() => 'the connection breaks')
      connection.isAlive = false
      for (const sent of connection.toServer) for (const lost of sent.splice(below(sent.length + 1))) forget(lost)
      if (below(2) === 0) connection.toPublisher = []
    },
    isBroken: () => !connection.isAlive,
    connect: (isRestarted) => {
      if (isRestarted && !isCluster) {
        server++
        for (const { toServer } of connections)
          for (const sent of toServer) for (const lost of sent.splice(0)) forget(lost)
      }
      connection = open()
      connections.push(connection)
      tell(() => `connected to server ${server}`)
    },
    hurry: (beforeMs) => {
      for (const one of connections) {
        for (const [partition, sent] of one.toServer.entries()) {
          while (sent.length > 0 && sent[0].sentAt + longestDelayMs <= beforeMs) {
            if (one.isAlive) handleNext(one, partition, 'store')
            else forget(sent.shift()!)
          }
        }
      }
    },
    purge: (partition, messages) => {
      streams[partition].room += messages
    },
    remake: (partition) => {
      tell(() => `the stream of partition ${partition} is made again`)
      const stream = streams[partition]
      stream.last = 0
      stream.known.clear()
      for (const id of stream.ids)
        for (const attempt of attempts.get(id) ?? []) if (attempt.outcome === 'stored') forget(attempt)
      stream.ids.clear()
      stream.isDisordered = true
    },
    stored: (partition) => stored[partition],
    isIdle: () =>
      connections.every(
        ({ toServer, toPublisher }) => toPublisher.length === 0 && toServer.every((sent) => sent.length === 0),
      ),
    isDisordered: (partition) => streams[partition].isDisordered,
  }
}
