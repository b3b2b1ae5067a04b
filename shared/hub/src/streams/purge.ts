import { untilAnswered } from '@fleetlake/broker'
import { moveStreamName } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'

/** What a message must be older than the duplicate window before it may go. */
const MARGIN_MS = 30_000

export interface PurgeableOptions {
  readonly partition: number
  /** The table holds the stream up to here. */
  readonly committed: number
  readonly duplicateWindowMs: number
}

/**
 * Invariant, trailing purge: what may go is committed and, by the server's timestamps and clock, older than the duplicate window
 * + 30 s, since a restarted server remembers only the ids of what it stores; the last committed message stays.
 * @returns the highest such sequence; 0 when there is none
 */
export const findPurgeable = (hub: Hub, { partition, ...options }: PurgeableOptions): Promise<number> =>
  findPurgeableIn(hub, { stream: moveStreamName(partition), ...options })

/** The same of any stream. */
export const findPurgeableIn = async (
  { control, streams }: Hub,
  { stream, committed, duplicateWindowMs }: Omit<PurgeableOptions, 'partition'> & { readonly stream: string },
): Promise<number> => {
  const ageMs = duplicateWindowMs + MARGIN_MS
  if (committed <= 1) return 0
  const before = async (atMs: number) => ({
    atMs,
    ...(await untilAnswered(control, () => streams.before(stream, atMs))),
  })
  let look = await before(Date.now() - ageMs)
  // Our clock is ahead of the server's.
  if (look.atMs > look.serverMs - ageMs) look = await before(look.serverMs - ageMs)
  return Math.max(0, Math.min(look.sequence, committed - 1))
}

/** Removes the messages up to `sequence`, inclusive. Sequences go on counting. */
export const purgeThrough = async ({ control, streams }: Hub, partition: number, sequence: number): Promise<void> => {
  if (sequence < 1) return
  await untilAnswered(control, () => streams.purge(moveStreamName(partition), { through: sequence }))
}
