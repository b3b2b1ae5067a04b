/**
 * What Fleetlake needs of a broker, as two ports: `control` carries messages that may get lost, `streams` keeps messages that may not. A driver is a function that
 * returns a `Broker`; `testing/conformance.ts` holds every driver to what is promised here.
 */
export interface Broker {
  readonly control: Control
  readonly streams: Streams
}

/**
 * What holds between a process and the broker. `reason` is what the last attempt to connect met; while connected, what was tried and the broker does not
 * allow.
 */
export interface ConnectionStatus {
  readonly state: 'connecting' | 'connected' | 'disconnected' | 'closed'
  readonly reason?: string
}

/** Headers as they are sent; their length counts towards the size of a message. */
export type EncodedHeaders = Uint8Array

export interface ReceivedMessage {
  readonly subject: string
  /** Where an answer is expected; empty when none is. */
  readonly reply: string
  /** A view: a caller that keeps it copies it. */
  readonly data: Uint8Array
  /** Whatever the case of its name; undefined when absent, or when the headers are malformed. */
  header(name: string): string | undefined
  /** Of a message that a stream has republished: when the server stored it, ms since the epoch. */
  readonly storedMs: number | undefined
  /** In place of an answer: the message that was sent with this subject as its `reply` has met no subscription. */
  readonly isUnheard: boolean
}

export interface SubscribeOptions {
  /** Each message goes to one subscription of a queue. */
  readonly queue?: string
  /** The server does not let this connection listen there. */
  readonly onRefused?: (reason: string) => void
}

export interface SentOptions {
  readonly headers?: EncodedHeaders
  readonly reply?: string
}

export interface Subscription {
  /** Hears what has been sent to it already, then ends. */
  drain(): Promise<void>
  close(): void
}

export type Answered =
  | { readonly kind: 'answered'; readonly message: ReceivedMessage }
  | { readonly kind: 'no-responder' | 'timeout' }

/**
 * A connection that comes back by itself, for as long as it takes, with its subscriptions. Promises: at most once; what one connection publishes comes to each subscription of
 * another in order; a message is lost only with a connection that ends. Subjects are tokens joined by dots; in a subscription `*` stands for one token, `>` for one or more at the end.
 */
export interface Control {
  status(): ConnectionStatus
  /** @returns stops telling */
  onStatus(tell: (status: ConnectionStatus) => void): () => void
  /** Tells the subject of each message that the server did not let this user send. @returns stops telling */
  onRefused(tell: (subject: string) => void): () => void
  /** Neither closed nor about to be. */
  isOpen(): boolean
  /** Of the server's software, such as `2.12.5`; empty where it is not known. */
  version(): string
  /**
   * The server behind the connection; it changes when that is started again. Undefined in a cluster, where a message of a dead connection may still be under
   * way.
   */
  server(): string | undefined
  /** Bytes that have come over the connection. */
  receivedBytes(): number
  /**
   * @param headers control characters in a value become a space
   * @param messageId by which a stream recognises a message that it has stored
   */
  encodeHeaders(headers: Readonly<Record<string, string>>, messageId?: string): EncodedHeaders
  /**
   * What is sent while disconnected may be lost. To where an answer is expected the server sends one, marked `isUnheard`, when no subscription hears it.
   * @throws BrokerError `too-large`, `closed`, `refused`
   */
  publish(subject: string, payload: Uint8Array, options?: SentOptions): void
  /** Each message comes to every subscription without a queue, and to one of each queue. `hear` must not throw. */
  subscribe(subject: string, hear: (message: ReceivedMessage) => void, options?: SubscribeOptions): Subscription
  /** Asks for the answer on a subject below `_INBOX`. @throws BrokerError `too-large`, `closed` */
  request(
    subject: string,
    payload: Uint8Array,
    options: { readonly headers?: EncodedHeaders; readonly timeoutMs: number },
  ): Promise<Answered>
  /**
   * Sends a message to a stream, and says what that answers; `unclear` when no answer comes in time. Who subscribes to its subject hears it, stored or
   * not.
   * @throws BrokerError `too-large`, `closed`
   */
  store(subject: string, payload: Uint8Array, options: StoreOptions): Promise<Acknowledgement>
  /** Resolves once the server has taken all that was sent. */
  flush(): Promise<void>
  /** Hears what has come, sends what is waiting, disconnects. */
  close(): Promise<void>
}

export interface StoreOptions {
  readonly headers?: EncodedHeaders
  readonly timeoutMs: number
}

/** What a stream is to be. */
export interface StreamSettings {
  readonly name: string
  /** Which messages it stores; no two streams may share one. */
  readonly subjects: readonly string[]
  readonly storage?: 'file' | 'memory'
  /** What happens when it is full: `new` refuses the message, `old` drops the oldest. */
  readonly discard?: 'new' | 'old'
  /** None when missing. */
  readonly maxBytes?: number
  /** Headers included. */
  readonly maxMessageBytes?: number
  /** For so long the ids of messages are remembered. */
  readonly duplicateWindowMs?: number
  readonly replicas?: number
  /** Each stored message is published to this subject, too; one that was a duplicate is not. Decided when the stream is made. */
  readonly republishTo?: string
  /** Of a subject only so many are kept, the oldest go. */
  readonly maxPerSubject?: number
  readonly maxAgeMs?: number
}

export interface StreamInfo {
  /** As they are; limits that are not set are missing. */
  readonly settings: StreamSettings
  /** When it was made, as the server writes it: tells it from a stream that is made again under its name. */
  readonly created: string
  /** When the server said so, ms since the epoch by the server's clock. */
  readonly serverMs: number
  /** The first sequence that is stored; `last + 1` when none is. */
  readonly first: number
  /** The last sequence that was given out. */
  readonly last: number
  readonly messages: number
  readonly bytes: number
}

/** A message of a stream. */
export interface StoredMessage {
  readonly sequence: number
  /** When the server stored it, ms since the epoch. */
  readonly timestampMs: number
  readonly subject: string
  /** Undefined when absent, or when the headers are malformed. */
  header(name: string): string | undefined
  /** A view: a caller that keeps it for long copies it. */
  readonly data: Uint8Array
}

/**
 * What a stream answers to a message. `rejected` is definite: this attempt has not stored the message, and will not. `unclear` says nothing about
 * it.
 */
export type Acknowledgement =
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  | {
      readonly kind: 'rejected'
      readonly reason: string
      /** The stream's `maxBytes` is reached. */
      readonly isFull: boolean
      /** Repeating it can never help. */
      readonly isFinal: boolean
    }
  | { readonly kind: 'unclear' }

/** Sends messages to streams without waiting for their answers. */
export interface Appender {
  /**
   * @param token comes back with the answer: tokens of a subject joined by dots
   * @throws BrokerError `too-large`, `closed`
   */
  append(token: string, subject: string, payload: Uint8Array, headers: EncodedHeaders): void
  close(): void
}

/** Reads a stream in order; it gets only what it asks for, and the server forgets it when it asks no more. */
export interface Cursor {
  /** Asks for messages up to `askBytes`; the answer ends after a second at the latest. */
  ask(): void
  /** Asks whose answer has not ended. */
  asksOut(): number
  /** Neither a message nor a sign of life came, though asked. */
  isSilent(nowMs: number): boolean
  /** A process that was busy with other things has not listened either. */
  forgiveSilence(nowMs: number): void
  close(): void
}

export interface CursorOptions {
  /** The first sequence. */
  readonly from: number
  readonly askBytes: number
  /** @param delivered each delivery of the cursor counts one up, from 1: a hole is a message that was lost on its way */
  readonly onMessage: (message: StoredMessage, delivered: number) => void
  readonly onAskEnd: () => void
  /** The cursor is of no use any more. One whose stream or server is gone may be silent instead. */
  readonly onGone: (reason: string) => void
}

export interface AppendOptions {
  readonly headers?: EncodedHeaders
  /** Stores it only if the last message of its subject has this sequence; 0: if there is none. */
  readonly expectLast?: number
  readonly timeoutMs: number
}

/**
 * Messages that are kept. Promises: sequences count one up for each message stored, from 1, and are never given out twice by one stream; a message that was acknowledged stays until it
 * is purged, deleted, or dropped by the stream's own settings; one that comes again under its id within the duplicate window is acknowledged and not stored again; a cursor hands out the
 * messages in the order of their sequences. Every call may be repeated. Beside `BrokerError`, which is a definite answer, a call may fail in any way
 * that a repetition may mend (`untilAnswered`).
 */
export interface Streams {
  /** All there are, by name. */
  list(): Promise<ReadonlyMap<string, StreamInfo>>
  /** The names of those that store messages of a subject, which may have wildcards. */
  names(subject: string): Promise<string[]>
  /** @throws BrokerError `stream-missing` */
  info(name: string): Promise<StreamInfo>
  /** Of one that is there with the same settings it does nothing. @throws BrokerError `name-in-use`, `no-room`, `not-made` */
  make(settings: StreamSettings): Promise<void>
  /** Changes limits of a stream. @throws BrokerError `stream-missing`, `no-room` */
  change(name: string, limits: Partial<StreamSettings>): Promise<void>
  /** One that is not there is no fault. */
  drop(name: string): Promise<void>
  /** Removes messages up to a sequence, inclusive, or those of a subject. Sequences go on counting. @throws BrokerError `stream-missing` */
  purge(name: string, which: { readonly through: number } | { readonly subject: string }): Promise<void>
  /** One that is not there is no fault. @throws BrokerError `stream-missing` */
  deleteMessage(name: string, sequence: number): Promise<void>
  /**
   * @param which `from`: the first one from a sequence on
   * @returns undefined when it is not there
   * @throws BrokerError `stream-missing`
   */
  message(
    name: string,
    which: { readonly sequence: number } | { readonly from: number } | { readonly lastOf: string },
  ): Promise<StoredMessage | undefined>
  /** The subjects that have messages in a stream, of those that match. @throws BrokerError `stream-missing` */
  subjects(name: string, filter: string): Promise<string[]>
  /** The last sequence that was stored before an instant, and the server's clock. @throws BrokerError `stream-missing` */
  before(name: string, atMs: number): Promise<{ readonly sequence: number; readonly serverMs: number }>
  /** Resolves once the message is stored. @throws BrokerError */
  append(subject: string, payload: Uint8Array, options: AppendOptions): Promise<{ readonly sequence: number }>
  openAppender(onAnswer: (token: string, answer: Acknowledgement) => void): Appender
  /** @throws BrokerError `stream-missing` */
  openCursor(name: string, options: CursorOptions): Promise<Cursor>
}
