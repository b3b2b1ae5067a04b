import { decodePositions, type Positions } from '@fleetlake/columnar'
import { moveStreamName, type StreamPosition } from '@fleetlake/contracts'
import { FleetError, toMicroDegrees } from '@fleetlake/core'
import { type Hub, lookAtStream, readThrough } from '@fleetlake/hub'

const ASK_BYTES = 2 * 1024 * 1024

const text = new TextDecoder()

/** How the streams stand now. */
export const lookAtStreams = async (hub: Hub, partitions: readonly number[]): Promise<StreamPosition[]> =>
  Promise.all(
    partitions.map(async (partition) => {
      const { created, last } = await lookAtStream(hub, partition)
      return { partition, stream: moveStreamName(partition), created, sequence: last }
    }),
  )

/** Adds what the hub has stored of a partition, from after one sequence through another, read without any code of the collectors. */
const readStored = async (
  hub: Hub,
  partition: number,
  from: number,
  through: number,
  counts: Map<string, number>,
): Promise<void> => {
  if (through <= from) return
  const stream = moveStreamName(partition)
  let at = from
  for await (const { sequence, data } of readThrough(hub, {
    stream,
    from: from + 1,
    last: through,
    askBytes: ASK_BYTES,
  })) {
    if (sequence !== at + 1)
      throw new FleetError('service.failed', `${stream} has no message ${at + 1}: purged too early`)
    at = sequence
    addRows(data, counts)
  }
  if (at !== through) throw new FleetError('service.failed', `${stream} ends at ${at} instead of ${through}`)
}

const addRows = (payload: Uint8Array, counts: Map<string, number>): void => {
  const rows = decodePositions(payload)
  if (rows === undefined) throw new FleetError('service.failed', 'a stored message is not a batch of positions')
  countRows(rows, counts)
}

/** Adds the rows of a batch. */
export const countRows = (rows: Positions, counts: Map<string, number>): void => {
  const { vehicleIdOffsets: at, vehicleIdBytes: bytes } = rows
  for (let i = 0; i < rows.length; i++) {
    const id = text.decode(bytes.subarray(at[i], at[i + 1]))
    count(counts, rowKey(id, rows.eventTime[i], toMicroDegrees(rows.longitude[i]), toMicroDegrees(rows.latitude[i])))
  }
}

/** @param x, y whole millionths of a degree */
export const rowKey = (id: string, timeMs: number, x: number, y: number): string => `${id} ${timeMs} ${x} ${y}`

export const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Every row that the hub has stored between two looks at its streams. A stream that was made again is read from its beginning. */
export const storedRows = async (
  hub: Hub,
  before: readonly StreamPosition[],
  after: readonly StreamPosition[],
): Promise<Map<string, number>> => {
  const counts = new Map<string, number>()
  for (const { partition, created, sequence } of after) {
    const earlier = before.find((position) => position.partition === partition && position.created === created)
    await readStored(hub, partition, earlier?.sequence ?? 0, sequence, counts)
  }
  return counts
}
