import { type BoardState, createFleetBoard } from '@fleetlake/viewer-core'
import { setTimeout as delay } from 'node:timers/promises'
import { GROUPS, subjects } from '@fleetlake/contracts'
import type { Hub } from '@fleetlake/hub'

const REFRESH_MS = 1000

export interface WatchOptions {
  /** Told once a second. */
  readonly show: (state: BoardState) => void
  readonly signal: AbortSignal
}

/** Listens to the messages of services until aborted. */
export const watchFleet = async (hub: Hub, { show, signal }: WatchOptions): Promise<void> => {
  const board = createFleetBoard()
  const listeners = [
    hub.listen('aggregatePeriodStats', subjects.aggregatePeriodStats, ({ data }) => board.addCommit(data, Date.now())),
    ...GROUPS.map((group) =>
      hub.listen('heartbeat', subjects.heartbeat(group, '*'), ({ data }) => board.addHeartbeat(data, Date.now())),
    ),
  ]
  await hub.flush()
  while (!signal.aborted) {
    await delay(REFRESH_MS, undefined, { signal }).catch(() => undefined)
    show(board.state(Date.now()))
  }
  await Promise.all(listeners.map((listener) => listener.close()))
}
