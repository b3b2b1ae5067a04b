import type { Snapshot } from '../snapshot.ts'
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts'
import type { Table } from '../table.ts'
import { graceOf } from './grace.ts'
import { readTombstones } from './read-tombstones.ts'

/** The table's offset of vacuums. */
export const VACUUM_APP = 'fleetlake.vacuum'

export interface VacuumOptions {
  /** Files that no version within this time names go; the least that is allowed when it is less. */
  readonly graceMs: number
  /** Only report what would be deleted. */
  readonly isDryRun?: boolean
  readonly nowMs: number
  /** Once aborted, nothing more is deleted. */
  readonly signal: AbortSignal
  /** Told of each file that goes, or would. */
  readonly onFile?: (file: ObjectInfo) => void
}

export interface VacuumReport {
  readonly graceMs: number
  readonly files: number
  readonly bytes: number
}

/** Where data files of the table are; files elsewhere are of other programs, and stay. */
export const DATA_FILE = /^date=[^/]+\/cell=[^/]+\/[^/]+$/

/** Files that are listed and kept in memory at once. */
const PAGE_FILES = 1_000
const DELETES_AT_ONCE = 8

async function* pagesOf(store: ObjectStore, isOld: (file: ObjectInfo) => boolean): AsyncGenerator<ObjectInfo[]> {
  let page: ObjectInfo[] = []
  for await (const file of store.list('date=')) {
    if (!DATA_FILE.test(file.path) || !isOld(file)) continue
    page.push(file)
    if (page.length < PAGE_FILES) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/**
 * Deletes the files that no version within the grace names. Invariant: a file that is named, was named within the grace, or may still come to be named
 * is never deleted. Before it deletes anything it takes a version: a writer that decided to commit before that, and slept over its decision, loses the
 * race for that version and then finds that its files are too old.
 * @throws FleetError `store.failed`, `table.invalid`, `table.unsupported`
 */
export const vacuumTable = async (
  table: Pick<Table, 'refresh' | 'commit' | 'snapshot'>,
  store: ObjectStore,
  { graceMs: askedMs, isDryRun = false, nowMs, signal, onFile = () => {} }: VacuumOptions,
): Promise<VacuumReport> => {
  const graceMs = graceOf(askedMs)
  const sinceMs = nowMs - graceMs
  let snapshot = await table.refresh()
  let removed: Set<string> | undefined
  let [files, bytes] = [0, 0]

  const takeVersion = async (): Promise<Snapshot> => {
    for (;;) {
      const from = table.snapshot.txn(VACUUM_APP)
      const result = await table.commit({
        parts: [{ add: [], offset: { appId: VACUUM_APP, from, to: from + 1 } }],
        operation: 'VACUUM START',
        info: { graceMs },
      })
      if (result.status === 'committed') return table.refresh()
    }
  }

  for await (const page of pagesOf(store, ({ modifiedMs }) => modifiedMs < sinceMs)) {
    if (signal.aborted) break
    if (page.every(({ path }) => snapshot.find(path) !== undefined)) continue
    if (removed === undefined) {
      if (!isDryRun) snapshot = await takeVersion()
      removed = await readTombstones(store, { version: snapshot.version, sinceMs, nowMs })
    }
    const gone = page.filter(({ path }) => snapshot.find(path) === undefined && !removed?.has(path))
    for (let i = 0; i < gone.length && !signal.aborted; i += DELETES_AT_ONCE) {
      const some = gone.slice(i, i + DELETES_AT_ONCE)
      if (!isDryRun) await Promise.all(some.map(({ path }) => store.delete(path)))
      for (const file of some) {
        onFile(file)
        files++
        bytes += file.size
      }
    }
  }
  if (!isDryRun) await store.removeStrayFiles(graceMs)
  return { graceMs, files, bytes }
}
