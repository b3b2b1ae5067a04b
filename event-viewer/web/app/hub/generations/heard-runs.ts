import type { Message } from '@fleetlake/contracts'

export type RunStatus = Message<'generationStatus'>

/** A run that anyone has asked for, by its own messages, as it is known at an instant. */
export interface HeardRun {
  readonly status: RunStatus
  readonly isEnded: boolean
  /** How long there has been no word of it; null while it is heard, and once it has ended. */
  readonly silentMs: number | null
}

/** What was heard, by run. */
export type HeardRuns = ReadonlyMap<string, { readonly status: RunStatus; readonly heardMs: number }>

export const NO_RUNS: HeardRuns = new Map()

const MOST_RUNS = 100
const SILENT_MS = 10_000
/** How long one that has ended, or fell silent, is still told of. */
const FORGET_MS = 60_000

const hasEnded = ({ status }: RunStatus): boolean =>
  status === 'complete' || status === 'stopped' || status === 'failed'

/** Runs are bounded in number: beyond, the one that was not heard for the longest goes. */
export const hearRun = (heard: HeardRuns, status: RunStatus, nowMs: number): HeardRuns => {
  const next = new Map(heard).set(status.run, { status, heardMs: nowMs })
  if (next.size <= MOST_RUNS) return next
  const [oldest] = [...next].toSorted(([, a], [, b]) => a.heardMs - b.heardMs)
  next.delete(oldest[0])
  return next
}

/** Without those of which there was no word for a minute. */
export const forgetRuns = (heard: HeardRuns, nowMs: number): HeardRuns => {
  const kept = [...heard].filter(([, { heardMs }]) => nowMs - heardMs < FORGET_MS)
  return kept.length === heard.size ? heard : new Map(kept)
}

/** In the order in which they were started, the same on every page. */
export const runsAt = (heard: HeardRuns, nowMs: number): HeardRun[] => {
  const started = [...heard.values()].toSorted(
    ({ status: a }, { status: b }) => a.startedAt.localeCompare(b.startedAt) || a.run.localeCompare(b.run),
  )
  return started.map(({ status, heardMs }) => {
    const isEnded = hasEnded(status)
    const silentMs = nowMs - heardMs
    return { status, isEnded, silentMs: !isEnded && silentMs > SILENT_MS ? silentMs : null }
  })
}
