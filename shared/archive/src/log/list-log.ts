import { checkpointPaths, COPIES_FOLDER, LOG_FOLDER, parseCopyPath, parseLogPath, versionPrefix } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** A checkpoint that is there with all its files. */
export interface CheckpointName {
  readonly version: number
  /** In their order. */
  readonly paths: readonly string[]
}

/** What a listing of the log shows, from a version on. */
export interface LogListing {
  readonly from: number
  readonly commits: ReadonlySet<number>
  /** The newest first; of those of a version the classic ones first. */
  readonly checkpoints: readonly CheckpointName[]
  /** The newest version of any file; -1 for none. */
  readonly newest: number
}

/** Lists the files of the log of a version and those after it. */
export const listLog = async (store: ObjectStore, from: number): Promise<LogListing> => {
  const commits = new Set<number>()
  const checkpoints: CheckpointName[] = []
  const others: CheckpointName[] = []
  const found = new Map<string, number>()
  let newest = -1
  for await (const { path } of store.list(LOG_FOLDER, { after: versionPrefix(LOG_FOLDER, from) })) {
    const file = parseLogPath(path)
    if (file === undefined) continue
    const { version } = file
    newest = Math.max(newest, version)
    if (file.kind === 'commit') commits.add(version)
    else if (file.kind === 'v2-checkpoint') others.push({ version, paths: [file.path] })
    else {
      const { parts } = file
      const key = `${version} ${parts}`
      const count = (found.get(key) ?? 0) + 1
      found.set(key, count)
      // Names are all different, so that as many as there are parts are all of them.
      if (count === (parts ?? 1)) checkpoints.push({ version, paths: checkpointPaths(version, parts) })
    }
  }
  const sorted = [...checkpoints, ...others].toSorted((a, b) => b.version - a.version)
  return { from, commits, checkpoints: sorted, newest }
}

/** The newest version that there is a copy of a commit of, beyond a version; -1 for none. */
export const newestCopy = async (store: ObjectStore, beyond: number): Promise<number> => {
  let newest = -1
  for await (const { path } of store.list(COPIES_FOLDER, { after: versionPrefix(COPIES_FOLDER, beyond + 1) })) {
    newest = Math.max(newest, parseCopyPath(path) ?? -1)
  }
  return newest
}
