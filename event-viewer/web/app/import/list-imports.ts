import type { PageImport } from '../../api/imports.ts'
import type { HeardImport } from '../hub/imports/heard-imports.ts'

/** One import, by what the hub and the viewer's service tell of it; at least one of the two does. */
export interface ListedImport {
  readonly key: string
  /** Of the first file. */
  readonly name: string
  readonly state: ImportState
  /** Runs in a terminal, or in another viewer, unless it is there. */
  readonly known?: PageImport
  readonly heard?: HeardImport
}

/** `open`: its files are there, and nobody has started it; `interrupted`: its viewer ended while it ran; `running`: and the hub does not tell how far it is. */
export type ImportState =
  | 'open'
  | 'interrupted'
  | 'running'
  | 'reading'
  | 'archiving'
  | 'silent'
  | 'complete'
  | 'stopped'
  | 'failed'

/** Those that run, then those that wait for a person, then those that have ended; each the newest first. */
export const listImports = (known: readonly PageImport[], heard: readonly HeardImport[]): ListedImport[] => {
  const byJob = new Map(heard.map((each) => [each.status.job, each]))
  const ofPage = known.map((each): ListedImport => {
    // The same files imported again are the same job: the hub tells of the newest.
    const own = each.job === undefined || newestOf(known, each.job) !== each ? undefined : byJob.get(each.job)
    return {
      key: each.id,
      name: each.files[0]?.name ?? own?.status.name ?? 'no files yet',
      state: stateOf(each, own),
      known: each,
      ...(own === undefined ? {} : { heard: own }),
    }
  })
  const jobs = new Set(known.map(({ job }) => job))
  const elsewhere = heard
    .filter(({ status }) => !jobs.has(status.job))
    .toSorted((a, b) => b.status.startedAt.localeCompare(a.status.startedAt))
    .map((each): ListedImport => ({
      key: each.status.job,
      name: each.status.name,
      state: stateOfHeard(each),
      heard: each,
    }))
  return [...ofPage, ...elsewhere].toSorted((a, b) => rankOf(a) - rankOf(b))
}

const newestOf = (known: readonly PageImport[], job: string): PageImport | undefined =>
  known.find((each) => each.job === job)

/** What the service says of its own import counts: it knows the end. */
const stateOf = ({ phase, outcome }: PageImport, heard: HeardImport | undefined): ImportState => {
  if (phase === 'open' || phase === 'interrupted') return phase
  if (phase === 'ended') return outcome?.status ?? 'failed'
  return heard === undefined || heard.isEnded ? 'running' : stateOfHeard(heard)
}

const stateOfHeard = ({ status, silentMs }: HeardImport): ImportState => (silentMs === null ? status.status : 'silent')

const RANKS: Readonly<Record<ImportState, number>> = {
  running: 0,
  reading: 0,
  archiving: 0,
  silent: 0,
  open: 1,
  interrupted: 1,
  complete: 2,
  stopped: 2,
  failed: 2,
}
const rankOf = ({ state }: ListedImport): number => RANKS[state]
