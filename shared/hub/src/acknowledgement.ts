import type { Msg } from '@nats-io/nats-core'
import { headersOf } from './cloud-event.ts'
import { API_CODES } from './jet-stream.ts'

/** What a stream answers to a publish. A rejection is definite: the message is not stored. */
export type Acknowledgement =
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  | {
      readonly kind: 'rejected'
      readonly code: number
      readonly reason: string
      /** The stream's `maxBytes` is reached. */
      readonly isFull: boolean
      /** Repeating it would not help. */
      readonly isFinal: boolean
    }
  | { readonly kind: 'noise' }

interface PublishAnswer {
  readonly seq?: number
  readonly duplicate?: boolean
  readonly error?: { readonly code?: number; readonly err_code?: number; readonly description?: string }
}

const rejection = (code: number, reason: string, isFinal: boolean): Acknowledgement => ({
  kind: 'rejected',
  code,
  reason,
  isFull: code === API_CODES.storeFailed && reason.includes('maximum bytes exceeded'),
  isFinal,
})

export const parseAcknowledgement = (message: Msg): Acknowledgement => {
  if (message.data.length === 0) {
    const code = headersOf(message)?.code
    return code === 503 ? rejection(code, 'no stream takes the moves of this partition', false) : { kind: 'noise' }
  }
  let answer: PublishAnswer
  try {
    answer = message.json<PublishAnswer>()
  } catch {
    return { kind: 'noise' }
  }
  const { error, seq } = answer
  if (error !== undefined) {
    // The server's faults (5xx) pass; a message that breaks a rule (4xx) breaks it again.
    return rejection(error.err_code ?? 0, error.description ?? 'no reason given', (error.code ?? 500) < 500)
  }
  if (typeof seq !== 'number') return { kind: 'noise' }
  return { kind: 'stored', sequence: seq, duplicate: answer.duplicate === true }
}
