import type { StreamMark } from '@fleetlake/contracts'
import { furthestMarks, isBroken, type StreamStates } from '@fleetlake/hub'

/** A state of a stream that is not there any more, though nothing that this process has read tells it. */
export type BrokenState = Pick<StreamMark, 'created' | 'epoch'>

export interface BrokenStreamsDeps {
  /** How far collectors have noted the streams. */
  marks(): Promise<readonly StreamMark[]>
  streams(): Promise<StreamStates>
  /** When a message was stored, ms since the epoch; undefined when it is not there. */
  storedAt(partition: number, sequence: number): Promise<number | undefined>
}

/**
 * The streams of which the hub does not hold what was noted of them, by partition. Invariant: this is asked when a connection to a hub begins, which may have been restored, and
 * before a search relies on its streams.
 */
export const findBrokenStreams = async (deps: BrokenStreamsDeps): Promise<ReadonlyMap<number, BrokenState>> => {
  const marks = furthestMarks(await deps.marks())
  const broken = new Map<number, BrokenState>()
  if (marks.size === 0) return broken
  const streams = await deps.streams()
  for (const [partition, mark] of marks) {
    const stream = streams.get(partition)
    if (stream === undefined || stream.created !== mark.created) continue
    const storedAt = mark.timestampMs === undefined ? undefined : await deps.storedAt(partition, mark.sequence)
    if (isBroken(mark, stream, storedAt)) broken.set(partition, { created: mark.created, epoch: mark.epoch })
  }
  return broken
}
