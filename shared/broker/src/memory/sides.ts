import type { Acknowledgement, Streams } from '../port.ts'
import type { Consumer, ConsumerOptions } from './consumer.ts'
import type { Message } from './stream.ts'

/** A connection as its server knows it. */
export interface MemoryClient {
  readonly name: string
  /** Those that the server has heard of. */
  subscriptions(): Iterable<ServerSubscription>
  deliver(id: number, message: Delivered): void
  cut(): void
  kill(): void
  hold(isHeld: boolean): void
}

export interface ServerSubscription {
  readonly id: number
  readonly subject: string
  readonly queue: string | undefined
}

/** A message on its way to a subscription. */
export type Delivered = Message & { readonly reply: string; readonly storedMs?: number; readonly isUnheard?: boolean }

type StreamCall =
  | 'list'
  | 'names'
  | 'info'
  | 'make'
  | 'change'
  | 'drop'
  | 'purge'
  | 'deleteMessage'
  | 'message'
  | 'subjects'
  | 'before'

/** What a client asks of its server. */
export interface ServerSide {
  readonly id: string
  /** A client of this name is never heard of again. */
  isKilled(name: string): boolean
  /** It runs, and a client of this name reaches it. */
  isReachable(name: string): boolean
  isFrozen(): boolean
  attach(client: MemoryClient): void
  detach(client: MemoryClient): void
  /** @returns whether a subscription has got it */
  route(message: Delivered): boolean
  /** @returns undefined when no stream takes messages of the subject */
  append(message: Message, expectLast?: number): Acknowledgement | { readonly kind: 'wrong-last' } | undefined
  consume(name: string, options: Omit<ConsumerOptions, 'stream'>): Consumer
  release(consumer: Consumer): void
  /** The calls of `Streams` that are answered at once. */
  readonly streams: {
    [Name in StreamCall]: (...args: Parameters<Streams[Name]>) => Awaited<ReturnType<Streams[Name]>>
  }
}
