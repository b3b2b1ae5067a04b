import { refusalOf, type StreamInfo, untilAnswered } from '@fleetlake/broker'
import { moveStreamName, partitionOfStream, subjects } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'
import type { StreamState } from '../read/stream-verdict.ts'

/** How the move streams that exist are filled, by partition, ascending. */
export type StreamStates = ReadonlyMap<number, StreamState>

/** Looks at all move streams at once, in one round trip as a rule: it asks for those that it knows while it asks which there are. */
export const createStreamsLook = ({ control, streams }: Hub): (() => Promise<ReadonlyMap<number, StreamInfo>>) => {
  let known: readonly number[] = []
  const stateOfPartition = (partition: number): Promise<StreamInfo | undefined> =>
    untilAnswered(control, () => streams.info(moveStreamName(partition))).catch((error: unknown) => {
      if (refusalOf(error) === 'stream-missing') return undefined
      throw error
    })
  const statesOf = async (partitions: readonly number[]): Promise<Map<number, StreamInfo | undefined>> =>
    new Map(await Promise.all(partitions.map(async (one) => [one, await stateOfPartition(one)] as const)))
  const partitionsThere = async (): Promise<number[]> =>
    (await untilAnswered(control, () => streams.names(subjects.move('*'))))
      .map(partitionOfStream)
      .filter((partition) => partition !== undefined)
      .toSorted((a, b) => a - b)

  return async () => {
    const [found, asked] = await Promise.all([partitionsThere(), statesOf(known)])
    const others = await statesOf(found.filter((partition) => !asked.has(partition)))
    known = found
    // One that has come and gone meanwhile is as if it had never been.
    return new Map(
      found.flatMap((partition) => {
        const state = asked.get(partition) ?? others.get(partition)
        return state === undefined ? [] : [[partition, state] as const]
      }),
    )
  }
}
