import { AckPolicy, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import { createInbox, nanos, type Msg, type NatsConnection } from '@nats-io/nats-core'
import type { Cursor, CursorOptions, StoredMessage } from '../port.ts'
import { parseDelivery, type Delivery } from './delivery.ts'
import { headerOf, headersOf, NO_RESPONDERS } from './headers.ts'

const EXPIRES_MS = 1_000
const HEARTBEAT_MS = 400
const SILENCE_MS = 3 * HEARTBEAT_MS
const ASK_MESSAGES = 5_000
/** How long the consumer of a cursor that asks for nothing stays. */
const INACTIVE_MS = 10_000

const utf8 = new TextEncoder()

const storedMessage = ({ sequence, timestampMs }: Delivery, message: Msg): StoredMessage => ({
  sequence,
  timestampMs,
  get subject() {
    return message.subject
  },
  header: (name) => headerOf(headersOf(message), name),
  get data() {
    return message.data
  },
})

/**
 * An ephemeral pull consumer without acknowledgements. The client's own `consume()` bounds messages or bytes, not both, and does not tell a lost delivery from a
 * slow one.
 * @throws what the server answers
 */
export const openCursor = async (
  connection: NatsConnection,
  manager: JetStreamManager,
  stream: string,
  {
    from,
    askBytes,
    inbox: prefix,
    onMessage,
    onAskEnd,
    onGone,
  }: CursorOptions & { readonly inbox: string | undefined },
): Promise<Cursor> => {
  const { name } = await manager.consumers.add(stream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
    ack_policy: AckPolicy.None,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(INACTIVE_MS),
  })
  const inbox = createInbox(prefix)
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
    onMessage(storedMessage(delivery, message), delivery.delivered)
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
      // Without an answer: the server forgets an idle consumer anyway.
      connection.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`)
    },
  }
}
