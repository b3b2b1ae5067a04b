import { moveStreamName, type StreamMark } from '@fleetlake/contracts'
import { appIdOf } from './app-id.ts'
import { isLater, newestOf, type TableOffsets } from './begin-at.ts'
import { judge, type StreamState } from './stream-verdict.ts'

/**
 * Whether the table tells all that a mark does: it holds the stream up to there, or something of what came after that state of the stream, whose first commit has recorded what
 * was lost.
 */
export const isOutdated = ({ partition, created, epoch, last }: StreamMark, offsets: TableOffsets): boolean => {
  const name = moveStreamName(partition)
  if ((offsets.txns.get(appIdOf(name, created, epoch)) ?? 0) >= last) return true
  const newest = newestOf(name, offsets)
  return newest !== undefined && isLater(newest, { created, epoch })
}

const isFurther = (one: StreamMark, other: StreamMark): boolean => {
  if (one.created !== other.created || one.epoch !== other.epoch) return isLater(one, other)
  return one.sequence > other.sequence
}

/** Of what several collectors have seen of the streams the most of each, by partition. */
export const furthestMarks = (marks: readonly StreamMark[]): ReadonlyMap<number, StreamMark> => {
  const furthest = new Map<number, StreamMark>()
  for (const mark of marks) {
    const other = furthest.get(mark.partition)
    if (other === undefined) {
      furthest.set(mark.partition, mark)
      continue
    }
    const [one, less] = isFurther(mark, other) ? [mark, other] : [other, mark]
    const isSame = one.created === less.created && one.epoch === less.epoch
    furthest.set(mark.partition, isSame ? { ...one, last: Math.max(one.last, less.last) } : one)
  }
  return furthest
}

/**
 * Whether a stream has not any more what was seen of it: it was made again, ends before, or holds another message there.
 * @param storedAt when the message at the mark's sequence was stored, as the server now says; undefined when it is not there
 */
export const isBroken = (
  { created, sequence, timestampMs, last }: StreamMark,
  stream: StreamState,
  storedAt: number | undefined,
): boolean => {
  const at = { created, sequence, ...(timestampMs === undefined ? {} : { timestampMs }) }
  const { kind } = judge(at, stream, storedAt)
  return kind === 'recreated' || kind === 'rolled-back' || stream.last < last
}
