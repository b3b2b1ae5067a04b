import { orAborted, sleep } from '@fleetlake/core'
import type { StreamPosition } from '@fleetlake/contracts'
import type { MovePublisher } from './move-publisher.ts'

export interface DrainOptions {
  readonly signal: AbortSignal
  /** How long to go on once the signal is aborted. */
  readonly graceMs: number
}

/**
 * Waits until all that was published is stored, for as long as it takes; once aborted, for `graceMs` more at most.
 * @returns what `drain` does; undefined when given up
 * @throws FleetError as `drain` does
 */
export const drainWithin = async (
  publisher: MovePublisher,
  { signal, graceMs }: DrainOptions,
): Promise<StreamPosition[] | undefined> => {
  const ended = new AbortController()
  const givenUp = new AbortController()
  const giveUpSoon = (): void => {
    void sleep(graceMs, ended.signal).then(() => givenUp.abort())
  }
  if (signal.aborted) giveUpSoon()
  else signal.addEventListener('abort', giveUpSoon, { once: true, signal: ended.signal })
  let streams: StreamPosition[] | undefined
  const drain = async (): Promise<void> => {
    streams = await publisher.drain()
  }
  try {
    await orAborted(drain(), givenUp.signal)
    return streams
  } finally {
    ended.abort()
  }
}
