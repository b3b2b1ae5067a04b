import { ANYONE, personOfToken } from '@fleetlake/contracts'
import { printableInLine } from '@fleetlake/core'
import { humanCount, humanDuration, plural } from '@fleetlake/viewer-core'
import type { HeardRun, RunStatus } from '../hub/generations/heard-runs.ts'
import { noWordFor, type StateWords, WORK_STATES } from '../shell/work-words.ts'

const STATES: Readonly<Record<RunStatus['status'] | 'silent', StateWords>> = {
  ...WORK_STATES,
  generating: { word: 'Generating', tone: 'primary', icon: 'i-lucide-loader-circle' },
  stopping: { word: 'Stopping', tone: 'neutral', icon: 'i-lucide-square' },
}

export const wordsOfRun = ({ status, silentMs }: HeardRun): StateWords =>
  STATES[silentMs === null ? status.status : 'silent']

/** `1,500 vehicles in real time` */
export const runText = ({ vehicles, realTime }: RunStatus): string =>
  `${plural(vehicles, 'vehicle')} ${realTime ? 'in real time' : 'as fast as possible'}`

/** Who has asked for it; undefined where nobody needs to log in. */
export const starterOf = ({ person }: RunStatus): string | undefined =>
  person === ANYONE ? undefined : printableInLine(personOfToken(person) ?? person)

/** `1,204 of 1,080,000 positions in 5 s` */
export const progressOfRun = ({ events, total, elapsedMs }: RunStatus): string => {
  const of = total > 0 ? ` of ${humanCount(total)}` : ''
  return `${humanCount(events)}${of} positions in ${humanDuration(Math.floor(elapsedMs / 1000) * 1000)}`
}

/** What a person reads when the run can't be seen to go on. */
export const silenceOfRun = ({ silentMs }: HeardRun): string | undefined =>
  silentMs === null
    ? undefined
    : noWordFor(silentMs, 'the generator that leads it may have died, or be cut off from the hub')
