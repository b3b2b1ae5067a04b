import { FleetError } from '@fleetlake/core'
import type { Add } from '../log/actions.ts'
import { eachFile } from '../log/files.ts'
import { isDamage } from '../log/damage.ts'
import { listLog, type CheckpointName } from '../log/list-log.ts'
import { getCheckpoint } from '../log/load-checkpoint.ts'
import type { LogKind, TableState } from '../log/log-kind.ts'
import { movesLogIn } from '../log/moves-log.ts'
import { listFromCheckpoint, readLog } from '../log/read-log.ts'
import type { LogState } from '../log/state.ts'
import { statsRows } from '../chunk.ts'
import { commitPath, LAST_CHECKPOINT } from '../paths.ts'
import { checkVectors } from '../snapshot.ts'
import { smallLogIn, type SmallState } from '../small/small-log.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { TableName } from './backup-paths.ts'

/** A data file of a version. */
export interface NamedFile {
  /** Within the table. */
  readonly path: string
  readonly bytes: number
  readonly rows: number | undefined
}

/** A table at one version. */
export interface PinnedTable {
  readonly name: TableName
  readonly id: string
  readonly version: number
  readonly files: readonly NamedFile[]
  /** Paths within the table of what its log was copied as. */
  readonly log: readonly string[]
  /** How far it holds each stream, by the name under which the table counts it. */
  readonly offsets: Readonly<Record<string, number>>
}

/** Counts of the table's own, beside those of streams. */
const OWN_APP = /^fleetlake\./

const fileOfAdd = (path: string, { size, stats }: Add): NamedFile => ({ path, bytes: size, rows: statsRows(stats) })

/** How the log of a table is read, whichever it is: a small one is read without knowing its columns. */
const readerOf = (
  name: TableName,
): {
  readonly kind: (store: ObjectStore) => LogKind<TableState>
  readonly filesOf: (state: TableState) => NamedFile[]
} =>
  name === 'moves'
    ? {
        kind: (store) => movesLogIn(store) as LogKind<TableState>,
        filesOf: (state) => {
          checkVectors(state as LogState)
          return Array.from(eachFile((state as LogState).files), ({ path, bytes, rows }) => ({ path, bytes, rows }))
        },
      }
    : {
        kind: (store) => smallLogIn(store, { name, columns: [] }) as LogKind<TableState>,
        filesOf: (state) => Array.from((state as SmallState).files, ([path, add]) => fileOfAdd(path, add)),
      }

/** What a version is read from: a checkpoint of it or an earlier one, and the commits after that. */
const logOf = async (
  store: ObjectStore,
  kind: LogKind<TableState>,
  version: number,
): Promise<{ readonly checkpoint: CheckpointName | undefined; readonly commits: readonly number[] }> => {
  const isFit = (each: CheckpointName): boolean => each.version <= version
  let listing = await listFromCheckpoint(store)
  if (listing.from > 0 && !listing.checkpoints.some(isFit)) listing = await listLog(store, 0)
  const readable = async (named: CheckpointName): Promise<boolean> => {
    try {
      return (await kind.loadCheckpoint(store, named)) !== undefined
    } catch (error) {
      if (!isDamage(error)) throw error
      return false
    }
  }
  let checkpoint: CheckpointName | undefined
  for (const named of listing.checkpoints.filter(isFit)) {
    if (await readable(named)) {
      checkpoint = named
      break
    }
  }
  // The commit of the checkpoint's version as well: by it the hub knows the version.
  const from = checkpoint?.version ?? 0
  const commits = [...listing.commits].filter((each) => each >= from && each <= version).toSorted((a, b) => a - b)
  return { checkpoint, commits }
}

const READS_AT_ONCE = 16

const copyObjects = async (from: ObjectStore, to: ObjectStore, paths: readonly string[]): Promise<void> => {
  for (let i = 0; i < paths.length; i += READS_AT_ONCE) {
    await Promise.all(
      paths.slice(i, i + READS_AT_ONCE).map(async (path) => {
        const bytes = await from.get(path)
        if (bytes === undefined) throw goneMeanwhile(from, path)
        await to.put(path, bytes)
      }),
    )
  }
}

const goneMeanwhile = (store: ObjectStore, path: string, cause?: unknown): FleetError =>
  new FleetError('table.replaced', `${store.url(path)} went while it was copied: make the backup again`, { cause })

/** Of the checkpoint that it names, or of none. */
const hintOf = async (store: ObjectStore, version: number | undefined): Promise<Uint8Array | undefined> => {
  const bytes = version === undefined ? undefined : await store.get(LAST_CHECKPOINT)
  if (bytes === undefined) return undefined
  try {
    const { version: hinted } = JSON.parse(new TextDecoder().decode(bytes)) as { version?: unknown }
    return hinted === version ? bytes : undefined
  } catch {
    return undefined
  }
}

/**
 * Copies the log of the newest version of a table. Invariant: the copy opens by itself, at that version and no other; which files the backup has is read from the
 * copy, so that the two can't differ, whatever is committed, compacted and cleaned meanwhile.
 * @param to rooted at where the copy of the table's log is to be
 * @returns undefined when there is no table
 * @throws FleetError `table.damaged`, `table.replaced`, `table.unsupported`, `store.failed`
 */
export const pinTable = async (
  name: TableName,
  from: ObjectStore,
  to: ObjectStore,
): Promise<PinnedTable | undefined> => {
  const { kind, filesOf } = readerOf(name)
  const newest = await readLog(from, kind(from))
  if (newest === undefined) return undefined
  const { version } = newest
  const { checkpoint, commits } = await logOf(from, kind(from), version)
  const held = checkpoint && (await getCheckpoint(from, checkpoint))
  if (checkpoint !== undefined && held === undefined) throw goneMeanwhile(from, checkpoint.paths[0])
  const parts = held === undefined ? [] : [...(held.manifest === undefined ? [] : [held.manifest]), ...held.parts]
  for (const { name: path, bytes } of parts) await to.put(path, bytes)
  const paths = commits.map(commitPath)
  await copyObjects(from, to, paths)
  const hint = await hintOf(from, checkpoint?.version)
  if (hint !== undefined) await to.put(LAST_CHECKPOINT, hint)
  const copied = await readLog(to, kind(to)).catch((error: unknown) => {
    throw isDamage(error) ? goneMeanwhile(from, commitPath(version), error) : error
  })
  if (
    copied?.version !== version ||
    copied.metaData.id !== newest.metaData.id ||
    copied.fingerprint !== newest.fingerprint
  )
    throw goneMeanwhile(from, commitPath(version))
  const { txns } = copied as LogState | SmallState
  return {
    name,
    id: copied.metaData.id,
    version,
    files: filesOf(copied),
    offsets: Object.fromEntries([...txns].filter(([appId]) => !OWN_APP.test(appId)).toSorted()),
    log: [...parts.map(({ name: path }) => path), ...paths, ...(hint === undefined ? [] : [LAST_CHECKPOINT])],
  }
}

/** Which version of which table is at a place; undefined when there is none. @throws FleetError `table.damaged`, `table.unsupported`, `store.failed` */
export const versionOfTable = async (
  name: TableName,
  store: ObjectStore,
): Promise<{ readonly id: string; readonly version: number } | undefined> => {
  const state = await readLog(store, readerOf(name).kind(store))
  return state && { id: state.metaData.id, version: state.version }
}
