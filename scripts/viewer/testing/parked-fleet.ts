import { createFileStore, openTable, type Snapshot } from '@fleetlake/archive'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { CONTENT_TYPES, subjects } from '@fleetlake/contracts'
import { storeMessage } from '@fleetlake/hub'
import { ALL_BUCKETS, LATEST, openProjectionTable } from '@fleetlake/projections'
import { eventually } from '@fleetlake/testing'
import { join } from 'node:path'
import type { TestViewer } from './viewer.ts'

export const PARKED = 60
const HOUR_MS = 3_600_000
const TYPES = ['bus', 'taxi', 'van']

export const parkedId = (i: number): string => `parked-${String(i).padStart(2, '0')}`

/** Has vehicles report once, at a time. */
export const reportOnce = async (
  { hub }: Pick<TestViewer, 'hub'>,
  ids: readonly string[],
  eventTime: number,
): Promise<void> => {
  const rows = ids.map((vehicleId, i): PositionRow => ({
    vehicleId,
    vehicleType: TYPES[i % TYPES.length],
    eventTime,
    longitude: -56.2 + (i % 10) / 200,
    latitude: -34.92 + Math.floor(i / 10) / 200,
    speed: 0,
    heading: 90,
  }))
  await storeMessage(hub, 'move', subjects.move(0), encodePositions(positionsOfRows(rows)) as Uint8Array<ArrayBuffer>, {
    id: `${ids[0]}/${eventTime}`,
    contentType: CONTENT_TYPES.arrow,
  })
}

/**
 * Has a fleet archived that reported three hours ago, and since then not.
 * @param viewer with a projector
 */
export const parkFleet = async (viewer: TestViewer): Promise<void> => {
  await reportOnce(
    viewer,
    Array.from({ length: PARKED }, (_, i) => parkedId(i)),
    Date.now() - 3 * HOUR_MS,
  )
  const moves = createFileStore(join(viewer.archivePath, 'moves'))
  const latest = createFileStore(join(viewer.archivePath, LATEST.name))
  const archived = async (): Promise<Snapshot> => {
    const table = await openTable(moves)
    await table.close()
    return table.snapshot
  }
  const isFolded = async (): Promise<boolean> => {
    const { dates, version } = await archived()
    const table = await openProjectionTable(latest, LATEST)
    return dates.size > 0 && ALL_BUCKETS.every((bucket) => table?.state.offset(bucket)?.version === version)
  }
  await eventually(() => isFolded().catch(() => false), { what: 'the fleet in the archive, and in its last positions' })
}
