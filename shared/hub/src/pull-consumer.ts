import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream'
import { createInbox, nanos, type Msg } from '@nats-io/nats-core'
import { headersOf } from './cloud-event.ts'
import { parseDelivery, type Delivery } from './delivery.ts'
import type { Hub } from './hub.ts'
import { streamsOf } from './jet-stream.ts'
import { NO_RESPONDERS } from './no-responders.ts'

/** A consumer of a stream that gets only what it asks for, and is forgotten by the server when it asks no more. */
export interface PullConsumer {
  /** Asks for messages up to a number of bytes; the answer ends after a second at the latest. */
  ask(): void
  /** Asks whose answer has not ended. */
  asksOut(): number
  /** Neither a message nor a heartbeat came, though asked. */
  isSilent(nowMs: number): boolean
  /** A process that was busy with other things has not listened either. */
  forgiveSilence(nowMs: number): void
  close(): void
}

export interface PullConsumerOptions {
  readonly stream: string
  /** The first sequence. */
  readonly from: number
  readonly askBytes: number
  readonly onMessage: (delivery: Delivery, message: Msg) => void
  readonly onAskEnd: () => void
  /** The consumer is of no use any more. */
  readonly onGone: (reason: string) => void
}

const EXPIRES_MS = 1_000
const HEARTBEAT_MS = 400
const SILENCE_MS = 3 * HEARTBEAT_MS
const ASK_MESSAGES = 5_000
/** How long a paused reader's consumer stays. */
const INACTIVE_MS = 10_000

const utf8 = new TextEncoder()

/** @throws what the server answers */
export const openPullConsumer = async (hub: Hub, options: PullConsumerOptions): Promise<PullConsumer> => {
  const { stream, from, askBytes, onMessage, onAskEnd, onGone } = options
  const streams = await streamsOf(hub)
  const { name } = await streams.consumers.add(stream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
    ack_policy: AckPolicy.None,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(INACTIVE_MS),
  })
  const { connection } = hub
  const inbox = createInbox()
  const question = utf8.encode(
    JSON.stringify({
      batch: ASK_MESSAGES,
      max_bytes: askBytes,
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    }),
  )
  let asked = 0
  /** In the order in which the server serves them. */
  let asks: { readonly id: number; left: number }[] = []
  let heardAt = performance.now()
  let isOpen = true

  const end = (id: number): void => {
    asks = asks.filter((ask) => ask.id !== id)
    onAskEnd()
  }
  const hear = (message: Msg): void => {
    heardAt = performance.now()
    const delivery = parseDelivery(message.reply ?? '')
    if (delivery === undefined) return hearStatus(message)
    const [head] = asks
    onMessage(delivery, message)
    if (head !== undefined && --head.left === 0) end(head.id)
  }
  const hearStatus = (message: Msg): void => {
    const headers = headersOf(message)
    const code = headers?.code ?? 0
    if (code === 100) return
    const reason = headers?.description ?? ''
    const isEnd = code === 408 || code === 404 || (code === 409 && /max ?bytes/i.test(reason))
    if (isEnd) end(Number(message.subject.slice(inbox.length + 1)))
    else onGone(code === NO_RESPONDERS ? 'the consumer is gone' : reason)
  }
  const subscription = connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (isOpen && error === null) hear(message)
    },
  })

  return {
    ask: () => {
      if (asks.length === 0) heardAt = performance.now()
      asks.push({ id: ++asked, left: ASK_MESSAGES })
      connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`, question, { reply: `${inbox}.${asked}` })
    },
    asksOut: () => asks.length,
    isSilent: (nowMs) => asks.length > 0 && nowMs - heardAt > SILENCE_MS,
    forgiveSilence: (nowMs) => {
      heardAt = nowMs
    },
    close: () => {
      isOpen = false
      if (connection.isClosed() || connection.isDraining()) return
      subscription.unsubscribe()
      // Nobody waits for it: the server forgets an idle consumer anyway.
      if (hub.status().state === 'connected') connection.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`)
    },
  }
}
