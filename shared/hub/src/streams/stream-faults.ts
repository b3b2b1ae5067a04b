import { moveStreamName, type StreamMark } from '@fleetlake/contracts'
import { newestOf, type TableOffsets } from '../read/begin-at.ts'
import { furthestMarks, isBroken, isOutdated } from '../read/stream-marks.ts'
import { judge } from '../read/stream-verdict.ts'
import type { StreamStates } from './look-at-streams.ts'

/** What a table, its marks and the hub say of the move streams. */
export interface StreamFacts {
  readonly offsets: TableOffsets
  /** The partitions that there are to be. */
  readonly partitions: readonly number[]
  readonly streams: StreamStates
  readonly marks: readonly StreamMark[]
  /** When the messages at the table's offset and at the mark were stored, as the server now says; undefined when they are not there. */
  storedAt(partition: number, sequence: number): number | undefined
}

/**
 * - missing: the hub has no such stream.
 * - remade: the stream is not the one that was archived.
 * - cut: it ends before what is archived or was seen, or holds another message there.
 * - gap: its first messages after the archived ones are gone.
 */
export interface StreamFault {
  readonly partition: number
  readonly kind: 'missing' | 'remade' | 'cut' | 'gap'
  /** Archived up to here. */
  readonly archived: number
  /** The stream's last sequence now; undefined when it is missing. */
  readonly last: number | undefined
  /** The last sequence that collectors have noted; undefined when none is that counts. */
  readonly seen: number | undefined
}

/** In what the hub's streams are not what was archived and seen of them. Collectors record what is lost with that once they read them. */
export const findStreamFaults = ({ offsets, partitions, streams, marks, storedAt }: StreamFacts): StreamFault[] => {
  const furthest = furthestMarks(marks.filter((mark) => !isOutdated(mark, offsets)))
  return partitions.flatMap((partition): StreamFault[] => {
    const [stream, mark] = [streams.get(partition), furthest.get(partition)]
    const committed = newestOf(moveStreamName(partition), offsets)?.committed ?? { sequence: 0 }
    const fault = { partition, archived: committed.sequence, last: stream?.last, seen: mark?.last }
    if (stream === undefined) return [{ ...fault, kind: 'missing' }]
    const verdict = judge(committed, stream, storedAt(partition, committed.sequence))
    if (verdict.kind === 'recreated') return [{ ...fault, kind: 'remade' }]
    if (verdict.kind === 'rolled-back') return [{ ...fault, kind: 'cut' }]
    if (mark !== undefined && isBroken(mark, stream, storedAt(partition, mark.sequence))) {
      return [{ ...fault, kind: mark.created === stream.created ? 'cut' : 'remade' }]
    }
    return verdict.kind === 'gap' ? [{ ...fault, kind: 'gap' }] : []
  })
}
