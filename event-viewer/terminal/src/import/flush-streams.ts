import { setTimeout as delay } from 'node:timers/promises'
import { type StreamPosition, subjects } from '@fleetlake/contracts'
import type { Hub } from '@fleetlake/hub'

const ANSWER_MS = 10_000
const PAUSE_MS = 500

export interface FlushStreamsOptions {
  readonly signal: AbortSignal
  /** Told when it changes: partitions that the table holds now, and whether nobody answers for some of the others. */
  readonly onProgress: (progress: { done: number; unanswered: boolean }) => void
}

/**
 * Has the collectors put the streams, up to these positions, into the table; asks again for as long as it takes.
 * @returns whether the table holds them; false only when aborted
 */
export const flushStreams = async (
  hub: Hub,
  streams: readonly StreamPosition[],
  { signal, onProgress }: FlushStreamsOptions,
): Promise<boolean> => {
  const unanswered = new Set<number>()
  let done = 0
  const tell = (): void => onProgress({ done, unanswered: unanswered.size > 0 })
  const flush = async (position: StreamPosition): Promise<void> => {
    const { partition, sequence } = position
    while (!signal.aborted) {
      const answer = await hub.request('flush', 'flushed', subjects.flush(partition), position, {
        timeoutMs: ANSWER_MS,
      })
      if (answer.status === 'answered') unanswered.delete(partition)
      else unanswered.add(partition)
      if (answer.status === 'answered' && answer.data.committed >= sequence) done++
      tell()
      if (answer.status === 'answered' && answer.data.committed >= sequence) return
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([Promise.all(streams.map(flush)), aborted])
  return done === streams.length
}
