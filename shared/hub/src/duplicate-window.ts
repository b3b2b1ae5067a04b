import { moveStreamName } from '@fleetlake/contracts'
import { millis } from '@nats-io/nats-core'
import type { Hub } from './hub.ts'
import { streamsOf, untilAnswered } from './jet-stream.ts'

/** How long the server remembers the message ids of all these partitions, in ms: as long as the most forgetful stream. */
export const duplicateWindowOf = async (hub: Hub, partitions: readonly number[]): Promise<number> => {
  const { streams } = await streamsOf(hub)
  const infos = await Promise.all(
    partitions.map((partition) => untilAnswered(hub, () => streams.info(moveStreamName(partition)))),
  )
  return millis(Math.min(...infos.map(({ config }) => config.duplicate_window)))
}
