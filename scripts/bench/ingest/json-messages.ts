import { moveStreamName, type StreamPosition, subjects } from '@fleetlake/contracts'
import { cellOf, partitionOfCell, toMicroDegrees } from '@fleetlake/core'
import { flushStreams, type Hub, lookAtStream, partitionsOf, storeMessage } from '@fleetlake/hub'
import type { TableRows } from '@fleetlake/testing'

/** Messages that wait for their acknowledgement at once. */
const IN_FLIGHT = 1_000
const GEOHASH_LENGTH = 5

/**
 * What people usually build: one JSON message an event, each acknowledged, through the same hub and the same collectors.
 * @returns events a second until the table holds them all
 */
export const measureJsonMessages = async (hub: Hub, rows: TableRows, events: number): Promise<number> => {
  const partitions = await partitionsOf(hub)
  const run = crypto.randomUUID().slice(0, 8)
  const text = new TextEncoder()
  let next = 0
  const startedAt = performance.now()
  const publishOn = async (): Promise<void> => {
    for (let i = next++; i < events; i = next++) {
      const [longitude, latitude] = [rows.x[i] / 1e6, rows.y[i] / 1e6]
      const cell = cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), GEOHASH_LENGTH)
      const event = {
        vehicle_id: rows.vehicleIds[i],
        vehicle_type: rows.vehicleTypes[i],
        event_time: new Date(rows.time[i]).toISOString(),
        longitude,
        latitude,
        speed: 10,
        heading: 90,
      }
      const subject = subjects.move(partitions[partitionOfCell(cell, partitions.length)])
      await storeMessage(hub, 'move', subject, text.encode(JSON.stringify(event)), {
        id: `${run}/bench/0/${i}`,
        contentType: 'application/json',
      })
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, publishOn))
  const positions = await Promise.all(
    partitions.map(async (partition): Promise<StreamPosition> => {
      const { created, last } = await lookAtStream(hub, partition)
      return { partition, stream: moveStreamName(partition), created, sequence: last }
    }),
  )
  await flushStreams(
    hub,
    positions.filter(({ sequence }) => sequence > 0),
    { signal: AbortSignal.timeout(120_000), onWaiting: () => undefined },
  )
  return Math.round((events / (performance.now() - startedAt)) * 1_000)
}
