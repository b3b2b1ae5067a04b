import { sleep } from '@fleetlake/core'
import { refusalOf } from '../broker-error.ts'
import type { Acknowledgement, Answered, Control } from '../port.ts'
import type { Connection } from './connection.ts'
import { encodeHeaders, NO_HEADERS } from './headers.ts'
import type { ServerSide } from './sides.ts'
import type { Message } from './stream.ts'
import { NO_STREAM } from './streams.ts'

const UNCLEAR: Acknowledgement = { kind: 'unclear' }

export const controlOn = (server: ServerSide, connection: Connection): Control => {
  let asked = 0
  const publish = (message: Message, reply: string): void =>
    connection.send(() => {
      const isStored = server.append(message) !== undefined
      if (server.route({ ...message, reply }) || isStored || reply === '') return
      server.route({ subject: reply, headers: NO_HEADERS, data: new Uint8Array(), reply: '', isUnheard: true })
    })
  return {
    status: connection.status,
    onStatus: connection.onStatus,
    // Whoever is connected may send anything.
    onRefused: () => () => undefined,
    isOpen: connection.isOpen,
    version: () => '',
    server: () => server.id,
    receivedBytes: connection.receivedBytes,
    encodeHeaders,
    publish: (subject, payload, { headers, reply = '' } = {}) =>
      publish(connection.messageOf(subject, payload, headers), reply),
    subscribe: (subject, hear, { queue } = {}) => connection.subscribe(subject, hear, queue),
    request: async (subject, payload, { headers, timeoutMs }) => {
      const message = connection.messageOf(subject, payload, headers)
      const reply = `_INBOX.${connection.name}.${++asked}`
      const answered = Promise.withResolvers<Answered>()
      const timer = new AbortController()
      const inbox = connection.subscribe(reply, (answer) =>
        answered.resolve(answer.isUnheard ? { kind: 'no-responder' } : { kind: 'answered', message: answer }),
      )
      publish(message, reply)
      void sleep(timeoutMs, timer.signal).then(() => answered.resolve({ kind: 'timeout' }))
      try {
        return await answered.promise
      } finally {
        timer.abort()
        inbox.close()
      }
    },
    store: async (subject, payload, { headers, timeoutMs }) => {
      const message = connection.messageOf(subject, payload, headers)
      try {
        const answer = await connection.ask(() => {
          server.route({ ...message, reply: '' })
          return server.append(message) ?? NO_STREAM
        }, timeoutMs)
        return answer.kind === 'wrong-last' ? UNCLEAR : answer
      } catch (error) {
        if (refusalOf(error) !== undefined) throw error
        return UNCLEAR
      }
    },
    flush: () => connection.ask(() => undefined),
    close: connection.close,
  }
}
