import type { Add } from '../log/actions.ts'
import { MAX_FILE_AGE_MS } from '../log/commit.ts'
import { firstActions } from '../log/first-actions.ts'
import { makeCheckpoint } from '../log/make-checkpoint.ts'
import { type LogOptions, openLog } from '../log/open-log.ts'
import type { Proposal } from '../log/write-commit.ts'
import { decodePath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type FlatRow, hasOnly, type SmallColumn, smallSchemaString } from './small-file.ts'
import { commitInfo, removeOf, smallFilesIn, vacuumActions } from './small-files.ts'
import { smallLogIn, type SmallState } from './small-log.ts'

/**
 * A table of a few columns that only grows and is small enough to be read whole: what its rows come to is held in memory. It is a Delta table like any other,
 * with a Parquet file a commit.
 */
export interface SmallTableKind<Columns extends readonly SmallColumn[], Row, Content> {
  /** Of the table's folder. */
  readonly name: string
  readonly columns: Columns
  encode(row: Row): FlatRow<Columns>
  /** @throws FleetError `table.invalid` */
  decode(row: FlatRow<Columns>, where: string): Row
  /** What no rows come to. */
  readonly empty: Content
  /** What some rows more come to. Invariant: rows may come in any order, and again, and it comes to the same. */
  fold(content: Content, rows: readonly Row[]): Content
}

export interface SmallTable<Row, Content> {
  /** That `content` is of. */
  readonly version: number
  /** What the rows come to, as last read. */
  readonly content: Content
  /**
   * Reads what came since; without news it costs one get.
   * @throws FleetError `table.damaged`, `table.replaced`, `table.invalid`, `table.unsupported`, `store.failed`: the content stays what it was
   */
  refresh(): Promise<Content>
  /** All rows of the newest version, read again. */
  rows(): Promise<readonly Row[]>
  /**
   * Adds rows, durably once it resolves. Invariant: what is added was decided upon the content of the version before.
   * @param decide the rows, none if nothing is to be added; decides again when another was faster. What it throws refuses the whole
   * @returns the version that holds them
   * @throws FleetError `store.failed` when it is not known whether they were added: read the table again; `table.damaged`, `table.replaced`, `table.unsupported`
   */
  append(decide: (content: Content) => readonly Row[], operation: string): Promise<number>
  /**
   * Merges small files into one, when there are more than that. Invariant: every row stays, with every value.
   * @returns how many files became one; 0 for none
   */
  mergeFiles(options: { readonly moreThan: number }): Promise<number>
  /** Whether the version that is known has a file of this path. */
  names(path: string): boolean
  /** Makes a version that changes nothing: what was decided upon an earlier one is decided again. */
  takeVersion(): Promise<void>
  close(): Promise<void>
}

export interface OpenSmallTableOptions extends LogOptions {
  /** Makes the table when there is none. */
  readonly create?: boolean
}

const READS_AT_ONCE = 16
const MIB = 1024 * 1024
/** A merged file has about so many bytes at most; larger files stay as they are. */
const MOST_MERGED_BYTES = 64 * MIB

/** Why nothing was added. */
interface Refused {
  readonly cause: unknown
}

/**
 * Opens a small table.
 * @param store rooted at the table's folder
 * @returns undefined when there is none and none is to be made
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openSmallTable = async <Columns extends readonly SmallColumn[], Row, Content>(
  store: ObjectStore,
  kind: SmallTableKind<Columns, Row, Content>,
  { create = false, ...options }: OpenSmallTableOptions = {},
): Promise<SmallTable<Row, Content> | undefined> => {
  const { name, columns } = kind
  const schemaString = smallSchemaString(columns)
  const description = { name, schemaString, partitionColumns: [], configuration: {} }
  const log = await openLog(store, smallLogIn(store, kind), {
    ...options,
    // It takes no time that a thread would save.
    makeCheckpoint,
    create: create ? (stamp) => firstActions(description, stamp) : undefined,
  })
  if (log === undefined) return undefined
  const files = smallFilesIn(store, kind)

  /** The file that this process wrote last: it need not be read. */
  let own: { readonly path: string; readonly rows: readonly Row[] } | undefined

  const rowsOf = async (add: Add): Promise<readonly Row[]> => {
    const path = decodePath(add.path)
    if (own?.path === path) return own.rows
    const flat = await files.rows(add)
    return flat.map((row) => kind.decode(row, path))
  }

  const readAll = async (adds: readonly Add[]): Promise<Row[]> => {
    const rows: Row[] = []
    for (let i = 0; i < adds.length; i += READS_AT_ONCE) {
      const read = await Promise.all(adds.slice(i, i + READS_AT_ONCE).map(rowsOf))
      for (const some of read) for (const row of some) rows.push(row)
    }
    return rows
  }

  let held: { readonly state: SmallState; readonly content: Content } | undefined
  /** Invariant: files that a state shares with the one that is held are not read again, unless rows went since. */
  const contentAt = async (state: SmallState): Promise<Content> => {
    if (held?.state === state) return held.content
    const before = held
    const goesOn = before?.state.origin === state.origin && before.state.deletions === state.deletions
    const base = goesOn ? before : { content: kind.empty, state: { files: new Map<string, Add>() } }
    const added = [...state.files].flatMap(([path, add]) => (base.state.files.has(path) ? [] : [add]))
    const rows = await readAll(added)
    const content = rows.length === 0 && goesOn ? base.content : kind.fold(base.content, rows)
    if (held === undefined || held.state.version <= state.version) held = { state, content }
    return content
  }
  await contentAt(log.state)
  const latest = (): { readonly state: SmallState; readonly content: Content } => held!

  const append = async (decide: (content: Content) => readonly Row[], operation: string): Promise<number> => {
    let rows: readonly Row[] = []
    let written: { readonly rows: string; readonly add: Add } | undefined
    const proposal: Proposal<SmallState, Refused> = {
      decide: async (state) => {
        const content = await contentAt(state)
        try {
          rows = decide(content)
          return undefined
        } catch (cause) {
          return { cause }
        }
      },
      check: files.checkWritable,
      actions: async (state, stamp) => {
        const info = commitInfo(operation, state, stamp)
        if (rows.length === 0) return [info]
        // Who lost a race writes his file again only if he has decided otherwise, or if vacuum may soon take it.
        const text = JSON.stringify(rows)
        const isOld = written !== undefined && stamp.nowMs - written.add.modificationTime > MAX_FILE_AGE_MS
        if (written?.rows !== text || isOld) {
          written = {
            rows: text,
            add: await files.write(
              rows.map((row) => kind.encode(row)),
              { nowMs: stamp.nowMs, dataChange: true },
            ),
          }
        }
        own = { path: written.add.path, rows }
        return [info, { add: written.add }]
      },
    }
    await log.refresh()
    const committed = await log.commit(proposal)
    if (typeof committed !== 'number') throw committed.cause
    // It is in the table whatever comes of reading what others added meanwhile, which the next refresh tells.
    await contentAt(log.state).catch(() => undefined)
    return committed
  }

  const mergeFiles = async ({ moreThan }: { readonly moreThan: number }): Promise<number> => {
    let merged = 0
    await log.refresh()
    await log.commit<never>({
      decide: () => undefined,
      check: files.checkWritable,
      actions: async (state, stamp) => {
        const info = commitInfo('OPTIMIZE', state, stamp)
        const small = smallest(state.files.values())
        merged = small.length > moreThan && hasOnly(columns, state.metaData.schemaString) ? small.length : 0
        if (merged === 0) return [info]
        const rows: FlatRow<Columns>[] = []
        for (const add of small) for (const row of await files.rows(add)) rows.push(row)
        return [
          info,
          ...small.map((add) => removeOf(add, stamp.nowMs)),
          { add: await files.write(rows, { nowMs: stamp.nowMs, dataChange: false }) },
        ]
      },
    })
    return merged
  }

  return {
    get version() {
      return latest().state.version
    },
    get content() {
      return latest().content
    },
    refresh: async () => contentAt(await log.refresh()),
    rows: async () => readAll([...(await log.refresh()).files.values()]),
    append,
    mergeFiles,
    names: (path) => log.state.files.has(path),
    takeVersion: async () => {
      await log.commit<never>({
        decide: () => undefined,
        check: files.checkWritable,
        actions: vacuumActions,
      })
    },
    close: log.close,
  }
}

/** The smallest files, as many as go into one. */
const smallest = (files: Iterable<Add>): Add[] => {
  let bytes = 0
  return [...files].toSorted((a, b) => a.size - b.size).filter(({ size }) => (bytes += size) <= MOST_MERGED_BYTES)
}
