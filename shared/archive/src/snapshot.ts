import type { MeasureSpec } from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'
import type { Chunk } from './chunk.ts'
import { newestDateGone } from './log/arrivals.ts'
import { type DateFiles, eachFile, findFiles, type Totals } from './log/files.ts'
import { isAppendOnly } from './log/protocol.ts'
import type { LogState } from './log/state.ts'
import type { TracedCommit } from './log/traced-commit.ts'

/** What the cells and windows of a table are; fixed when it is made. */
export interface TableSettings {
  readonly geohashLength: number
  readonly windowMs: number
}

/** The table at one version. Immutable: a query keeps the one that it began with. */
export interface Snapshot {
  /** Of the table, for good. */
  readonly id: string
  readonly version: number
  /** What the version is known by, besides its number; undefined where its commit was not read. */
  readonly fingerprint: string | undefined
  readonly settings: TableSettings
  /** Its columns beside those of every position, in the order of its schema. */
  readonly measures: readonly MeasureSpec[]
  /** Columns that other engines made and that are not measures. */
  readonly otherColumns: readonly string[]
  readonly totals: Totals
  readonly dates: ReadonlyMap<string, DateFiles>
  /** All files, in no particular order. */
  files(): Iterable<Chunk>
  /** The file of a store path; undefined when it is not in the table. */
  find(path: string): Chunk | undefined
  /** The offset of a stream; 0 when it has none. */
  txn(appId: string): number
  /** Every stream's offset, by appId. */
  readonly txns: ReadonlyMap<string, number>
  /** When the server stored the message at a stream's offset, ms since the epoch, by appId, where known. */
  readonly txnTimes: ReadonlyMap<string, number>
  /** The newest date that retention took out of it; undefined when it took none. */
  readonly newestDateGone: string | undefined
  /** Nothing may be taken out of it. */
  readonly isAppendOnly: boolean
  /** Its properties say of which columns writers tell statistics: one that is not told may have values. */
  readonly hasLimitedStats: boolean
  /** The newest commit that is traced, of those that were read. */
  readonly traced: TracedCommit | undefined
  /** What was found amiss and got round while the log was read. */
  readonly warnings: readonly string[]
}

const GEOHASH_LENGTH = 'fleetlake.geohashLength'
const WINDOW_MS = 'fleetlake.windowMs'
const STATS_PROPERTIES = 'delta.dataSkipping'

/** The settings as metaData's configuration. */
export const configurationOf = ({ geohashLength, windowMs }: TableSettings): Record<string, string> => ({
  [GEOHASH_LENGTH]: String(geohashLength),
  [WINDOW_MS]: String(windowMs),
})

/** @throws FleetError `table.unsupported` for a table that was not made by Fleetlake */
export const settingsOf = (configuration: Readonly<Record<string, string>>): TableSettings => {
  const whole = (key: string): number => {
    const value = Number(configuration[key] ?? Number.NaN)
    if (Number.isInteger(value) && value > 0) return value
    throw new FleetError(
      'table.unsupported',
      `the table's property ${key} is ${configuration[key] ?? 'missing'}; a whole number is needed`,
    )
  }
  return { geohashLength: whole(GEOHASH_LENGTH), windowMs: whole(WINDOW_MS) }
}

/** @throws FleetError `table.unsupported` when the rows of a file can't be known */
export const checkVectors = ({ vectors }: Pick<LogState, 'vectors'>): void => {
  const [withVector] = vectors
  if (withVector === undefined) return
  throw new FleetError(
    'table.unsupported',
    `some rows of ${withVector} were deleted by a deletion vector, which this program does not read: ` +
      'let the program that wrote it rewrite such files (REORG TABLE … APPLY (PURGE)), and turn off delta.enableDeletionVectors',
  )
}

/** @throws FleetError `table.unsupported` when the rows of a file can't be known */
export const snapshotOf = (state: LogState): Snapshot => {
  checkVectors(state)
  const { version, fingerprint, metaData, columns, files, txns, txnTimes, traced, warnings } = state
  return {
    id: metaData.id,
    version,
    fingerprint,
    settings: settingsOf(metaData.configuration ?? {}),
    measures: columns.measures,
    otherColumns: columns.otherColumns,
    totals: files.totals,
    dates: files.dates,
    files: () => eachFile(files),
    find: (path) => findFiles(files, [path]).get(path),
    txn: (appId) => txns.get(appId) ?? 0,
    txns,
    txnTimes,
    newestDateGone: newestDateGone(txns),
    isAppendOnly: isAppendOnly(metaData),
    hasLimitedStats: Object.keys(metaData.configuration ?? {}).some((key) => key.startsWith(STATS_PROPERTIES)),
    traced,
    warnings,
  }
}
