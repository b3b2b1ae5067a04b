import { plural } from '@fleetlake/viewer-core'
import type { PageImport } from '../../api/imports.ts'
import { sentenceOf } from '../shell/sentence.ts'
import { noWordFor, type StateWords, WORK_STATES } from '../shell/work-words.ts'
import type { ImportState, ListedImport } from './list-imports.ts'

export const STATES: Readonly<Record<ImportState, StateWords>> = {
  ...WORK_STATES,
  open: { word: 'Not started', tone: 'neutral', icon: 'i-lucide-circle-pause' },
  interrupted: { word: 'Interrupted', tone: 'warning', icon: 'i-lucide-unplug' },
  running: { word: 'Running', tone: 'primary', icon: 'i-lucide-loader-circle' },
  reading: { word: 'Reading', tone: 'primary', icon: 'i-lucide-file-input' },
}

/** What a person reads when the import can't be seen to go on: `No word for 12 s.` */
export const silenceText = ({ heard }: ListedImport): string | undefined =>
  heard === undefined || heard.silentMs === null
    ? undefined
    : noWordFor(heard.silentMs, 'it may have ended without saying so, or be cut off from the hub')

/** `trace.csv and 2 others` */
export const filesText = (files: PageImport['files']): string => {
  const [first, ...others] = files
  if (first === undefined) return 'no files yet'
  return others.length === 0 ? first.name : `${first.name} and ${plural(others.length, 'other')}`
}

/** Of the rows that were refused; undefined when none were. */
export const refusedText = ({
  refused,
  refusedKept,
}: Pick<PageImport, 'refused' | 'refusedKept'>): string | undefined => {
  if (refused === 0) return undefined
  const kept = refusedKept < refused ? `; ${plural(refusedKept, 'of them is', 'of them are')} kept` : ''
  return `${plural(refused, 'row was', 'rows were')} refused${kept}.`
}

/** What the service says, as a sentence of its own; a name of a file at its beginning, without the folders before it, stays as it is. */
export const serviceSentence = (said: string, files: PageImport['files']): string =>
  files.some(({ name }) => said.startsWith(name.slice(name.lastIndexOf('/') + 1))) ? said : sentenceOf(said)

/** What the service tells of the end, a line a sentence. */
export const outcomeSentences = ({ outcome, files }: Pick<PageImport, 'outcome' | 'files'>): string[] =>
  (outcome?.text ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => serviceSentence(line, files))
