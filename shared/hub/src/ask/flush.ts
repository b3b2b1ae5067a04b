import { type StreamPosition, subjects } from '@fleetlake/contracts'
import { FleetError, orAborted, sleep } from '@fleetlake/core'
import type { Answer, MessageHub } from '../connection/hub.ts'

const ANSWER_MS = 3000
const PAUSE_MS = 500

export interface FlushOptions {
  readonly signal: AbortSignal
  /** Told often: the partitions that the table does not hold yet, and those of them that have no collector. */
  onWaiting(waiting: { partitions: number[]; unowned: number[] }): void
}

/**
 * Has the collectors put streams, up to these positions, into the table; asks again for as long as it takes. No collector, no
 * answer and a malformed one are no faults: a collector may be on its way.
 * @returns whether the table holds all of it; false only when aborted
 * @throws FleetError `hub.closed`
 */
export const flushStreams = async (
  hub: MessageHub,
  streams: readonly StreamPosition[],
  { signal, onWaiting }: FlushOptions,
): Promise<boolean> => {
  const open = new Set(streams.map(({ partition }) => partition))
  const unowned = new Set<number>()
  const tell = (): void => onWaiting({ partitions: [...open], unowned: [...unowned] })

  const flush = async (position: StreamPosition): Promise<void> => {
    const { partition } = position
    while (!signal.aborted) {
      const answer = await ask(hub, position)
      if (answer.status === 'answered' && answer.data.committed >= position.sequence) {
        open.delete(partition)
        unowned.delete(partition)
        return tell()
      }
      if (answer.status === 'no-responder') unowned.add(partition)
      else unowned.delete(partition)
      tell()
      await sleep(PAUSE_MS, signal)
    }
  }
  tell()
  await orAborted(Promise.all(streams.map(flush)), signal)
  return open.size === 0
}

const ask = async (hub: MessageHub, position: StreamPosition): Promise<Answer<'flushed'>> => {
  try {
    return await hub.request('flush', 'flushed', subjects.flush(position.partition), position, { timeoutMs: ANSWER_MS })
  } catch (error) {
    if (error instanceof FleetError && error.code === 'hub.closed') throw error
    return { status: 'timeout' }
  }
}
