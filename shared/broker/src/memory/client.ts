import { sleep } from '@fleetlake/core'
import { BrokerError } from '../broker-error.ts'
import type {
  Acknowledgement,
  Answered,
  Appender,
  Broker,
  ConnectionStatus,
  Cursor,
  CursorOptions,
  EncodedHeaders,
  ReceivedMessage,
  Streams,
} from '../port.ts'
import type { Consumer } from './consumer.ts'
import { encodeHeaders, headerIn, NO_HEADERS } from './headers.ts'
import { createLink, type Latency } from './link.ts'
import type { MemoryClient, ServerSide, ServerSubscription } from './sides.ts'
import type { Message } from './stream.ts'

interface Options {
  readonly name: string
  readonly onStatus: ((status: ConnectionStatus) => void) | undefined
  readonly latency: Latency | undefined
}

const RECONNECT_MS = 150
const MAX_PAYLOAD_BYTES = 1024 * 1024
const SILENCE_MS = 1_200
const REQUEST_TIMEOUT_MS = 5_000

const NO_STREAM: Acknowledgement = {
  kind: 'rejected',
  reason: 'no stream takes messages of this subject',
  isFull: false,
  isFinal: false,
}

export const connectMemory = (server: ServerSide, { name, onStatus, latency }: Options): Broker => {
  const link = createLink(latency)
  const listeners = new Set<(status: ConnectionStatus) => void>(onStatus === undefined ? [] : [onStatus])
  let status: ConnectionStatus = { state: 'connecting' }
  let [isKilled, isClosing] = [false, false]
  let [lastId, inBytes] = [0, 0]
  const own = new Map<number, ServerSubscription & { readonly hear: (message: ReceivedMessage) => void }>()
  const known = new Map<number, ServerSubscription>()
  /** What fails with the connection. */
  const pending = new Set<(error: Error) => void>()

  const become = (next: ConnectionStatus): void => {
    if (next.state === status.state && next.reason === status.reason) return
    status = next
    for (const tell of listeners) tell(next)
  }
  const isConnected = (): boolean => status.state === 'connected' && !isKilled

  const client: MemoryClient = {
    name,
    subscriptions: () => known.values(),
    deliver: (id, message) =>
      link.toClient(() => {
        inBytes += message.data.length + message.headers.length
        own.get(id)?.hear({
          subject: message.subject,
          reply: message.reply,
          data: message.data,
          header: (header) => headerIn(message.headers, header),
          storedMs: message.storedMs,
          isUnheard: message.isUnheard === true,
        })
      }),
    cut: () => {
      link.cut()
      known.clear()
      server.detach(client)
      if (isKilled || status.state === 'closed') return
      for (const fail of pending) fail(new Error('the connection was lost'))
      pending.clear()
      become({ state: 'disconnected', reason: 'lost memory' })
      setTimeout(reconnect, RECONNECT_MS)
    },
    kill: () => {
      isKilled = true
      link.cut()
      known.clear()
      server.detach(client)
    },
    hold: link.hold,
  }
  const reconnect = (): void => {
    if (isKilled || status.state === 'closed') return
    if (!server.isReachable(name)) {
      setTimeout(reconnect, RECONNECT_MS)
      return
    }
    server.attach(client)
    link.hold(server.isFrozen())
    for (const subscription of own.values()) tellSubscription(subscription)
    become({ state: 'connected' })
  }
  const tellSubscription = ({ id, subject, queue }: ServerSubscription): void =>
    link.toServer(() => known.set(id, { id, subject, queue }))

  /** Once there and back; rejects when the connection breaks, or when no answer comes in time. A killed process waits for ever. */
  const ask = <Value>(work: () => Value, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Value> =>
    new Promise((resolve, reject) => {
      if (isKilled) return
      if (status.state === 'closed') return reject(new BrokerError('closed', 'the connection is closed'))
      if (!isConnected()) return reject(new Error('there is no connection'))
      const end = (): void => {
        pending.delete(fail)
        clearTimeout(timer)
      }
      const fail = (error: Error): void => {
        end()
        if (!isKilled) reject(error)
      }
      const timer = setTimeout(() => fail(new Error('the server has not answered in time')), timeoutMs)
      pending.add(fail)
      link.toServer(() => {
        let answer: () => void
        try {
          const value = work()
          answer = () => resolve(value)
        } catch (error) {
          answer = () => reject(error as Error)
        }
        link.toClient(() => {
          end()
          answer()
        })
      })
    })
  const check = (payload: Uint8Array, headers: EncodedHeaders): void => {
    if (status.state === 'closed' || isClosing) throw new BrokerError('closed', 'the connection is closed')
    if (payload.length + headers.length > MAX_PAYLOAD_BYTES)
      throw new BrokerError('too-large', 'it is larger than the server takes')
  }
  const subscribe = (subject: string, hear: (message: ReceivedMessage) => void, queue?: string) => {
    const subscription = { id: ++lastId, subject, queue, hear }
    own.set(subscription.id, subscription)
    if (isConnected()) tellSubscription(subscription)
    const unsubscribe = (): Promise<unknown> => ask(() => known.delete(subscription.id)).catch(() => undefined)
    return {
      drain: async () => {
        if (isConnected()) await unsubscribe()
        own.delete(subscription.id)
      },
      close: () => {
        own.delete(subscription.id)
        void unsubscribe()
      },
    }
  }
  const copied = (subject: string, payload: Uint8Array, headers: EncodedHeaders = NO_HEADERS): Message => ({
    subject,
    headers,
    data: payload.slice(),
  })
  const publish = (message: Message, reply: string): void => {
    check(message.data, message.headers)
    if (!isConnected()) return
    link.toServer(() => {
      const isStored = server.append(message) !== undefined
      if (server.route({ ...message, reply }) || isStored || reply === '') return
      server.route({ subject: reply, headers: NO_HEADERS, data: new Uint8Array(), reply: '', isUnheard: true })
    })
  }

  const streams: Streams = {
    list: () => ask(server.streams.list),
    names: (subject) => ask(() => server.streams.names(subject)),
    info: (stream) => ask(() => server.streams.info(stream)),
    make: (settings) => ask(() => server.streams.make(settings)),
    change: (stream, limits) => ask(() => server.streams.change(stream, limits)),
    drop: (stream) => ask(() => server.streams.drop(stream)),
    purge: (stream, which) => ask(() => server.streams.purge(stream, which)),
    deleteMessage: (stream, sequence) => ask(() => server.streams.deleteMessage(stream, sequence)),
    message: (stream, which) => ask(() => server.streams.message(stream, which)),
    subjects: (stream, filter) => ask(() => server.streams.subjects(stream, filter)),
    before: (stream, atMs) => ask(() => server.streams.before(stream, atMs)),
    append: async (subject, payload, { headers, expectLast, timeoutMs }) => {
      const message = copied(subject, payload, headers)
      check(message.data, message.headers)
      const answer = await ask(() => server.append(message, expectLast), timeoutMs)
      if (answer?.kind === 'stored') return { sequence: answer.sequence }
      if (answer?.kind === 'wrong-last') throw new BrokerError('wrong-last', 'wrong last sequence')
      if (answer?.kind === 'rejected' && answer.isFinal) throw new BrokerError('too-large', answer.reason)
      throw new Error(answer?.kind === 'rejected' ? answer.reason : NO_STREAM.reason)
    },
    openAppender: (onAnswer): Appender => {
      let isOpen = true
      return {
        append: (token, subject, payload, headers) => {
          const message = copied(subject, payload, headers)
          check(payload, headers)
          if (!isConnected()) return
          link.toServer(() => {
            const answer = server.append(message) ?? NO_STREAM
            link.toClient(() => {
              if (isOpen && answer.kind !== 'wrong-last') onAnswer(token, answer)
            })
          })
        },
        close: () => {
          isOpen = false
        },
      }
    },
    openCursor: (stream, options) => openCursor(stream, options),
  }

  const openCursor = async (
    stream: string,
    { from, askBytes, onMessage, onAskEnd, onGone }: CursorOptions,
  ): Promise<Cursor> => {
    let isOpen = true
    let asksOut = 0
    let heardAt = performance.now()
    const consumer: Consumer = await ask(() =>
      server.consume(stream, {
        from,
        askBytes,
        tell: (signal) =>
          link.toClient(() => {
            if (!isOpen) return
            heardAt = performance.now()
            if (signal.kind === 'message') {
              inBytes += signal.message.data.length
              onMessage(signal.message, signal.delivered)
            } else if (signal.kind === 'ask-end') {
              asksOut--
              onAskEnd()
            } else if (signal.kind === 'gone') onGone(signal.reason)
          }),
      }),
    )
    return {
      ask: () => {
        if (asksOut === 0) heardAt = performance.now()
        asksOut++
        if (isConnected()) link.toServer(consumer.ask)
      },
      asksOut: () => asksOut,
      isSilent: (nowMs) => asksOut > 0 && nowMs - heardAt > SILENCE_MS,
      forgiveSilence: (nowMs) => {
        heardAt = nowMs
      },
      close: () => {
        isOpen = false
        void ask(() => server.release(consumer)).catch(() => undefined)
      },
    }
  }

  reconnect()
  if (status.state === 'connecting') become({ state: 'disconnected', reason: 'the server is stopped' })

  return {
    control: {
      status: () => status,
      onStatus: (tell) => {
        listeners.add(tell)
        return () => listeners.delete(tell)
      },
      isOpen: () => status.state !== 'closed' && !isClosing,
      version: () => '',
      server: () => server.id,
      receivedBytes: () => inBytes,
      encodeHeaders,
      publish: (subject, payload, { headers, reply = '' } = {}) => publish(copied(subject, payload, headers), reply),
      subscribe: (subject, hear, { queue } = {}) => subscribe(subject, hear, queue),
      request: async (subject, payload, { headers, timeoutMs }): Promise<Answered> => {
        const message = copied(subject, payload, headers)
        check(message.data, message.headers)
        const timer = new AbortController()
        const reply = `_INBOX.${name}.${++lastId}`
        const answered = Promise.withResolvers<Answered>()
        const inbox = subscribe(reply, (received) => answered.resolve({ kind: 'answered', message: received }))
        const isHeard = (): boolean => server.route({ ...message, reply })
        ask(isHeard).then(
          (heard) => {
            if (!heard) answered.resolve({ kind: 'no-responder' })
          },
          () => undefined,
        )
        try {
          return await Promise.race([
            answered.promise,
            sleep(timeoutMs, timer.signal).then((): Answered => ({ kind: 'timeout' })),
          ])
        } finally {
          timer.abort()
          inbox.close()
        }
      },
      flush: () => ask(() => undefined),
      close: async () => {
        if (status.state === 'closed') return
        isClosing = true
        if (isConnected()) await ask(() => known.clear()).catch(() => undefined)
        link.cut()
        server.detach(client)
        become({ state: 'closed' })
      },
    },
    streams,
  }
}
