import type { Msg } from '@nats-io/nats-core'
import type { Acknowledgement } from '../port.ts'
import { API_CODES } from './api-codes.ts'
import { headersOf, NO_RESPONDERS } from './headers.ts'

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
  reason,
  isFull: code === API_CODES.storeFailed && reason.includes('maximum bytes exceeded'),
  isFinal: FINAL_CODES.has(code),
})

export const UNCLEAR: Acknowledgement = { kind: 'unclear' }
export const NO_STREAM: Acknowledgement = rejection(NO_RESPONDERS, 'no stream takes messages of this subject')

/** What a stream answers to a publish. */
export const parseAcknowledgement = (message: Msg): Acknowledgement => {
  if (message.data.length === 0) {
    const code = headersOf(message)?.code
    return code === NO_RESPONDERS ? NO_STREAM : UNCLEAR
  }
  const answer = answerIn(message)
  if (answer === undefined) return UNCLEAR
  const { error, seq, duplicate } = answer
  if (error) {
    // An earlier attempt is being stored: its own answer, or that to a repetition, says how it ended.
    if (error.err_code === API_CODES.idInProcess) return UNCLEAR
    return rejection(error.err_code ?? 0, error.description ?? 'no reason given')
  }
  return typeof seq === 'number' ? { kind: 'stored', sequence: seq, duplicate: duplicate === true } : UNCLEAR
}

const answerIn = (message: Msg): PublishAnswer | undefined => {
  try {
    const answer: unknown = message.json()
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}
