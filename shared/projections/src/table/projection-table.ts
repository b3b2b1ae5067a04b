import type { ObjectStore } from '@fleetlake/archive'
import {
  type Action,
  type Add,
  commitInfo,
  firstActions,
  type Log,
  type LogOptions,
  makeCheckpoint,
  MAX_FILE_AGE_MS,
  openLog,
  removeOf,
  vacuumActions,
  writerFault,
} from '@fleetlake/archive/log'
import { FleetError } from '@fleetlake/core'
import type { Batch } from './batch.ts'
import { entryOf, type FileEntry } from './file-entry.ts'
import { type BucketOffset, isSameOffset, offsetActions } from './offsets.ts'
import type { ProjectionKind } from './projection-kind.ts'
import { type ProjectionState, projectionLogIn, schemaStringOf } from './projection-log.ts'
import { createFileReader, type FileReader } from './read-file.ts'
import { type Rewritten, rewriteWithout } from './rewrite-files.ts'
import { bindSelection, type BoundSelection, mayHold, type RowSelection } from './selection.ts'
import { startDataFile } from './write-file.ts'

/** Partial rows that come into the table, and how far their buckets have folded `moves` with them. */
export interface ProjectionChange {
  readonly buckets: readonly number[]
  /** Where all of these buckets are; undefined while nothing of them is folded. */
  readonly from: BucketOffset | undefined
  readonly to: BucketOffset
  /** Of these buckets; merged with what is there of their keys. */
  readonly add?: Batch
  /** Takes out what the buckets hold of some dates, days since 1970-01-01 `[from, to)`, or all that they hold, before `add` comes in. */
  readonly replace?: { readonly dates?: { readonly from: number; readonly to: number } }
  /** E.g. 'WRITE'. */
  readonly operation: string
}

/** `stale`: a bucket was not at `from`, and nothing was written. */
export type ProjectionCommit = { readonly status: 'committed'; readonly version: number } | { readonly status: 'stale' }

/**
 * A table that is derived from versions of `moves`. Its rows are partial: those of equal key are merged by whoever reads them. Invariant: a bucket's rows are those of the version at which
 * its offset is, whoever writes, merges and dies.
 */
export interface ProjectionTable {
  readonly kind: ProjectionKind
  /** The newest that this process has read. */
  readonly state: ProjectionState
  /** Reads what came since; without news it costs one get. @throws FleetError `table.damaged`, `table.replaced`, `store.failed` */
  refresh(): Promise<ProjectionState>
  /** The files of a state that may hold rows of a selection. */
  files(state: ProjectionState, selection: RowSelection): FileEntry[]
  /**
   * The rows of a state, not merged. Invariant: never fewer rows than it has.
   * @throws FleetError `table.invalid` for a file that is not as it was written, `table.unsupported`, `store.failed`
   */
  read(state: ProjectionState, selection: RowSelection): AsyncGenerator<Batch>
  /** The same, for few rows of many files: as many files at once as keep the store busy. */
  readAtOnce(state: ProjectionState, selection: RowSelection): AsyncGenerator<Batch>
  /** The same, merged, in the order of the key. */
  rows(state: ProjectionState, selection: RowSelection): Promise<Batch>
  /**
   * Adds rows and moves the offsets of their buckets at once; durable once it resolves. Merges of files by others in between are gone round.
   * @throws FleetError `store.failed` when it is not known whether it was committed: refresh tells; `table.unsupported`, and what `read` throws where rows are replaced
   */
  commit(change: ProjectionChange): Promise<ProjectionCommit>
  /** What keeps the table in order. */
  readonly upkeep: ProjectionUpkeep
  close(): Promise<void>
}

/** What is committed, if the table still has all files that it takes out. */
export interface FileChange {
  readonly remove: readonly string[]
  readonly add: readonly Add[]
  /** False when the rows stay the same. */
  readonly dataChange: boolean
  readonly operation: string
}

export interface ProjectionUpkeep {
  readonly reader: FileReader
  readonly store: ObjectStore
  /** @returns false when another has taken one of the files out, or one to add is too old */
  replaceFiles(change: FileChange): Promise<boolean>
  /** Makes a version that changes nothing: what was decided upon an earlier one is decided again. */
  takeVersion(): Promise<void>
}

export interface OpenProjectionOptions extends LogOptions {
  /** Makes the table when there is none. */
  readonly create?: boolean
}

/**
 * Opens the table of a projection.
 * @param store rooted at the table's folder
 * @returns undefined when there is none and none is to be made
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `format.newer`, `store.failed`
 */
export const openProjectionTable = async (
  store: ObjectStore,
  kind: ProjectionKind,
  { create = false, ...options }: OpenProjectionOptions = {},
): Promise<ProjectionTable | undefined> => {
  const { name, columns } = kind
  const description = { name, schemaString: schemaStringOf(columns), partitionColumns: [], configuration: {} }
  const log = await openLog(store, projectionLogIn(store, kind), {
    makeCheckpoint,
    ...options,
    create: create ? (stamp) => firstActions(description, stamp) : undefined,
  })
  return log && tableUpon(log, store, kind)
}

const tableUpon = (log: Log<ProjectionState>, store: ObjectStore, kind: ProjectionKind): ProjectionTable => {
  const { name, columns, keyColumn } = kind
  const reader = createFileReader(store, kind)

  const filesOf = (state: ProjectionState, selection: BoundSelection): FileEntry[] => {
    const files: FileEntry[] = []
    for (const add of state.files.values()) {
      const entry = entryOf(add, keyColumn)
      if (mayHold(selection, entry)) files.push(entry)
    }
    return files
  }

  const check = ({ protocol, metaData }: ProjectionState): void => {
    const fault = writerFault(protocol, metaData, (column) => columns.some((ours) => ours.name === column))
    if (fault === undefined) return
    throw new FleetError(
      'table.unsupported',
      `the table ${name} can be read, but not written to: ${fault}. Turn that off with the program that turned it on`,
    )
  }

  async function* read(state: ProjectionState, selection: RowSelection): AsyncGenerator<Batch> {
    const bound = bindSelection(kind, selection)
    for (const entry of filesOf(state, bound)) yield* reader.read(entry, bound)
  }

  async function* readAtOnce(state: ProjectionState, selection: RowSelection): AsyncGenerator<Batch> {
    const bound = bindSelection(kind, selection)
    const files = filesOf(state, bound)
    const atOnce = store.readsAtOnce
    for (let i = 0; i < files.length; i += atOnce) {
      const some = files.slice(i, i + atOnce).map((entry) => Array.fromAsync(reader.read(entry, bound)))
      for (const found of await Promise.all(some)) yield* found
    }
  }

  const rows = async (state: ProjectionState, selection: RowSelection): Promise<Batch> =>
    kind.merge(await Array.fromAsync(readAtOnce(state, selection)))

  const commit = async ({
    buckets,
    from,
    to,
    add,
    replace,
    operation,
  }: ProjectionChange): Promise<ProjectionCommit> => {
    const replaced = replace && bindSelection(kind, { buckets, ...replace })
    const rewritten = new Map<string, { readonly what: Rewritten; readonly atMs: number }>()
    let written: { readonly add: Add | undefined; readonly atMs: number } | undefined

    const addedAt = async (nowMs: number): Promise<Add | undefined> => {
      if (add === undefined || add.length === 0) return undefined
      if (written === undefined || nowMs - written.atMs > MAX_FILE_AGE_MS) {
        const file = startDataFile(store, kind, { month: undefined, level: 0 })
        file.add(kind.merge([add]))
        written = { add: await file.finish({ nowMs, dataChange: true }), atMs: nowMs }
      }
      return written.add
    }
    const withoutReplaced = async (state: ProjectionState, nowMs: number): Promise<Action[]> => {
      const actions: Action[] = []
      for (const entry of replaced === undefined ? [] : filesOf(state, replaced)) {
        let known = rewritten.get(entry.path)
        if (known === undefined || nowMs - known.atMs > MAX_FILE_AGE_MS) {
          known = { what: await rewriteWithout({ store, kind, reader }, entry, replaced!, nowMs), atMs: nowMs }
          rewritten.set(entry.path, known)
        }
        if (known.what.kind === 'untouched') continue
        actions.push(removeOf(state.files.get(entry.path)!, nowMs, true))
        if (known.what.kind === 'rewritten') actions.push({ add: known.what.add })
      }
      return actions
    }
    await log.refresh()
    const committed = await log.commit<'stale'>({
      decide: (state) => (buckets.every((bucket) => isSameOffset(state.offset(bucket), from)) ? undefined : 'stale'),
      check,
      actions: async (state, stamp) => {
        const { nowMs } = stamp
        const file = await addedAt(nowMs)
        return [
          commitInfo(operation, state, stamp),
          ...buckets.flatMap((bucket) => offsetActions(state, bucket, to)),
          ...(await withoutReplaced(state, nowMs)),
          ...(file === undefined ? [] : [{ add: file }]),
        ]
      },
    })
    return committed === 'stale' ? { status: 'stale' } : { status: 'committed', version: committed }
  }

  const replaceFiles = async ({ remove, add, dataChange, operation }: FileChange): Promise<boolean> => {
    const committed = await log.commit<'conflict'>({
      decide: ({ files }, nowMs) =>
        remove.every((path) => files.has(path)) &&
        add.every(({ modificationTime }) => nowMs - modificationTime <= MAX_FILE_AGE_MS)
          ? undefined
          : 'conflict',
      check,
      actions: (state, stamp) => [
        commitInfo(operation, state, stamp),
        ...remove.map((path) => removeOf(state.files.get(path)!, stamp.nowMs, dataChange)),
        ...add.map((file) => ({ add: { ...file, dataChange } })),
      ],
    })
    return committed !== 'conflict'
  }

  const takeVersion = async (): Promise<void> => {
    await log.commit<never>({
      decide: () => undefined,
      check,
      actions: vacuumActions,
    })
  }

  return {
    kind,
    get state() {
      return log.state
    },
    refresh: log.refresh,
    files: (state, selection) => filesOf(state, bindSelection(kind, selection)),
    read,
    readAtOnce,
    rows,
    commit,
    upkeep: { reader, store, replaceFiles, takeVersion },
    close: log.close,
  }
}
