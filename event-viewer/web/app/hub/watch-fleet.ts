import { GROUPS, type Message, subjects } from '@fleetlake/contracts'
import type { MessageHub } from '@fleetlake/hub/browser'
import { createFleetBoard, type BoardState } from '@fleetlake/viewer-core'

/** Listens to heartbeats and commits from now on. @returns what is known at an instant */
export const watchFleet = (
  hub: MessageHub,
  onCommit: (commit: Message<'aggregatePeriodStats'>) => void,
): ((nowMs: number) => BoardState) => {
  const board = createFleetBoard()
  hub.listen('aggregatePeriodStats', subjects.aggregatePeriodStats, ({ data }) => {
    board.addCommit(data, Date.now())
    onCommit(data)
  })
  for (const group of GROUPS) {
    hub.listen('heartbeat', subjects.heartbeat(group, '*'), ({ data }) => board.addHeartbeat(data, Date.now()))
  }
  return (nowMs) => board.state(nowMs)
}
