import { refusalOf, untilAnswered } from '@fleetlake/broker'
import { moveStreamName } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'
import type { StreamState } from '../read/stream-verdict.ts'

/** How a partition's stream is filled now. */
export const lookAtStream = ({ control, streams }: Hub, partition: number): Promise<StreamState> =>
  untilAnswered(control, () => streams.info(moveStreamName(partition)))

/** How many messages a stream holds. */
export const countMessages = async ({ control, streams }: Hub, stream: string): Promise<number> =>
  (await untilAnswered(control, () => streams.info(stream))).messages

/** When the server stored a message, ms since the epoch; undefined when it is not there. */
export const storedAt = async (
  { control, streams }: Hub,
  partition: number,
  sequence: number,
): Promise<number | undefined> => {
  try {
    return (await untilAnswered(control, () => streams.message(moveStreamName(partition), { sequence })))?.timestampMs
  } catch (error) {
    if (refusalOf(error) === 'stream-missing') return undefined
    throw error
  }
}
