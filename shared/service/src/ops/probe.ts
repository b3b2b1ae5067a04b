import { reasonOf, repeat } from '@fleetlake/core'

export interface ProbeOptions {
  /** What is tried, as a part of a sentence: `the archive`. */
  readonly what: string
  /** Rejects with what is wrong. */
  readonly work: () => Promise<unknown>
  readonly signal: AbortSignal
  readonly everyMs?: number
  /** Without an answer for so long, something is wrong too. */
  readonly patienceMs?: number
}

const EVERY_MS = 5_000
const PATIENCE_MS = 10_000

/** Tries something now and then, one at a time. @returns what is wrong with it, a sentence; undefined while nothing is known to be */
export const startProbe = (options: ProbeOptions): (() => string | undefined) => {
  const { what, work, signal, everyMs = EVERY_MS, patienceMs = PATIENCE_MS } = options
  let fault: string | undefined
  let startedAt: number | undefined
  const attempt = async (): Promise<void> => {
    startedAt = performance.now()
    try {
      await work()
      fault = undefined
    } catch (error) {
      fault = `${what} can not be used: ${reasonOf(error)}`
    }
    startedAt = undefined
  }
  void attempt().then(() => repeat(attempt, { everyMs, signal }))
  return () => {
    const isLate = startedAt !== undefined && performance.now() - startedAt > patienceMs
    return fault ?? (isLate ? `there is no answer from ${what}` : undefined)
  }
}
