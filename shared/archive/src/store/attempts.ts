import { setTimeout as delay } from 'node:timers/promises'
import { RequestFault } from './requests.ts'

export interface Patience {
  /** How often a request is made at most. */
  readonly attempts: number
  /** How long one may take, ms; what carries many bytes gets more. */
  readonly timeoutMs: number
}

/** The slowest line that still counts as one. */
const BYTES_PER_MS = 1_024
const FIRST_PAUSE_MS = 100
const FIRST_PAUSE_WHEN_THROTTLED_MS = 1_000
const LONGEST_PAUSE_MS = 10_000

/** Full jitter: anything up to twice the last bound, so that many that failed together don't come again together. */
export const pauseOf = (attempt: number, { isThrottled, retryAfterMs }: RequestFault, random = Math.random): number => {
  const first = isThrottled ? FIRST_PAUSE_WHEN_THROTTLED_MS : FIRST_PAUSE_MS
  return retryAfterMs + random() * Math.min(LONGEST_PAUSE_MS, first * 2 ** (attempt - 1))
}

/**
 * One request within its time. A request that takes longer is given up, and its outcome unknown.
 * @param bytes that it carries there
 * @param request calls `onBytes` when something came back: the time begins again
 */
export const within = async <T>(
  { timeoutMs }: Patience,
  bytes: number,
  request: (signal: AbortSignal, onBytes: () => void) => Promise<T>,
): Promise<T> => {
  const aborter = new AbortController()
  const limitMs = timeoutMs + bytes / BYTES_PER_MS
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new RequestFault('unknown', `no answer within ${Math.round(limitMs / 100) / 10} s`))
    aborter.abort()
  }, limitMs)
  try {
    return await Promise.race([request(aborter.signal, () => void timer.refresh()), tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Makes a request until it succeeds, fails for good, or has been made often enough. @throws RequestFault of the last one */
export const repeat = async <T>({ attempts }: Patience, request: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error
      const isRepeatable = error.kind === 'again' || error.kind === 'unknown'
      if (!isRepeatable || attempt >= attempts) throw error
      await delay(pauseOf(attempt, error))
    }
  }
}
