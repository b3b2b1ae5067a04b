import { refusalOf, type StoredMessage, type StreamInfo, untilAnswered } from '@fleetlake/broker'
import { moveStreamName } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'
import type { StreamState } from '../read/stream-verdict.ts'

/** How a partition's stream is filled now. */
export const lookAtStream = ({ control, streams }: Hub, partition: number): Promise<StreamState> =>
  untilAnswered(control, () => streams.info(moveStreamName(partition)))

/** How many messages a stream holds. */
export const countMessages = async ({ control, streams }: Hub, stream: string): Promise<number> =>
  (await untilAnswered(control, () => streams.info(stream))).messages

/** How a stream is filled, and what it may hold; undefined when it is not there. */
export const infoOfStream = async ({ control, streams }: Hub, stream: string): Promise<StreamInfo | undefined> => {
  try {
    return await untilAnswered(control, () => streams.info(stream))
  } catch (error) {
    if (refusalOf(error) === 'stream-missing') return undefined
    throw error
  }
}

/** When the server stored a message, ms since the epoch; undefined when it is not there. */
export const storedAt = async (hub: Hub, partition: number, sequence: number): Promise<number | undefined> =>
  (await storedMessage(hub, partition, sequence))?.timestampMs

/** A message of a partition; undefined when it is not there. */
export const storedMessage = async (
  { control, streams }: Hub,
  partition: number,
  sequence: number,
): Promise<StoredMessage | undefined> => {
  try {
    return await untilAnswered(control, () => streams.message(moveStreamName(partition), { sequence }))
  } catch (error) {
    if (refusalOf(error) === 'stream-missing') return undefined
    throw error
  }
}
