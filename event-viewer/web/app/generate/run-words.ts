import { humanDuration, plural } from '@fleetlake/viewer-core'
import type { HeardRun, RunStatus } from '../hub/generations/heard-runs.ts'

/** How the state of a run is shown. */
export interface RunWords {
  readonly word: string
  readonly tone: 'primary' | 'success' | 'warning' | 'error' | 'neutral'
  readonly icon: string
}

const STATES: Readonly<Record<RunStatus['status'], RunWords>> = {
  generating: { word: 'Generating', tone: 'primary', icon: 'i-lucide-loader-circle' },
  archiving: { word: 'Waiting for the archive', tone: 'primary', icon: 'i-lucide-hourglass' },
  stopping: { word: 'Stopping', tone: 'neutral', icon: 'i-lucide-square' },
  complete: { word: 'Complete', tone: 'success', icon: 'i-lucide-circle-check' },
  stopped: { word: 'Stopped', tone: 'neutral', icon: 'i-lucide-square' },
  failed: { word: 'Failed', tone: 'error', icon: 'i-lucide-circle-alert' },
}
const SILENT: RunWords = { word: 'Silent', tone: 'warning', icon: 'i-lucide-ear-off' }

export const wordsOfRun = ({ status, silentMs }: HeardRun): RunWords =>
  silentMs === null ? STATES[status.status] : SILENT

/** `1,500 vehicles in real time` */
export const runText = ({ vehicles, realTime }: RunStatus): string =>
  `${plural(vehicles, 'vehicle')} ${realTime ? 'in real time' : 'as fast as possible'}`

/** What a person reads when the run can't be seen to go on. */
export const silenceOfRun = ({ silentMs }: HeardRun): string | undefined =>
  silentMs === null
    ? undefined
    : `No word for ${humanDuration(Math.floor(silentMs / 1000) * 1000)}: the generator that leads it may have died, or be cut off from the hub.`
