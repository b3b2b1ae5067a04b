import { MAX_MEASURES, MEASURE_TYPES, measureNameFault, type MeasureSpec } from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'
import { encodePath } from '../paths.ts'
import { columnChange, type ColumnConflict, schemaWith } from '../schema.ts'
import type { Action, AddFile, Txn } from './actions.ts'
import { arrivalActions, goneActions } from './arrivals.ts'
import { feederAppOf, feederOf, goneAppOf } from './feeder.ts'
import { findFiles } from './files.ts'
import type { LogState } from './state.ts'
import type { CommitStamp } from './write-commit.ts'

/** What a commit moves a stream's offset from and to: the rows of the messages `(from, to]` are in its files. */
export interface OffsetMove {
  /** `<stream>@<created>#<epoch>` */
  readonly appId: string
  /** The offset at which the buffer began. */
  readonly from: number
  /** The last sequence that the files hold; beyond `from`. */
  readonly to: number
  /** When the server stored the message at `to`, ms since the epoch: it shows that a stream was rolled back and has grown again. */
  readonly timestampMs?: number
}

/** Files that stand or fall together, with the offset that they account for. */
export interface CommitPart {
  readonly add: readonly AddFile[]
  /** None for files that no stream accounts for (an import, a compaction). */
  readonly offset?: OffsetMove
}

/** A hub feeds the table from now on. */
export interface Claim {
  readonly hub: string
  /** Who has fed it until then. */
  readonly after: string | undefined
  /** The names under which the table counts streams that the hub does not have, and those of its own. */
  readonly gone?: readonly string[]
  readonly back?: readonly string[]
}

export interface CommitRequest {
  readonly parts: readonly CommitPart[]
  /** Store paths of files that the commit takes out of the table. */
  readonly remove?: readonly string[]
  /** Columns that the table has from this commit on, if it does not have them yet; no file is rewritten for it. */
  readonly columns?: readonly MeasureSpec[]
  /** False when the rows stay the same (a compaction). Default true. */
  readonly dataChange?: boolean
  /** Dates, all of whose files that are known the commit takes out since they are past retention. */
  readonly gone?: readonly string[]
  /** Counts of the table's own that go up by one. */
  readonly counts?: readonly string[]
  /** Allowed only while this hub feeds the table; not asked when missing (a compaction). */
  readonly feeder?: string
  /** From this commit on another hub feeds the table, or the first one; refused when the hub that fed it until then is not `after`. */
  readonly claim?: Claim
  /** E.g. 'WRITE', 'OPTIMIZE'. */
  readonly operation: string
  /** More fields of commitInfo. */
  readonly info?: Readonly<Record<string, unknown>>
}

/** A stream whose offset in the table is not the one that its buffer began at. */
export interface StaleStream {
  readonly appId: string
  /** The table's offset. */
  readonly offset: number
}

/**
 * - committed: everything is in the table, once. Columns that were there already change nothing.
 * - stale: nothing was written. The caller takes these streams' parts out, gives their buffers up and tries the rest again.
 * - conflict: nothing was written; these paths to remove are not in the table any more.
 * - other-hub: nothing was written; this hub feeds the table now, none when undefined.
 * - column-conflict: nothing was written; the table has these columns with another type or unit, or in another case.
 * - too-many-columns: nothing was written; the table would have more measures than it may.
 * - expired: nothing was written; the oldest file was written so long ago that a vacuum may take it.
 */
export type CommitResult =
  | { readonly status: 'committed'; readonly version: number }
  | { readonly status: 'stale'; readonly streams: readonly StaleStream[] }
  | { readonly status: 'conflict'; readonly paths: readonly string[] }
  | { readonly status: 'other-hub'; readonly hub: string | undefined }
  | { readonly status: 'column-conflict'; readonly columns: readonly ColumnConflict[] }
  | { readonly status: 'too-many-columns'; readonly most: number }
  | { readonly status: 'expired'; readonly ageMs: number }

/** Why nothing was written. */
export type Refusal = Exclude<CommitResult, { readonly status: 'committed' }>

/** A commit whose oldest file is older is given up: vacuum takes files that are in no version after twice this time. */
export const MAX_FILE_AGE_MS = 3_600_000

/** Characters of a column's unit and of its description, at most. */
export const MAX_UNIT_LENGTH = 40
export const MAX_DESCRIPTION_LENGTH = 1_000

/** Why a table can't be given such columns whatever it has, for people; undefined when it can. */
export const columnsFault = (columns: readonly MeasureSpec[]): string | undefined => {
  if (columns.length > MAX_MEASURES) return `${columns.length} columns are more than the ${MAX_MEASURES} of a table`
  if (new Set(columns.map(({ name }) => name)).size < columns.length) return 'a column is named twice'
  for (const { name, type, unit = '', description = '' } of columns) {
    const fault = measureNameFault(name)
    if (fault !== undefined) return fault
    if (!MEASURE_TYPES.includes(type))
      return `"${name}" is to be of type ${type}, which is none of ${MEASURE_TYPES.join(', ')}`
    if (unit.length > MAX_UNIT_LENGTH) return `the unit of "${name}" has more than ${MAX_UNIT_LENGTH} characters`
    if (description.length > MAX_DESCRIPTION_LENGTH) {
      return `the description of "${name}" has more than ${MAX_DESCRIPTION_LENGTH} characters`
    }
  }
  return undefined
}

/** @throws FleetError `table.conflict` for a request that contradicts itself */
export const checkRequest = ({ parts, remove = [], counts = [], columns = [], claim }: CommitRequest): void => {
  const refuse = (what: string): never => {
    throw new FleetError('table.conflict', `a commit must not ${what}`)
  }
  const appIds = parts.flatMap(({ offset }) => (offset === undefined ? [] : [offset.appId]))
  if (new Set(appIds).size < appIds.length) refuse('move the offset of a stream twice')
  for (const { offset } of parts) {
    if (offset !== undefined && !(offset.to > offset.from && offset.from >= 0)) {
      refuse(`move the offset of ${offset.appId} from ${offset.from} to ${offset.to}`)
    }
  }
  const paths = [...parts.flatMap(({ add }) => add.map((file) => file.path)), ...remove.map(encodePath)]
  if (new Set(paths).size < paths.length) refuse('name a file twice')
  const fault = columnsFault(columns)
  if (fault !== undefined) refuse(`add such columns: ${fault}`)
  if (paths.length + appIds.length + counts.length + columns.length === 0 && claim === undefined) refuse('be empty')
}

/**
 * The commit rule: version v+1 may be tried only if in state v the hub that feeds the table is the one that commits, each stream's offset is the one at
 * which its buffer began, every path to remove is in the table, no column to add is there as something else, and no file is too old.
 * @returns undefined when it may be tried
 */
export const decide = (
  { parts, remove = [], columns = [], feeder, claim }: CommitRequest,
  { txns, files, metaData, columns: known }: LogState,
  nowMs: number,
): Refusal | undefined => {
  if (feeder !== undefined || claim !== undefined) {
    const hub = feederOf(txns)?.hub
    if (hub !== (claim === undefined ? feeder : claim.after)) return { status: 'other-hub', hub }
  }
  const streams = parts.flatMap(({ offset }) => {
    if (offset === undefined) return []
    const held = txns.get(offset.appId) ?? 0
    return held === offset.from ? [] : [{ appId: offset.appId, offset: held }]
  })
  if (streams.length > 0) return { status: 'stale', streams }
  const live = findFiles(files, remove)
  const paths = remove.filter((path) => !live.has(path))
  if (paths.length > 0) return { status: 'conflict', paths }
  if (columns.length > 0) {
    const { added, conflicts } = columnChange(metaData.schemaString, columns)
    if (conflicts.length > 0) return { status: 'column-conflict', columns: conflicts }
    if (known.measures.length + added.length > MAX_MEASURES) return { status: 'too-many-columns', most: MAX_MEASURES }
  }
  let ageMs = 0
  for (const { add } of parts) for (const file of add) ageMs = Math.max(ageMs, nowMs - file.modificationTime)
  return ageMs > MAX_FILE_AGE_MS ? { status: 'expired', ageMs } : undefined
}

const txnOf = ({ appId, to, timestampMs }: OffsetMove): Txn => ({
  appId,
  version: to,
  ...(timestampMs === undefined ? {} : { lastUpdated: timestampMs }),
})

const claimActions = (
  { hub, gone = [], back = [] }: Claim,
  { txns }: LogState,
  { number, nowMs }: { readonly number: number; readonly nowMs: number },
): Action[] => {
  const mark = (appId: string, version: number): Action[] =>
    (txns.get(goneAppOf(appId)) ?? 0) > 0 === version > 0
      ? []
      : [{ txn: { appId: goneAppOf(appId), version, lastUpdated: nowMs } }]
  return [
    { txn: { appId: feederAppOf(hub), version: number, lastUpdated: nowMs } },
    ...gone.flatMap((appId) => mark(appId, number)),
    ...back.flatMap((appId) => mark(appId, 0)),
  ]
}

/** The table's metaData with the columns that it does not have yet; all else of it stays. */
const columnActions = (columns: readonly MeasureSpec[], { metaData }: LogState): Action[] => {
  const { schemaString } = metaData
  const { added } = columnChange(schemaString, columns)
  return added.length === 0 ? [] : [{ metaData: { ...metaData, schemaString: schemaWith(schemaString, added) } }]
}

/** The actions of a commit upon a state that `decide` lets it be written upon. */
export const actionsOf = (
  request: CommitRequest,
  state: LogState,
  { commitId, nowMs, engine }: CommitStamp,
): Action[] => {
  const {
    parts,
    remove = [],
    dataChange = true,
    counts = [],
    columns = [],
    gone = [],
    claim,
    operation,
    info = {},
  } = request
  const next = (feederOf(state.txns)?.claim ?? 0) + 1
  return [
    { commitInfo: { ...info, timestamp: nowMs, operation, engineInfo: engine, readVersion: state.version, commitId } },
    ...columnActions(columns, state),
    ...(claim === undefined ? [] : claimActions(claim, state, { number: next, nowMs })),
    ...parts.flatMap(({ offset }): Action[] => (offset === undefined ? [] : [{ txn: txnOf(offset) }])),
    ...(dataChange
      ? arrivalActions(
          parts.flatMap(({ add }) => add),
          state.txns,
          nowMs,
        )
      : []),
    ...goneActions(gone, state.txns),
    ...counts.map((appId): Action => ({ txn: { appId, version: (state.txns.get(appId) ?? 0) + 1 } })),
    ...Array.from(findFiles(state.files, remove).values(), ({ path, bytes, date, cell }): Action => ({
      remove: {
        path: encodePath(path),
        deletionTimestamp: nowMs,
        dataChange,
        extendedFileMetadata: true,
        partitionValues: { date, cell },
        size: bytes,
      },
    })),
    ...parts.flatMap(({ add }) => add.map((file): Action => ({ add: { ...file, dataChange } }))),
  ]
}
