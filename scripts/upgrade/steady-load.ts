import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { CONTENT_TYPES, subjects } from '@fleetlake/contracts'
import { sleep } from '@fleetlake/core'
import { type Hub, storeMessage } from '@fleetlake/hub'

export interface Load {
  /** Ids of rows that the hub has acknowledged; each row has an id of its own. */
  readonly acknowledged: ReadonlySet<string>
  /** Resolves once nothing is on its way. */
  stop(): Promise<void>
}

export interface LoadOptions {
  readonly partitions: number
  readonly rowsAMessage: number
  readonly pauseMs: number
}

const START_MS = Date.now() - 3_600_000

const rowOf = (message: number, i: number): PositionRow => ({
  vehicleId: `v-${message}-${i}`,
  vehicleType: i % 2 === 0 ? 'taxi' : 'bus',
  eventTime: START_MS + message * 500 + i,
  longitude: -56.2 + (message % 8) * 0.05,
  latitude: -34.9,
  speed: i,
  heading: 90,
})

/** Devices that go on sending, whatever release is at work behind the hub. */
export const startLoad = (hub: Hub, { partitions, rowsAMessage, pauseMs }: LoadOptions): Load => {
  const acknowledged = new Set<string>()
  const stopping = new AbortController()
  const work = (async (): Promise<void> => {
    for (let message = 0; !stopping.signal.aborted; message++) {
      const rows = Array.from({ length: rowsAMessage }, (_, i) => rowOf(message, i))
      const payload = encodePositions(positionsOfRows(rows)) as Uint8Array<ArrayBuffer>
      await storeMessage(hub, 'move', subjects.move(message % partitions), payload, {
        id: `load/${message}`,
        contentType: CONTENT_TYPES.arrow,
      })
      for (const { vehicleId } of rows) acknowledged.add(vehicleId)
      await sleep(pauseMs, stopping.signal)
    }
  })()
  work.catch(() => undefined)
  return {
    acknowledged,
    stop: () => {
      stopping.abort()
      return work
    },
  }
}
