import { BrokerError } from '../broker-error.ts'
import type { Acknowledgement, Cursor, CursorOptions, Streams } from '../port.ts'
import type { Connection } from './connection.ts'
import type { ConsumerSignal } from './consumer.ts'
import type { ServerSide } from './sides.ts'

/** A cursor that has asked hears something at least each 400 ms. */
const SILENCE_MS = 1_200

export const NO_STREAM: Acknowledgement = {
  kind: 'rejected',
  reason: 'no stream takes messages of this subject',
  isFull: false,
  isFinal: false,
}

export const streamsOn = (server: ServerSide, connection: Connection): Streams => {
  const { ask } = connection
  return {
    list: () => ask(server.streams.list),
    names: (subject) => ask(() => server.streams.names(subject)),
    info: (name) => ask(() => server.streams.info(name)),
    make: (settings) => ask(() => server.streams.make(settings)),
    change: (name, limits) => ask(() => server.streams.change(name, limits)),
    drop: (name) => ask(() => server.streams.drop(name)),
    purge: (name, which) => ask(() => server.streams.purge(name, which)),
    deleteMessage: (name, sequence) => ask(() => server.streams.deleteMessage(name, sequence)),
    message: (name, which) => ask(() => server.streams.message(name, which)),
    subjects: (name, filter) => ask(() => server.streams.subjects(name, filter)),
    before: (name, atMs) => ask(() => server.streams.before(name, atMs)),
    append: async (subject, payload, { headers, expectLast, timeoutMs }) => {
      const message = connection.messageOf(subject, payload, headers)
      const answer = (await ask(() => server.append(message, expectLast), timeoutMs)) ?? NO_STREAM
      if (answer.kind === 'stored') return { sequence: answer.sequence }
      if (answer.kind === 'wrong-last') throw new BrokerError('wrong-last', 'wrong last sequence')
      const reason = answer.kind === 'rejected' ? answer.reason : 'the answer says nothing'
      throw answer.kind === 'rejected' && answer.isFinal ? new BrokerError('too-large', reason) : new Error(reason)
    },
    openAppender: (onAnswer) => {
      let isOpen = true
      return {
        append: (token, subject, payload, headers) => {
          const message = connection.messageOf(subject, payload, headers)
          connection.send(() => {
            const answer = server.append(message) ?? NO_STREAM
            connection.receive(() => {
              if (isOpen && answer.kind !== 'wrong-last') onAnswer(token, answer)
            })
          })
        },
        close: () => {
          isOpen = false
        },
      }
    },
    openCursor: (name, options) => openCursor(server, connection, name, options),
  }
}

const openCursor = async (
  server: ServerSide,
  connection: Connection,
  name: string,
  { from, askBytes, onMessage, onAskEnd, onGone }: CursorOptions,
): Promise<Cursor> => {
  let isOpen = true
  let asksOut = 0
  let heardAt = performance.now()
  const hear = (signal: ConsumerSignal): void => {
    if (!isOpen) return
    heardAt = performance.now()
    switch (signal.kind) {
      case 'message':
        return onMessage(signal.message, signal.delivered)
      case 'ask-end':
        asksOut--
        return onAskEnd()
      case 'gone':
        return onGone(signal.reason)
      case 'alive':
    }
  }
  const tell = (signal: ConsumerSignal): void =>
    connection.receive(() => hear(signal), signal.kind === 'message' ? signal.message.data.length : 0)
  const consumer = await connection.ask(() => server.consume(name, { from, askBytes, tell }))
  return {
    ask: () => {
      if (asksOut === 0) heardAt = performance.now()
      asksOut++
      connection.send(consumer.ask)
    },
    asksOut: () => asksOut,
    isSilent: (nowMs) => asksOut > 0 && nowMs - heardAt > SILENCE_MS,
    forgiveSilence: (nowMs) => {
      heardAt = nowMs
    },
    close: () => {
      isOpen = false
      connection.send(() => server.release(consumer))
    },
  }
}
