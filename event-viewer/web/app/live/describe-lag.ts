import { humanDuration } from '@fleetlake/viewer-core'
import { timeText, utcText, zoneText } from '../shell/local-time.ts'
import type { LiveCounters } from '../hub/live/live-frame.ts'

/** How far the reports are behind, as a labelled value with a note below it. */
export interface LagWords {
  readonly label: string
  readonly value: string
  readonly note: string
  readonly title: string
}

/** Without live reports for this long there is no lag to show. */
const SILENT_MS = 15_000

export const fullTimeText = (timeMs: number): string => `${timeText(timeMs)} ${zoneText(timeMs)} (${utcText(timeMs)})`

export const describeLag = (
  counters: Pick<LiveCounters, 'lagMs' | 'silentMs' | 'pastEvents'> | undefined,
): LagWords => {
  const { lagMs = null, silentMs = null, pastEvents = 0 } = counters ?? {}
  if (silentMs === null) {
    return pastEvents === 0
      ? { label: 'Lag', value: '–', note: 'no report yet', title: 'No vehicle has reported since this page was opened' }
      : { label: 'Lag', value: '–', note: 'past only', title: 'All reports so far are more than an hour old' }
  }
  if (silentMs > SILENT_MS) {
    const value = humanDuration(silentMs - (silentMs % 1000))
    return { label: 'Last report', value, note: 'ago', title: 'Since then no report of the last hour has come' }
  }
  return {
    label: 'Lag',
    value: lagMs === null ? '–' : humanDuration(Math.max(0, Math.round(lagMs))),
    note: 'median',
    title: 'Half of the reports of the last three seconds were on their way for no longer than this',
  }
}
