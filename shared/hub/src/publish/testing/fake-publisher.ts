import type { Acknowledgement } from '@fleetlake/broker'
import { FleetError } from '@fleetlake/core'
import type { PublishState, PublishStats } from '../move-publisher.ts'
import {
  createMovePublishing,
  type MovePublishingOptions,
  type PublishingEffect,
  type PublishingEvent,
  type Wait,
  type Written,
} from '../move-publishing.ts'
import type { FakeStreams } from './fake-streams.ts'

/** For tests: a publisher without a connection, a clock or promises. It compares what is decided with what it has seen happen, and throws where they differ. */
export interface FakePublisher {
  publish(partition: number, payloadBytes: number): void
  /** A caller begins to wait. */
  wait(until: Wait): void
  /** The next answer comes. */
  hear(): void
  tick(): void
  /** There is another connection, of which it is told. */
  connect(isRestarted: boolean): void
  /** It is told of the same connection again. */
  reconnect(): void
  /** It is told that the connection is broken. */
  disconnect(): void
  /** From now on the connection takes no messages. */
  spoil(): void
  close(): void
  readonly messages: readonly FakeMessage[]
  readonly isConnected: boolean
  readonly hasFailed: boolean
  /** Callers that go on waiting. */
  readonly waiting: number
  /** What holds a partition up. */
  readonly notes: readonly string[]
  /** Kinds of states that were told, and of answers that callers have got. */
  readonly seen: ReadonlySet<string>
}

export interface FakeMessage {
  readonly partition: number
  readonly n: number
  readonly id: string
  readonly rows: number
  readonly payloadBytes: number
  readonly bytes: number
  readonly firstSentAt: number | undefined
  readonly state: 'open' | 'stored' | 'unknown'
}

export interface FakePublisherDeps {
  readonly streams: FakeStreams
  /** Until so long after a message was first sent its id may be sent again. */
  readonly repeatableMs: number
  now(): number
  /** What happens, for people. */
  tell(text: () => string): void
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

interface Partition {
  readonly state: PublishState
  readonly written: Written
  readonly openBytes: number
  readonly sentThrough: number
}

const HEADER = new Uint8Array(10)

const fault = (text: string): never => {
  throw new Error(text)
}
const expectSame = (what: string, actual: unknown, expected: unknown): void => {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) fault(`${what}: ${found} instead of ${wanted}`)
}

export const createFakePublisher = (options: MovePublishingOptions, deps: FakePublisherDeps): FakePublisher => {
  const { streams, repeatableMs, now, tell } = deps
  const publishing = createMovePublishing(options)
  const messages: Mutable<FakeMessage>[] = []
  const byId = new Map<string, Mutable<FakeMessage>>()
  const partitions: Mutable<Partition>[] = options.partitions.map((partition) => ({
    state: { partition, state: 'publishing' },
    written: { partition, lastSequence: 0, isReplaced: false },
    openBytes: 0,
    sentThrough: 0,
  }))
  const counted: Mutable<PublishStats> = { messages: 0, rows: 0, bytes: 0, unknown: 0, waitingMs: 0 }
  const waiting = { room: [] as number[], drained: [] as number[] }
  const seen = new Set<string>()
  let open = 0
  let failure: FleetError | undefined
  let isConnected = false
  let isSpoilt = false

  const idOf = (partition: number, n: number): string => `r/a/${partition}/${n}`
  const hasRoom = ({ openBytes }: Partition): boolean => openBytes < options.queueBytes
  const settle = (message: Mutable<FakeMessage>, state: 'stored' | 'unknown'): void => {
    if (message.state !== 'open') fault(`${message.id} is ${message.state}, then ${state}`)
    message.state = state
    partitions[message.partition].openBytes -= message.bytes
    open--
    if (state === 'unknown') {
      counted.unknown++
      return
    }
    counted.messages++
    counted.rows += message.rows
    counted.bytes += message.payloadBytes
  }
  const stored = (
    message: Mutable<FakeMessage>,
    { sequence, duplicate }: Acknowledgement & { kind: 'stored' },
  ): void => {
    if (message.state !== 'open') return
    settle(message, 'stored')
    const to = partitions[message.partition]
    const { partition, lastSequence, isReplaced } = to.written
    to.written = {
      partition,
      lastSequence: Math.max(lastSequence, sequence),
      isReplaced: isReplaced || (!duplicate && sequence <= lastSequence),
    }
  }

  /** What is to hold after whatever has happened. */
  const check = (): void => {
    const { note, ...stats } = publishing.stats()
    expectSame('counted', stats, counted)
    expectSame(
      'has a note',
      note !== undefined,
      partitions.some(({ state }) => state.state !== 'publishing'),
    )
    for (const [partition, one] of partitions.entries()) {
      expectSame('has room', publishing.hasRoom(partition), hasRoom(one))
      if (publishing.take(partition, now()) !== undefined) fault(`of partition ${partition} more may be sent`)
    }
    if (waiting.room.length > 0 && (failure !== undefined || partitions.every(hasRoom)))
      fault('who waits for room is forgotten')
    if (waiting.drained.length > 0 && (failure !== undefined || open === 0)) fault('who waits for the end is forgotten')
  }
  const happen = (event: PublishingEvent): void => {
    tell(() => JSON.stringify(event.kind === 'published' ? { ...event, move: event.move.id } : event))
    if (event.kind === 'failed') failure ??= event.error
    if (event.kind === 'answered') {
      const { partition, n, answer } = event
      if (answer.kind === 'stored') stored(byId.get(idOf(partition, n))!, answer)
      if (answer.kind === 'rejected' && answer.isFinal)
        failure ??= new FleetError(
          'publish.refused',
          `the hub refuses a move of partition ${partition}: ${answer.reason}`,
        )
    }
    const effects = publishing.step(event, now())
    // What is carried out first may be the end of the publisher, of which the others do not know.
    const hadFailed = failure !== undefined
    for (const effect of effects) carryOut(effect, hadFailed)
  }
  const begin = (event: PublishingEvent): void => {
    happen(event)
    check()
  }

  const send = (partition: number): void => {
    const to = partitions[partition]
    for (;;) {
      const sending = publishing.take(partition, now())
      if (sending === undefined) return
      const { id, n, attempt } = sending
      const message = byId.get(id) ?? fault(`${id} was not published`)
      if (failure !== undefined || !isConnected) fault(`${id} is sent without a connection`)
      if (message.state !== 'open') fault(`${id} is ${message.state} and is sent again`)
      if (attempt === 1 && n !== to.sentThrough + 1) fault(`${id} is sent after ${to.sentThrough}`)
      to.sentThrough = Math.max(to.sentThrough, n)
      message.firstSentAt ??= now()
      if (isSpoilt) return happen({ kind: 'failed', error: new FleetError('hub.closed', 'it was not sent') })
      streams.send(partition, sending)
    }
  }
  const hear = (state: PublishState): void => {
    const to = partitions[state.partition]
    if (JSON.stringify(state) === JSON.stringify(to.state)) fault(`${JSON.stringify(state)} is told twice`)
    to.state = state
    seen.add(state.state)
    if (state.state !== 'unknown') return
    for (const id of state.reason!.replace('message ', '').split(', ')) {
      const message = byId.get(id) ?? fault(`${id} was not published`)
      if (now() - (message.firstSentAt ?? Infinity) < repeatableMs) fault(`${id} is given up early`)
      settle(message, 'unknown')
    }
  }
  /** All callers that wait for this have their answer. */
  const end = (until: Wait, how: string): void => {
    const callers = waiting[until].splice(0)
    if (callers.length === 0) fault(`${how}, and no caller waits`)
    if (how === 'admitted') for (const since of callers) counted.waitingMs += now() - since
    seen.add(how)
  }
  const refuse = (until: Wait, { code, message }: FleetError): void => {
    if (failure === undefined) {
      expectSame('refused', code, 'publish.unknown')
      if (until === 'room' || open > 0 || counted.unknown === 0) fault('nothing is unknown')
    } else expectSame('refused', [code, message], [failure.code, failure.message])
    end(until, `refused: ${code}`)
  }
  const carryOut = (effect: PublishingEffect, hadFailed: boolean): void => {
    if (effect.kind === 'send') return send(effect.partition)
    tell(() => `  ${JSON.stringify(effect)}`)
    switch (effect.kind) {
      case 'tell':
        return hear(effect.state)
      case 'admit':
        if (hadFailed || !partitions.every(hasRoom)) fault('there is no room')
        return end('room', 'admitted')
      case 'drained': {
        if (hadFailed || counted.messages < messages.length) fault('not everything is stored')
        const written = partitions.map((one) => one.written).filter(({ lastSequence }) => lastSequence > 0)
        expectSame('written', effect.written, written)
        seen.add(written.some(({ isReplaced }) => isReplaced) ? 'replaced' : 'not replaced')
        return end('drained', 'drained')
      }
      case 'refuse':
        return refuse(effect.until, effect.error)
    }
  }

  return {
    publish: (partition, payloadBytes) => {
      const n = publishing.next(partition)!
      const [id, bytes, rows] = [idOf(partition, n), HEADER.length + payloadBytes, 1 + (payloadBytes % 7)]
      if (byId.has(id)) fault(`${id} is published twice`)
      const message: FakeMessage = {
        partition,
        n,
        id,
        rows,
        payloadBytes,
        bytes,
        firstSentAt: undefined,
        state: 'open',
      }
      messages.push(message)
      byId.set(id, message)
      partitions[partition].openBytes += bytes
      open++
      begin({
        kind: 'published',
        partition,
        move: { n, id, header: HEADER, payload: new Uint8Array(payloadBytes), rows },
      })
    },
    wait: (until) => {
      waiting[until].push(now())
      begin({ kind: 'waiting', until })
    },
    hear: () => {
      const answer = streams.answer()
      if (answer !== undefined) begin({ kind: 'answered', ...answer })
    },
    tick: () => begin({ kind: 'tick' }),
    connect: (isRestarted) => {
      streams.connect(isRestarted)
      isConnected = true
      begin({ kind: 'connected', server: streams.server() })
    },
    reconnect: () => {
      if (isConnected) begin({ kind: 'connected', server: streams.server() })
    },
    disconnect: () => {
      isConnected = false
      begin({ kind: 'disconnected' })
    },
    spoil: () => {
      isSpoilt = true
    },
    close: () => begin({ kind: 'failed', error: new FleetError('hub.closed', 'the publisher is closed') }),
    messages,
    get isConnected() {
      return isConnected
    },
    get hasFailed() {
      return failure !== undefined
    },
    get waiting() {
      return waiting.room.length + waiting.drained.length
    },
    get notes() {
      return partitions
        .map(({ state }) => state)
        .filter(({ state }) => state !== 'publishing')
        .map(({ reason }) => reason!)
    },
    seen,
  }
}
