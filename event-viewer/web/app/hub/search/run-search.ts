import { MAX_LIMIT } from './search-answer.ts'
import { askVehicles, type MessageHub } from '@fleetlake/hub/browser'
import { boxArea, createCadenceCollector, createRowCollector, joinRows } from '@fleetlake/viewer-core'
import type { SearchAnswer, SearchInput, SearchProgress } from './search-answer.ts'
import { lastMeasures } from './last-measures.ts'
import { summariseVehicles } from './summarise.ts'

const PROGRESS_MS = 100

export interface RunSearchOptions {
  readonly onProgress: (progress: SearchProgress) => void
  /** Aborted: the search is cancelled; what has come is the answer. */
  readonly signal: AbortSignal
}

const GLOBE = boxArea(-180, -90, 180, 90)

/** Asks, gathers what comes, sorts and sums it up. Memory is bounded by the limit, which is always sent. */
export const runSearch = async (
  hub: MessageHub,
  input: SearchInput,
  { onProgress, signal }: RunSearchOptions,
): Promise<SearchAnswer> => {
  const limit = Math.min(input.limit, MAX_LIMIT)
  const collector = createRowCollector({ maxRows: limit })
  const cadences = createCadenceCollector()
  const beganMs = performance.now()
  let toldMs = -Infinity
  let told: Pick<SearchProgress, 'tasks' | 'rows'> = {
    tasks: { total: 0, done: 0 },
    rows: { total: 0, read: 0, selected: 0 },
  }
  const tell = (): void => {
    const nowMs = performance.now()
    if (nowMs - toldMs < PROGRESS_MS) return
    toldMs = nowMs
    const { tasks, rows } = told
    onProgress({ tasks, rows, received: collector.rows(), elapsedMs: nowMs - beganMs })
  }
  const answer = askVehicles(
    hub,
    { ...input, ...(input.areas === undefined ? { area: input.area ?? GLOBE } : {}), limit },
    {
      signal,
      onProgress: (progress) => {
        told = progress
        tell()
      },
    },
  )
  for await (const batch of answer) {
    collector.add(batch.rows)
    cadences.add(batch)
    tell()
  }
  const outcome = await answer.outcome
  const found = { ...collector.finish(), cadences: cadences.known }
  const joined = joinRows(found, 'automatic')
  return {
    query: answer.query,
    input: { ...input, limit },
    outcome,
    found,
    joined,
    summaries: summariseVehicles(found, joined.isJoined),
    lastMeasures: lastMeasures(found),
  }
}
