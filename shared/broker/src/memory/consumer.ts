import type { StoredMessage } from '../port.ts'
import type { MemoryStream } from './stream.ts'

/** What a cursor's server says to it. */
export type ConsumerSignal =
  | { readonly kind: 'message'; readonly message: StoredMessage; readonly delivered: number }
  | { readonly kind: 'ask-end' | 'alive' }
  | { readonly kind: 'gone'; readonly reason: string }

/** The server's side of a cursor. */
export interface Consumer {
  ask(): void
  /** A message was stored. */
  offer(): void
  /** Its stream or its server is gone. */
  end(reason: string): void
  close(): void
}

export interface ConsumerOptions {
  readonly stream: MemoryStream
  readonly from: number
  readonly askBytes: number
  readonly tell: (signal: ConsumerSignal) => void
}

const ASK_MESSAGES = 5_000
const EXPIRES_MS = 1_000
const ALIVE_MS = 400
/** A consumer that is not asked for so long is forgotten. */
const INACTIVE_MS = 10_000

interface Ask {
  messages: number
  bytes: number
  readonly expiring: NodeJS.Timeout
}

/** Serves a cursor's asks one after the other. */
export const createConsumer = ({ stream, from, askBytes, tell }: ConsumerOptions): Consumer => {
  let next = from
  let delivered = 0
  let asks: Ask[] = []
  let askedMs = performance.now()
  let isGone = false
  let living: NodeJS.Timeout | undefined

  const settle = (): void => {
    if (asks.length > 0 || living === undefined) return
    clearInterval(living)
    living = undefined
  }
  const endAsk = (ask: Ask): void => {
    if (!asks.includes(ask)) return
    clearTimeout(ask.expiring)
    asks = asks.filter((one) => one !== ask)
    askedMs = performance.now()
    settle()
    tell({ kind: 'ask-end' })
  }
  const close = (): void => {
    isGone = true
    for (const { expiring } of asks) clearTimeout(expiring)
    asks = []
    settle()
  }
  const offer = (): void => {
    while (asks.length > 0) {
      const message = stream.next(next)
      if (message === undefined) return
      const [ask] = asks
      if (message.data.length > ask.bytes && ask.bytes < askBytes) {
        endAsk(ask)
        continue
      }
      next = message.sequence + 1
      ask.messages--
      ask.bytes -= message.data.length
      tell({ kind: 'message', message, delivered: ++delivered })
      if (ask.messages === 0) endAsk(ask)
    }
  }
  return {
    ask: () => {
      if (isGone || (asks.length === 0 && performance.now() - askedMs > INACTIVE_MS)) {
        isGone = true
        return tell({ kind: 'gone', reason: 'the consumer is gone' })
      }
      const ask: Ask = {
        messages: ASK_MESSAGES,
        bytes: askBytes,
        expiring: setTimeout(() => endAsk(ask), EXPIRES_MS),
      }
      asks.push(ask)
      living ??= setInterval(() => tell({ kind: 'alive' }), ALIVE_MS)
      offer()
    },
    offer,
    end: (reason) => {
      close()
      tell({ kind: 'gone', reason })
    },
    close,
  }
}
