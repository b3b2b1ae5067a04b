import { subjects } from '@fleetlake/contracts'
import type { MessageHub } from '@fleetlake/hub/browser'
import { forgetRuns, type HeardRun, hearRun, NO_RUNS, runsAt } from './heard-runs.ts'

/** Listens to runs from now on. @returns what is known at an instant */
export const watchRuns = (hub: MessageHub): ((nowMs: number) => HeardRun[]) => {
  let heard = NO_RUNS
  hub.listen('generationStatus', subjects.generationStatus('*'), ({ data }) => {
    heard = hearRun(heard, data, Date.now())
  })
  return (nowMs) => {
    heard = forgetRuns(heard, nowMs)
    return runsAt(heard, nowMs)
  }
}
