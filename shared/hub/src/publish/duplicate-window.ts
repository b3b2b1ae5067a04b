import { untilAnswered } from '@fleetlake/broker'
import { moveStreamName } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'

/** How long the server remembers the message ids of all these partitions, in ms: as long as the most forgetful stream. */
export const duplicateWindowOf = async ({ control, streams }: Hub, partitions: readonly number[]): Promise<number> => {
  const infos = await Promise.all(
    partitions.map((partition) => untilAnswered(control, () => streams.info(moveStreamName(partition)))),
  )
  return Math.min(...infos.map(({ settings }) => settings.duplicateWindowMs ?? Infinity))
}
