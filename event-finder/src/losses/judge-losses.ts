import { type KnownLoss, unsettled } from '@fleetlake/archive'
import type { Area } from '@fleetlake/core'
import type { VehicleSearch } from '../core/search.ts'
import type { Missing } from '../tail/held-tail.ts'
import { partitionsOfArea } from './cells-of-area.ts'

/** What known losses mean to an answer. */
export interface LossVerdict {
  /** What is missing from it. */
  readonly missing: readonly Missing[]
  /** Notes on the answer, in sentences. */
  readonly notes: readonly string[]
}

export const NO_LOSSES: LossVerdict = { missing: [], notes: [] }

/** A report may be stored so long after its event time and still be expected where it belongs: later ones are not thought of. */
const LATE_MS = 86_400_000
/** Number of losses that are listed one by one. */
const MOST_TOLD = 50

const SEE = 'see `fleet table losses`'

const instant = (ms: number): string => new Date(ms).toISOString()

const storedWhen = ({ firstStored, lastStored }: KnownLoss): string =>
  firstStored === undefined
    ? `stored before ${instant(lastStored)}`
    : `stored between ${instant(firstStored)} and ${instant(lastStored)}`

const missingOf = (loss: KnownLoss): Missing => ({
  path: loss.stream,
  reason: `messages ${loss.from}–${loss.to} of partition ${loss.partition}, ${storedWhen(loss)}, were lost before they were archived; ${SEE}`,
})

/** Which partitions an area has, found out when it is asked and once. */
const createPartitionsOf = (area: Area) => {
  const known = new Map<string, ReadonlySet<number>>()
  return (count: number, length: number): ReadonlySet<number> => {
    const key = `${count} ${length}`
    const partitions = known.get(key) ?? partitionsOfArea(area, count, length)
    known.set(key, partitions)
    return partitions
  }
}

/**
 * What losses mean to a search. Invariant: an answer that may miss a row of a known loss says so until an operator settles the loss; of one
 * that is only possible, and of losses elsewhere, a note is left.
 */
export const judgeLosses = (
  known: readonly KnownLoss[],
  { area, period }: Pick<VehicleSearch, 'area' | 'period'>,
  { futureToleranceMs }: { readonly futureToleranceMs: number },
): LossVerdict => {
  const losses = unsettled(known)
  if (losses.length === 0) return NO_LOSSES
  const partitionsOf = createPartitionsOf(area)
  const touches = ({ firstStored, lastStored, partition, partitions, geohashLength }: KnownLoss): boolean => {
    if (period.from > lastStored + futureToleranceMs) return false
    if (firstStored !== undefined && period.to <= firstStored - LATE_MS) return false
    if (partitions === undefined || geohashLength === undefined) return true
    return partitionsOf(partitions, geohashLength).has(partition)
  }
  const certain = losses.filter(({ to }) => to !== undefined)
  const touching = certain.filter(touches)
  const possible = losses.filter((loss) => loss.to === undefined && touches(loss))
  const missing = touching.slice(0, MOST_TOLD).map(missingOf)
  const untold = touching.length - MOST_TOLD
  if (untold > 0) {
    missing.push({ path: 'losses', reason: `${untold} more ${untold === 1 ? 'loss' : 'losses'} of messages; ${SEE}` })
  }
  const elsewhere = certain.length - touching.length
  const first = possible[0]
  return {
    missing,
    notes: [
      ...(elsewhere === 0
        ? []
        : [`other messages were lost, elsewhere or at other times, which does not affect this answer; ${SEE}`]),
      ...(first === undefined
        ? []
        : [
            `messages of ${first.stream} after message ${first.from - 1}, ${storedWhen(first)}, may be lost: the stream is gone, was created again or restored` +
              `${possible.length === 1 ? '' : `; the same holds for ${possible.length - 1} more`}; ${SEE}`,
          ]),
    ],
  }
}
