import type { Message } from '@fleetlake/contracts'

export type ImportStatus = Message<'importStatus'>

/** An import that runs anywhere, by its own messages, as it is known at an instant. */
export interface HeardImport {
  readonly status: ImportStatus
  readonly isEnded: boolean
  /** How long there has been no word of it; null while it is heard, and once it has ended. */
  readonly silentMs: number | null
  /** Of late; of one that has ended from its beginning. Null while it is not known. */
  readonly rowsPerSecond: number | null
  /** Of late; null while it is not known, or none are read. */
  readonly bytesPerSecond: number | null
}

/** What was heard: by job, the one whose first word came last at the end. */
export type Heard = ReadonlyMap<string, HeardJob>

interface HeardJob {
  readonly status: ImportStatus
  readonly heardMs: number
  /** Of this run, the newest last; an import that goes on where an earlier one has ended begins with that one's rows. */
  readonly samples: readonly Sample[]
}

type Sample = Pick<ImportStatus, 'elapsedMs' | 'rows' | 'bytesDone'>

export const NOTHING_HEARD: Heard = new Map()

const MOST_JOBS = 100
const FORGET_MS = 3_600_000
const SILENT_MS = 10_000
/** A word comes each second. */
const MOST_SAMPLES = 10

const isEnded = ({ status }: ImportStatus): boolean => status !== 'reading' && status !== 'archiving'

/** Jobs are bounded in number: beyond, the one that was not heard for the longest goes first, of those that have ended if there are any. */
export const hearImport = (heard: Heard, status: ImportStatus, nowMs: number): Heard => {
  const before = heard.get(status.job)
  const isSameRun = before !== undefined && before.status.startedAt === status.startedAt
  const { elapsedMs, rows, bytesDone } = status
  const samples = [...(isSameRun ? before.samples : []), { elapsedMs, rows, bytesDone }].slice(-MOST_SAMPLES)
  const next = new Map(heard)
  next.set(status.job, { status, heardMs: nowMs, samples })
  if (next.size > MOST_JOBS) next.delete(leastWanted([...next.values()]))
  return next
}

const leastWanted = (jobs: readonly HeardJob[]): string => {
  const ended = jobs.filter(({ status }) => isEnded(status))
  const [first, ...others] = ended.length > 0 ? ended : jobs
  return others.reduce((least, job) => (job.heardMs < least.heardMs ? job : least), first).status.job
}

/** Without those of which there was no word for an hour, whether they have ended or fell silent. */
export const forgetImports = (heard: Heard, nowMs: number): Heard => {
  const kept = [...heard].filter(([, { heardMs }]) => nowMs - heardMs < FORGET_MS)
  return kept.length === heard.size ? heard : new Map(kept)
}

export const importsAt = (heard: Heard, nowMs: number): HeardImport[] =>
  [...heard.values()].map(({ status, heardMs, samples }) => {
    const ended = isEnded(status)
    const isSilent = !ended && nowMs - heardMs > SILENT_MS
    return {
      status,
      isEnded: ended,
      silentMs: isSilent ? nowMs - heardMs : null,
      rowsPerSecond: ended ? perSecond(status.rows, status.elapsedMs) : rateOf(samples, 'rows'),
      bytesPerSecond: ended ? null : rateOf(samples, 'bytesDone'),
    }
  })

const rateOf = (samples: readonly Sample[], of: 'rows' | 'bytesDone'): number | null => {
  const [first, last] = [samples[0], samples[samples.length - 1]]
  return perSecond(last[of] - first[of], last.elapsedMs - first.elapsedMs)
}

const perSecond = (count: number, ms: number): number | null => (ms > 0 ? Math.max(0, (count * 1000) / ms) : null)
