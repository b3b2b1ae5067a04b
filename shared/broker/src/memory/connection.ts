import { BrokerError } from '../broker-error.ts'
import type { ConnectionStatus, EncodedHeaders, ReceivedMessage, Subscription } from '../port.ts'
import { headerIn, NO_HEADERS } from './headers.ts'
import { createLink, type Latency } from './link.ts'
import type { MemoryClient, ServerSide, ServerSubscription } from './sides.ts'
import type { Message } from './stream.ts'

export interface ConnectionOptions {
  readonly name: string
  readonly onStatus: ((status: ConnectionStatus) => void) | undefined
  readonly latency: Latency | undefined
}

/** A connection to a memory server as its client holds it: it breaks, and comes back by itself. */
export interface Connection {
  readonly name: string
  status(): ConnectionStatus
  onStatus(tell: (status: ConnectionStatus) => void): () => void
  isOpen(): boolean
  receivedBytes(): number
  /** Done at the server, without an answer; not at all while disconnected. */
  send(arrive: () => void): void
  /** Done at the client, after what the server has sent before. @param bytes that come with it */
  receive(arrive: () => void, bytes?: number): void
  /** Once there and back; rejects when the connection breaks, or when no answer comes in time. A killed process waits for ever. */
  ask<Value>(work: () => Value, timeoutMs?: number): Promise<Value>
  subscribe(subject: string, hear: (message: ReceivedMessage) => void, queue?: string): Subscription
  /** A message that may be sent. @throws BrokerError `too-large`, `closed` */
  messageOf(subject: string, payload: Uint8Array, headers?: EncodedHeaders): Message
  close(): Promise<void>
}

const RECONNECT_MS = 150
const MAX_PAYLOAD_BYTES = 1024 * 1024
const REQUEST_TIMEOUT_MS = 5_000

export const openConnection = (server: ServerSide, { name, onStatus, latency }: ConnectionOptions): Connection => {
  const link = createLink(latency)
  const listeners = new Set<(status: ConnectionStatus) => void>(onStatus === undefined ? [] : [onStatus])
  let status: ConnectionStatus = { state: 'connecting' }
  let [isKilled, isClosing] = [false, false]
  let [lastId, receivedBytes] = [0, 0]
  const own = new Map<number, ServerSubscription & { readonly hear: (message: ReceivedMessage) => void }>()
  /** Those of which the server knows. */
  const known = new Map<number, ServerSubscription>()
  /** What fails with the connection. */
  const pending = new Set<(error: Error) => void>()

  const become = (next: ConnectionStatus): void => {
    if (next.state === status.state && next.reason === status.reason) return
    status = next
    for (const tell of listeners) tell(next)
  }
  const isConnected = (): boolean => status.state === 'connected' && !isKilled
  const send = (arrive: () => void): void => {
    if (isConnected()) link.toServer(arrive)
  }
  const receive = (arrive: () => void, bytes = 0): void =>
    link.toClient(() => {
      receivedBytes += bytes
      arrive()
    })
  const register = ({ id, subject, queue }: ServerSubscription): void =>
    link.toServer(() => known.set(id, { id, subject, queue }))

  const disconnect = (): void => {
    link.cut()
    known.clear()
    server.detach(client)
  }
  const client: MemoryClient = {
    name,
    subscriptions: () => known.values(),
    deliver: (id, { subject, reply, data, headers, storedMs, isUnheard = false }) =>
      receive(
        () => own.get(id)?.hear({ subject, reply, data, header: (one) => headerIn(headers, one), storedMs, isUnheard }),
        data.length + headers.length,
      ),
    cut: () => {
      disconnect()
      if (isKilled || status.state === 'closed') return
      for (const fail of pending) fail(new Error('the connection was lost'))
      pending.clear()
      become({ state: 'disconnected', reason: 'lost the memory server' })
      setTimeout(connect, RECONNECT_MS)
    },
    kill: () => {
      isKilled = true
      disconnect()
    },
    hold: link.hold,
  }
  const connect = (): void => {
    // It may have been killed while it was not connected.
    isKilled ||= server.isKilled(name)
    if (isKilled || status.state === 'closed') return
    if (!server.isReachable(name)) {
      become({ state: 'disconnected', reason: 'the memory server is not reached' })
      setTimeout(connect, RECONNECT_MS)
      return
    }
    server.attach(client)
    link.hold(server.isFrozen())
    // Before those who wait for the connection send anything.
    for (const subscription of own.values()) register(subscription)
    become({ state: 'connected' })
  }

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

  connect()
  return {
    name,
    status: () => status,
    onStatus: (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    isOpen: () => status.state !== 'closed' && !isClosing,
    receivedBytes: () => receivedBytes,
    send,
    receive,
    ask,
    subscribe: (subject, hear, queue) => {
      const subscription = { id: ++lastId, subject, queue, hear }
      own.set(subscription.id, subscription)
      if (isConnected()) register(subscription)
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
    },
    messageOf: (subject, payload, headers = NO_HEADERS) => {
      if (status.state === 'closed' || isClosing) throw new BrokerError('closed', 'the connection is closed')
      if (payload.length + headers.length > MAX_PAYLOAD_BYTES)
        throw new BrokerError('too-large', 'it is larger than the server takes')
      return { subject, headers, data: payload.slice() }
    },
    close: async () => {
      if (status.state === 'closed') return
      isClosing = true
      if (isConnected()) await ask(() => known.clear()).catch(() => undefined)
      disconnect()
      become({ state: 'closed' })
    },
  }
}
