import { setTimeout } from 'node:timers/promises'
import { type StreamPosition, subjects } from '@fleetlake/contracts'
import type { Hub } from '@fleetlake/hub'
import { orAborted } from '../agent/or-aborted.ts'

const ANSWER_MS = 3000
const PAUSE_MS = 500

export interface FlushOptions {
  readonly signal: AbortSignal
  /** The partitions that are not flushed yet, and whether some have no collector. */
  onWaiting(waiting: { partitions: number[]; unowned: number[] }): void
}

/**
 * Asks the collectors to archive streams up to a sequence, and again for as long as it takes: nobody there and no answer are
 * no faults, a collector may be on its way.
 * @returns whether the table holds all of it; false only when aborted
 */
export const flushStreams = async (
  hub: Hub,
  streams: readonly StreamPosition[],
  { signal, onWaiting }: FlushOptions,
): Promise<boolean> => {
  const open = new Set(streams.map(({ partition }) => partition))
  const unowned = new Set<number>()
  const tell = (): void => onWaiting({ partitions: [...open], unowned: [...unowned] })

  const flush = async (position: StreamPosition): Promise<void> => {
    const { partition } = position
    while (!signal.aborted) {
      const answer = await hub
        .request('flush', 'flushed', subjects.flush(partition), position, { timeoutMs: ANSWER_MS })
        .catch(() => ({ status: 'timeout' as const }))
      if (answer.status === 'answered' && answer.data.committed >= position.sequence) {
        open.delete(partition)
        unowned.delete(partition)
        return tell()
      }
      if (answer.status === 'no-responder') unowned.add(partition)
      else unowned.delete(partition)
      tell()
      await setTimeout(PAUSE_MS, undefined, { signal }).catch(() => {})
    }
  }
  tell()
  await orAborted(Promise.all(streams.map(flush)), signal)
  return open.size === 0
}
