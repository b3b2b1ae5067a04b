import type { Msg } from '@nats-io/nats-core'
import { headersOf } from './cloud-event.ts'
import { API_CODES } from './jet-stream.ts'
import { NO_RESPONDERS } from './no-responders.ts'

/** What a stream answers to a publish. A rejection is definite: the message is not stored. Noise says nothing about it. */
export type Acknowledgement =
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  | {
      readonly kind: 'rejected'
      readonly code: number
      readonly reason: string
      /** The stream's `maxBytes` is reached. */
      readonly isFull: boolean
      /** Repeating it can never help. */
      readonly isFinal: boolean
    }
  | { readonly kind: 'noise' }

interface PublishAnswer {
  readonly seq?: number
  readonly duplicate?: boolean
  readonly error?: { readonly err_code?: number; readonly description?: string } | null
}

/** All others pass: limits are raised, room is made, servers come back. */
const FINAL_CODES: ReadonlySet<number> = new Set([
  API_CODES.messageTooLarge,
  API_CODES.headersTooLarge,
  API_CODES.otherStreamExpected,
  API_CODES.streamSealed,
])

const rejection = (code: number, reason: string): Acknowledgement => ({
  kind: 'rejected',
  code,
  reason,
  isFull: code === API_CODES.storeFailed && reason.includes('maximum bytes exceeded'),
  isFinal: FINAL_CODES.has(code),
})

const NOISE: Acknowledgement = { kind: 'noise' }

export const parseAcknowledgement = (message: Msg): Acknowledgement => {
  if (message.data.length === 0) {
    const code = headersOf(message)?.code
    return code === NO_RESPONDERS ? rejection(code, 'no stream takes the moves of this partition') : NOISE
  }
  const answer = answerIn(message)
  if (answer === undefined) return NOISE
  const { error, seq, duplicate } = answer
  if (error) {
    // An earlier attempt is being stored: its own answer, or that to a repetition, says how it ended.
    if (error.err_code === API_CODES.idInProcess) return NOISE
    return rejection(error.err_code ?? 0, error.description ?? 'no reason given')
  }
  return typeof seq === 'number' ? { kind: 'stored', sequence: seq, duplicate: duplicate === true } : NOISE
}

const answerIn = (message: Msg): PublishAnswer | undefined => {
  try {
    const answer: unknown = message.json()
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}
