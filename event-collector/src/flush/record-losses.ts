import type { Loss, LossTable } from '@fleetlake/archive'
import { moveStreamName, partitionOfStream } from '@fleetlake/contracts'
import type { PartitionBy } from '@fleetlake/core'
import { newestOf, parseAppId, type StreamStates, type TableOffsets } from '@fleetlake/hub'
import type { LostMessages } from '../lane/batch.ts'

/** By what rows are spread over the partitions, as far as it is known. */
export interface Spreading {
  readonly by: PartitionBy
  readonly geohashLength: number
  /** Those that the hub has. */
  readonly partitions: readonly number[]
  /** Every name under which the table counts something. */
  readonly appIds: Iterable<string>
}

/**
 * Over how many partitions rows are spread by their cells; undefined when they are spread by something else, or were spread over more once: then any
 * partition may have held any cell.
 */
export const partitionsByCell = ({ by, partitions, appIds }: Omit<Spreading, 'geohashLength'>): number | undefined => {
  const count = partitions.length
  if (by !== 'cell' || !partitions.toSorted((a, b) => a - b).every((partition, i) => partition === i)) return undefined
  for (const appId of appIds) {
    const partition = partitionOfStream(parseAppId(appId)?.stream ?? '')
    if (partition !== undefined && partition >= count) return undefined
  }
  return count
}

export interface RecordLossesDeps {
  readonly table: LossTable
  spreading(): Promise<Spreading>
  now(): number
}

/**
 * What may be lost with streams that the hub does not have (any more), though the table has been fed from them: those of another hub, or deleted
 * ones.
 */
export const lostWithStreams = (offsets: TableOffsets, live: StreamStates, nowMs: number): LostMessages[] => {
  const partitions = new Set(offsets.txns.keys().map((appId) => partitionOfStream(parseAppId(appId)?.stream ?? '')))
  return [...partitions].flatMap((partition): LostMessages[] => {
    if (partition === undefined) return []
    const last = newestOf(moveStreamName(partition), offsets)
    if (last === undefined || last.created === live.get(partition)?.created) return []
    const { created, epoch, committed } = last
    return [
      {
        partition,
        created,
        epoch,
        from: committed.sequence + 1,
        to: undefined,
        firstStored: committed.timestampMs ?? (Date.parse(created) || undefined),
        lastStored: nowMs,
      },
    ]
  })
}

/** Puts what lanes have found to be lost into the table of losses; durable once it resolves. */
export const recordLosses = async (
  lost: readonly LostMessages[],
  { table, spreading, now }: RecordLossesDeps,
): Promise<void> => {
  const spread = await spreading()
  const partitions = partitionsByCell(spread)
  const geohashLength = partitions === undefined ? undefined : spread.geohashLength
  await table.record(
    lost.map((one): Loss => ({
      ...one,
      stream: moveStreamName(one.partition),
      partitions,
      geohashLength,
      toldAt: now(),
    })),
  )
}
