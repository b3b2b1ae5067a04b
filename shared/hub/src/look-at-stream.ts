import { moveStreamName } from '@fleetlake/contracts'
import type { Hub } from './hub.ts'
import { API_CODES, apiCodeOf, streamsOf, untilAnswered } from './jet-stream.ts'
import { stateOf } from './read-partition.ts'
import type { StreamState } from './stream-verdict.ts'

/** How a partition's stream is filled now. */
export const lookAtStream = async (hub: Hub, partition: number): Promise<StreamState> => {
  const streams = await streamsOf(hub)
  return stateOf(await untilAnswered(hub, () => streams.streams.info(moveStreamName(partition))))
}

/** How many messages a stream holds. */
export const countMessages = async (hub: Hub, stream: string): Promise<number> => {
  const streams = await streamsOf(hub)
  return (await untilAnswered(hub, () => streams.streams.info(stream))).state.messages
}

/** When the server stored a message, ms since the epoch; undefined when it is not there. */
export const storedAt = async (hub: Hub, partition: number, sequence: number): Promise<number | undefined> => {
  const { streams } = await streamsOf(hub)
  try {
    const stored = await untilAnswered(hub, () => streams.getMessage(moveStreamName(partition), { seq: sequence }))
    return stored?.time.getTime()
  } catch (error) {
    const code = apiCodeOf(error)
    if (code === API_CODES.streamNotFound || code === API_CODES.noMessageFound) return undefined
    throw error
  }
}
