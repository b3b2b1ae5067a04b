import { type KnownLoss, lossId } from '@fleetlake/archive'
import { moveStreamName, partitionOfStream } from '@fleetlake/contracts'
import { newestOf, type Origin, type Predecessor, predecessorOf, type TableOffsets } from '@fleetlake/hub'

/** A stream as the table has been fed from it, and as it is not any more: it is gone, was made again or rolled back. */
export interface Former extends Predecessor {
  readonly partition: number
}

/**
 * The streams that the table holds and the hub does not have as they were, while the table holds nothing yet of what is in their place.
 * @param origins what is read of each stream that the hub has, by partition
 */
export const formersOf = (origins: ReadonlyMap<number, Pick<Origin, 'appId'>>, offsets: TableOffsets): Former[] => {
  const partitions = new Set(origins.keys())
  for (const appId of offsets.txns.keys()) {
    const partition = partitionOfStream(appId.slice(0, Math.max(0, appId.indexOf('@'))))
    if (partition !== undefined) partitions.add(partition)
  }
  return [...partitions].flatMap((partition) => {
    const [name, origin] = [moveStreamName(partition), origins.get(partition)]
    const former = origin === undefined ? newestOf(name, offsets) : predecessorOf(name, origin, offsets)
    return former === undefined ? [] : [{ ...former, partition }]
  })
}

/**
 * What may be lost with earlier states of streams. Invariant: it is told from the moment on from which the hub does not have them; collectors record it with the first commit of
 * what is in their place, and until then nothing but this tells it.
 * @param known losses that are recorded, settled or not: these are not presumed
 */
export const presumeLosses = (formers: readonly Former[], known: readonly KnownLoss[], nowMs: number): KnownLoss[] => {
  const recorded = new Set(known.map(({ id }) => id))
  return formers
    .map(({ partition, created, epoch, committed }) => {
      const loss = {
        stream: moveStreamName(partition),
        created,
        epoch,
        partition,
        from: committed.sequence + 1,
        to: undefined,
        firstStored: committed.timestampMs ?? (Date.parse(created) || undefined),
        lastStored: nowMs,
        // Any may have held any cell, as far as this process knows.
        partitions: undefined,
        geohashLength: undefined,
        toldAt: nowMs,
        settled: undefined,
      }
      return { ...loss, id: lossId(loss) }
    })
    .filter(({ id }) => !recorded.has(id))
}
