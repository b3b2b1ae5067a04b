import { humanDuration } from '@fleetlake/viewer-core'

/** How the state of something that takes long is shown. */
export interface StateWords {
  readonly word: string
  readonly tone: 'primary' | 'success' | 'warning' | 'error' | 'neutral'
  readonly icon: string
}

/** Of whatever runs somewhere and is heard of: an import, a generation. */
export const WORK_STATES = {
  archiving: { word: 'Waiting for the archive', tone: 'primary', icon: 'i-lucide-hourglass' },
  silent: { word: 'Silent', tone: 'warning', icon: 'i-lucide-ear-off' },
  complete: { word: 'Complete', tone: 'success', icon: 'i-lucide-circle-check' },
  stopped: { word: 'Stopped', tone: 'neutral', icon: 'i-lucide-square' },
  failed: { word: 'Failed', tone: 'error', icon: 'i-lucide-circle-alert' },
} as const satisfies Readonly<Record<string, StateWords>>

/** `No word for 12 s: it may have died.` */
export const noWordFor = (silentMs: number, why: string): string =>
  `No word for ${humanDuration(Math.floor(silentMs / 1000) * 1000)}: ${why}.`
