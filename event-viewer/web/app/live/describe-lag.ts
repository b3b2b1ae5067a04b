import { humanDuration } from '@fleetlake/viewer-core'
import { clockText, shortDayText, timeText, utcText, zoneText } from '../shell/local-time.ts'
import type { LiveCounters } from './live-frame.ts'

/** How far the reports are behind, as a labelled value with a note below it. */
export interface LagWords {
  readonly label: string
  readonly value: string
  readonly note: string
  /** The time with its zone and in UTC. */
  readonly title: string
}

/** Event times further from the clock than this are those of a simulated past, or future: a lag would say nothing. */
const FAR_MS = 10 * 60_000
const AHEAD_MS = 60_000
/** Without reports for so long there is none that lags. */
const SILENT_MS = 15_000

export const fullTimeText = (timeMs: number): string => `${timeText(timeMs)} ${zoneText(timeMs)} (${utcText(timeMs)})`

export const describeLag = (
  counters: Pick<LiveCounters, 'lagMs' | 'newestEventTime' | 'eventsPerSecond'> | undefined,
): LagWords => {
  const { lagMs = null, newestEventTime = null, eventsPerSecond = 0 } = counters ?? {}
  if (lagMs === null || newestEventTime === null) {
    return { label: 'Lag', value: '–', note: 'no report yet', title: 'No vehicle has reported yet' }
  }
  const title = `The newest report is of ${fullTimeText(newestEventTime)}`
  const isFar = lagMs > FAR_MS || lagMs < -AHEAD_MS
  if (isFar)
    return { label: 'Event time', value: clockText(newestEventTime), note: shortDayText(newestEventTime), title }
  if (eventsPerSecond === 0 && lagMs > SILENT_MS) {
    return { label: 'Last report', value: humanDuration(lagMs - (lagMs % 1000)), note: 'ago', title }
  }
  return { label: 'Lag', value: humanDuration(Math.max(0, lagMs)), note: clockText(newestEventTime), title }
}
