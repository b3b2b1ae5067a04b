import { type FaultDetails, type FaultKind, RequestFault } from './requests.ts'

/** A client's error, of any client library. */
export interface Answer {
  /** HTTP; undefined when there was none. */
  readonly status: number | undefined
  /** The service's own name for it, e.g. `NoSuchBucket`, or the system's, e.g. `ECONNRESET`. */
  readonly code: string
  readonly message: string
  readonly retryAfterMs?: number
  readonly cause: unknown
}

/** What to do about an answer that repeating does not mend, by its code; the first that fits. */
export type Advice = readonly (readonly [code: RegExp, advice: string])[]

/** The request did not reach a server. */
const UNREACHABLE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/
const THROTTLED = /^(SlowDown|ServerBusy|TooManyRequests\w*|Throttl\w*|RequestLimitExceeded|BandwidthLimitExceeded)$/
/** Repeating asks with the server's time, which the client has learnt. */
const CLOCK = /^(RequestTimeTooSkewed|RequestExpired)$/
const CONFLICT = /^(ConditionalRequestConflict|OperationAborted)$/
const CONDITION = /^(PreconditionFailed|ConditionNotMet|BlobAlreadyExists|TargetConditionNotMet)$/
/** The parts of an upload are no longer what they were. */
const GONE = /^(NoSuchUpload|InvalidBlockList|InvalidPart)$/

const kindOf = ({ status, code }: Answer): FaultKind => {
  if (CONDITION.test(code) || status === 412) return 'condition'
  if (GONE.test(code)) return 'gone'
  if (UNREACHABLE.test(code) || THROTTLED.test(code) || CLOCK.test(code) || CONFLICT.test(code) || status === 429) {
    return 'again'
  }
  if (UNTRUSTED.test(code)) return 'final'
  const isTimeout = status === 408 || code === 'RequestTimeout' || code === 'IncompleteBody' || code === 'BadDigest'
  if (status === undefined || isTimeout || status < 300 || (status >= 500 && status !== 501)) return 'unknown'
  return 'final'
}

/** Advice comes after what happened. */
export const faultOfAnswer = (answer: Answer, advice: Advice): RequestFault => {
  const { status, code, message, retryAfterMs = 0, cause } = answer
  const kind = kindOf(answer)
  const said = message === '' || message === 'UnknownError' || message.startsWith(code) ? code : `${code}: ${message}`
  const told = status === undefined ? said : `${said} (HTTP ${status})`
  const todo = advice.find(([pattern]) => pattern.test(code))?.[1]
  const details: FaultDetails = {
    isThrottled: THROTTLED.test(code) || status === 503 || status === 429,
    retryAfterMs,
    cause,
  }
  return new RequestFault(kind, todo === undefined ? told : `${told}: ${todo}`, details)
}
