import { moveStreamName, partitionOfStream, subjects } from '@fleetlake/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Hub } from './hub.ts'
import { API_CODES, apiCodeOf, streamsOf, untilAnswered } from './jet-stream.ts'
import { stateOf } from './read-partition.ts'
import type { StreamState } from './stream-verdict.ts'

/** How the move streams that exist are filled, by partition, ascending. */
export type StreamStates = ReadonlyMap<number, StreamState>

/** Looks at all move streams at once, in one round trip as a rule: it asks for those that it knows while it asks which there are. */
export const createStreamsLook = (hub: Hub): (() => Promise<StreamStates>) => {
  let known: readonly number[] = []
  return async () => {
    const { streams } = await streamsOf(hub)
    const stateOfPartition = (partition: number): Promise<StreamState | undefined> =>
      untilAnswered(hub, async () => {
        try {
          return stateOf(await streams.info(moveStreamName(partition)))
        } catch (error) {
          if (apiCodeOf(error) === API_CODES.streamNotFound) return undefined
          throw error
        }
      })
    const statesOf = async (partitions: readonly number[]): Promise<Map<number, StreamState | undefined>> =>
      new Map(await Promise.all(partitions.map(async (one) => [one, await stateOfPartition(one)] as const)))

    const [found, asked] = await Promise.all([untilAnswered(hub, () => partitionsIn(streams)), statesOf(known)])
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

const partitionsIn = async (streams: JetStreamManager['streams']): Promise<number[]> => {
  const partitions: number[] = []
  for await (const name of streams.names(subjects.move('*'))) {
    const partition = partitionOfStream(name)
    if (partition !== undefined) partitions.push(partition)
  }
  return partitions.toSorted((a, b) => a - b)
}
