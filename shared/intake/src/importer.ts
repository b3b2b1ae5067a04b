import type { Config } from '@fleetlake/contracts'
import type { Hub } from '@fleetlake/hub'
import type { PlanObject } from './fields/describe-plan.ts'
import type { FormatName } from './formats/format.ts'
import type { BlockFault } from './formats/block.ts'
import type { Tally } from './rows/tally.ts'
import type { ImportSettings } from './settings.ts'
import type { ListedFile } from './sources/list-files.ts'

/** How the fields of a file are read, for people and for machines. */
export interface Mapping {
  /** The file that showed it first. */
  readonly file: string
  readonly format: FormatName
  /** `event_time ← "Date", "Time" (DD/MM/YYYY HH:mm:ss, UTC)`, a line a column; then sentences on what was assumed and why. */
  readonly lines: readonly string[]
  /** The same for programs. */
  readonly object: PlanObject
  /** Fields that nothing is read from. */
  readonly leftOut: readonly string[]
  /** The first three rows as they are read: values by column as text; of one that is refused the reason. */
  readonly first: readonly Readonly<Record<string, string>>[]
}

/** What would be imported. */
export interface Preview {
  /** Fields of the first file, as far as they are known. */
  readonly fields: readonly string[]
  readonly mapping?: Mapping | undefined
  /** What must be answered before anything can be imported, and how. */
  readonly question?: string | undefined
}

/** How far an import has come; as `import-status` tells it. */
export interface ImportProgress {
  readonly status: 'reading' | 'archiving' | 'complete' | 'stopped' | 'failed'
  readonly files: number
  readonly filesDone: number
  readonly filesFailed: number
  readonly bytes: number | undefined
  readonly bytesDone: number
  readonly rows: number
  readonly stored: number
  readonly refused: number
  readonly elapsedMs: number
  readonly note?: string | undefined
}

export interface ImportResult {
  readonly job: string
  readonly status: 'complete' | 'stopped'
  readonly tally: Tally
  /** Rows that are known to be in the hub. */
  readonly stored: number
  /** Whether the table is known to hold them all. */
  readonly archived: boolean
  /** As far as they are known: those in archives are counted when they come. */
  readonly files: number
  /** Those of them that were read, to their end or as far as they could be. */
  readonly filesDone: number
  readonly filesFailed: number
  readonly mappings: readonly Mapping[]
  readonly ambiguousTimes: number
  /** When an earlier import of these files had come so far that this one went on where it ended. */
  readonly resumed?: Resumed | undefined
}

/** What was known of an import that goes on. */
export interface Resumed {
  readonly updatedAt: string
  readonly rows: number
  /** Whether it is known where its vehicles were last; else each one's first row has no speed that is derived. */
  readonly knowsVehicles: boolean
}

/** A row that is not taken, and where it is. */
export interface RefusedRow extends BlockFault {
  readonly file: string
  /** What its place counts: "line", "feature". */
  readonly counts: string
}

/** A refused row as a line of NDJSON: file, place, reason, detail, text. */
export const refusedLine = ({ file, counts, place, reason, detail, text }: RefusedRow): string =>
  `${JSON.stringify({ file, [counts]: place, reason, detail, text })}\n`

/** The row of such a line. */
export const refusedRowOf = (line: string): RefusedRow => {
  const { file, reason, detail, text, ...rest } = JSON.parse(line) as Record<string, string>
  const [counts, place] = Object.entries(rest)[0]
  return { file, counts, place: Number(place), reason, detail, text }
}

export interface ImportHooks {
  readonly onMapping?: (mapping: Mapping) => void
  readonly onProgress?: (progress: ImportProgress) => void
  /** A row that is not taken. Of an import that goes on, those of the runs before come first, as far as they are kept. */
  readonly onRefused?: (fault: RefusedRow) => void
  /** Rows of the runs before that were refused and are not kept: they are counted, and come nowhere. */
  readonly onRefusedUnkept?: (rows: number) => void
  /** Resolves when more rows may be refused: where their keeper is slow. */
  readonly whenKept?: () => Promise<void>
  /** A sentence for people. */
  readonly say?: (sentence: string) => void
}

/** What is said of a thing that can be done is said in words of the place where it is read. */
export interface ImportAdvice {
  /** How an import starts from its first row again, if that is possible there: "--restart begins at the first row". */
  readonly restart?: string
  /** How the wait for the archive is ended: "Ctrl-C ends the wait". */
  readonly endWait?: string
}

export interface ImportRequest {
  /** Paths, globs, folders; `-` is standard input. */
  readonly files: readonly string[]
  /** The same as `checkImport` has found them; looked for when missing. */
  readonly listed?: readonly ListedFile[] | undefined
  readonly settings: ImportSettings
  /** Aborted: reading ends; what whole batches hold is kept. */
  readonly signal: AbortSignal
  readonly hooks?: ImportHooks
}

export interface HubImport extends ImportRequest {
  readonly hub: Hub
  readonly config: Config
  readonly advice?: ImportAdvice
  /** What tells these files from others, where their paths do not; by their paths, sizes and times when missing. */
  readonly identity?: unknown
  /** Told its name on the hub, before it begins. */
  readonly onJob?: ((job: string) => void) | undefined
  /** Folder of the records by which imports are resumed; undefined for none. */
  readonly records?: string | undefined
  /** Begins at the first row, whatever the record says. */
  readonly restart?: boolean | undefined
  /** Waits until the archive holds all rows. */
  readonly wait: boolean
}
