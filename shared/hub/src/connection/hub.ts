import type { ConnectionStatus, Control, ReceivedMessage, Streams } from '@fleetlake/broker'
import type { Message, MessageInput, MessageName } from '@fleetlake/contracts'
import type { FleetError, TraceContext, Tracer } from '@fleetlake/core'

export type HubStatus = ConnectionStatus

/** Who speaks. */
export interface SpeakerOptions {
  /** The name of the service, e.g. `event-finder`: part of `ce-source`. */
  readonly service: string
  /** A token of this process; random when missing. */
  readonly uid?: string
  /** Who asks, as one token (`personToken`); `anyone` when missing. */
  readonly person?: string | undefined
  /** Told of what the handling of a message threw: a fault of this program, which goes on. On the console when missing. */
  readonly onFault?: ((error: FleetError) => void) | undefined
  /** Records what is done over this connection; nothing is recorded when missing. */
  readonly tracer?: Tracer | undefined
}

export interface HubOptions extends SpeakerOptions {
  /** Below it the server sends answers to this client's requests; `_INBOX` when missing. */
  readonly requestInbox?: string | undefined
  readonly url: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly onStatus?: (status: HubStatus) => void
  /** Gives up the first connect; later, `close` does. */
  readonly signal?: AbortSignal
}

export interface SendOptions {
  /** Where answers go. */
  readonly reply?: string
  /** Beside those of CloudEvents. */
  readonly headers?: Readonly<Record<string, string>>
  /** What it belongs to, where that is traced. */
  readonly trace?: TraceContext | undefined
  /** `ce-id`; unique within this process when missing. */
  readonly id?: string
  /** `ce-subject`: what the event is about. */
  readonly about?: string
  /** Of the data; from the message's definition when missing. */
  readonly contentType?: string
}

/** A message that came and was found valid. */
export interface Received<Name extends MessageName> {
  readonly id: string
  readonly type: string
  readonly source: string
  /** RFC 3339, by its sender's clock, which may be anything: nothing is decided by it. Empty when missing. */
  readonly time: string
  readonly subject: string
  /** Whom the subject names as its sender; empty where a message's subject names no one. */
  readonly person: string
  readonly reply?: string
  /** Of the payload. */
  readonly bytes: number
  headers(name: string): string | undefined
  /** Of JSON messages what the schema makes of it; else the bytes, a view: a caller that keeps it copies it. */
  readonly data: Message<Name>
}

export interface ListenOptions {
  /** Each message goes to one listener of the queue. */
  readonly queue?: string
  /** Told of malformed messages: those that are no CloudEvents, of another type, or do not fit their schema. Ignored when missing. */
  readonly onInvalid?: (error: FleetError, raw: ReceivedMessage) => void
  /** Has a sender who waits for an answer told, when the handling of a message threw. */
  readonly onFault?: (error: unknown, raw: ReceivedMessage) => void
}

export interface Listener {
  /** Handles what has come already, then resolves. */
  close(): Promise<void>
}

export type Answer<Name extends MessageName> =
  | { readonly status: 'answered'; readonly data: Message<Name> }
  | { readonly status: 'no-responder' | 'timeout' }

/** A connection to the hub, for messages; it comes back for as long as it takes. */
export interface MessageHub {
  readonly uid: string
  readonly service: string
  /** Who asks, as one token. */
  readonly person: string
  /** Undefined where nothing is recorded. */
  readonly tracer: Tracer | undefined
  readonly control: Control
  /** Where answers to a question of this id go. */
  inbox(id: string): string
  status(): HubStatus
  /** @returns stops telling */
  onStatus(tell: (status: HubStatus) => void): () => void
  /**
   * At most once: what is sent while disconnected may be lost.
   * @throws FleetError `message.invalid` when it is larger than the server takes, `hub.closed` after `close`
   */
  send<Name extends MessageName>(name: Name, subject: string, data: MessageInput<Name>, options?: SendOptions): void
  /**
   * Invariant: neither a malformed message nor a handler that throws ends it, or the process; what asks for its answer anywhere but at an inbox of its sender is not heard
   * at all. Handlers of several messages may run at once. What one throws is told to `onFault` of the hub.
   */
  listen<Name extends MessageName>(
    name: Name,
    subject: string,
    handle: (message: Received<Name>) => void | Promise<void>,
    options?: ListenOptions,
  ): Listener
  /** @throws FleetError `message.invalid` when the answer is malformed */
  request<Name extends MessageName, AnswerName extends MessageName>(
    name: Name,
    answer: AnswerName,
    subject: string,
    data: MessageInput<Name>,
    options: { timeoutMs: number },
  ): Promise<Answer<AnswerName>>
  /** Resolves once the server has taken all that was sent. */
  flush(): Promise<void>
  /** Handles what has come, sends what is waiting, disconnects. */
  close(): Promise<void>
}

/** A connection to the hub, for messages and for what the hub keeps. */
export interface Hub extends MessageHub {
  readonly streams: Streams
}
