import { FleetError } from '@fleetlake/core'
import { z } from 'zod'
import { copyPath, LAST_CHECKPOINT, parseLogPath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { storeBelow } from '../store/store-below.ts'
import { filesFolder, type TableName, TABLES } from './backup-paths.ts'
import { COPIES_AT_ONCE, COPY_BYTES, filesThere } from './copy-files.ts'
import { eachBounded } from './each-bounded.ts'
import { checkBytes, readDataFile, readLists, readObject } from './file-lists.ts'
import { interrupted } from './interrupted.ts'
import type { KeptTable, Manifest } from './manifest.ts'
import { versionOfTable } from './pin-table.ts'

export interface RestoreOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: {
    readonly bytes: number
    readonly doneBytes: number
    readonly doneFiles: number
  }) => void
}

export interface RestoreReport {
  readonly files: number
  readonly bytes: number
  /** What an interrupted restore of the same backup had left. */
  readonly filesThere: number
}

/** In the archive while it is being restored: what is there is of this backup, and may be gone on with. */
const MARKER = 'restoring.json'
const marker = z.object({ backup: z.string() })

/** `moves` last: without it no service takes the place for an archive. */
const ORDER = TABLES.toReversed()

/**
 * Refuses to restore where something is that is not of an interrupted restore of the same backup.
 * @returns whether there is one to be gone on with
 * @throws FleetError `backup.refused`
 */
export const checkEmpty = async (archive: ObjectStore, { id }: Pick<Manifest, 'id'>): Promise<boolean> => {
  const bytes = await archive.get(MARKER)
  const begun = bytes === undefined ? undefined : markerOf(bytes)
  if (begun?.backup === id) return true
  if (begun !== undefined) {
    throw new FleetError(
      'backup.refused',
      `${archive.url('')} has an unfinished restore of the backup ${begun.backup}: go on with it (--backup ${begun.backup}), or empty the place`,
    )
  }
  for await (const { path } of archive.list('')) {
    throw new FleetError(
      'backup.refused',
      `${archive.url('')} is not empty, ${path} is there: nothing is written over. Name an empty place, or move what is there away (stop the services first)`,
    )
  }
  return false
}

const markerOf = (bytes: Uint8Array): { readonly backup: string } => {
  try {
    return marker.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch (cause) {
    throw new FleetError('backup.refused', `${MARKER} can't be read: empty the place, and restore again`, { cause })
  }
}

/**
 * Restores a backup into an empty place. Invariant: a table's log is written once all its data files are there, each compared with its checksum, and the commits in their order;
 * a restore that is interrupted is gone on with, and is no archive before it has ended. Nothing that is there is written over.
 * @param archive rooted at the archive, whose tables are its folders
 * @throws FleetError `backup.refused`, `backup.invalid`, `store.failed`; `backup.interrupted`
 */
export const restoreBackup = async (
  source: ObjectStore,
  manifest: Manifest,
  archive: ObjectStore,
  { signal, onProgress = () => {} }: RestoreOptions,
): Promise<RestoreReport> => {
  const isBegun = await checkEmpty(archive, manifest)
  if (!isBegun) await archive.put(MARKER, new TextEncoder().encode(JSON.stringify({ backup: manifest.id })))
  const tables = ORDER.flatMap((name) => {
    const table = manifest.tables[name]
    return table === undefined ? [] : [[name, table] as const]
  })
  const bytes = tables.reduce((total, [, table]) => total + table.bytes, 0)
  let [doneFiles, doneBytes, there] = [0, 0, 0]
  for (const [name, table] of tables) {
    const store = storeBelow(archive, `${name}/`)
    await restoreFiles({ source, manifest, name, table, store }, signal, (file, wasThere) => {
      doneFiles++
      doneBytes += file.bytes
      if (wasThere) there++
      onProgress({ bytes, doneBytes, doneFiles })
    })
    if (signal.aborted) throw interrupted()
    await restoreLog({ source, manifest, name, table, store })
  }
  await archive.delete(MARKER)
  return { files: doneFiles, bytes: doneBytes, filesThere: there }
}

interface TableRestore {
  readonly source: ObjectStore
  readonly manifest: Manifest
  readonly name: TableName
  readonly table: KeptTable
  /** Rooted at the table's folder in the archive. */
  readonly store: ObjectStore
}

const restoreFiles = async (
  { source, manifest, name, table, store }: TableRestore,
  signal: AbortSignal,
  onFile: (file: { readonly bytes: number }, wasThere: boolean) => void,
): Promise<void> => {
  const folder = filesFolder(name, table.id)
  const there = await filesThere(store, '')
  const files = await Array.fromAsync(readLists(source, manifest.id, table))
  if (files.length !== table.files)
    throw new FleetError(
      'backup.invalid',
      `the backup ${manifest.id} lists ${files.length} files of ${name} instead of ${table.files}`,
    )
  await eachBounded(files, { most: COPIES_AT_ONCE, mostBytes: COPY_BYTES, signal }, async (file) => {
    const wasThere = there.get(file.path) === file.bytes
    if (!wasThere) await store.put(file.path, await readDataFile(source, folder + file.path, file))
    onFile(file, wasThere)
  })
}

/** The hint last: it names a checkpoint that is there by then. */
const restoreLog = async ({ source, manifest, name, table, store }: TableRestore): Promise<void> => {
  const folder = `${name}/`
  const isHint = (path: string): boolean => path === folder + LAST_CHECKPOINT
  const inOrder = table.log.toSorted(
    (a, b) => Number(isHint(a.path)) - Number(isHint(b.path)) || (a.path < b.path ? -1 : 1),
  )
  for (const kept of inOrder) {
    const path = kept.path.slice(folder.length)
    const bytes = await readObject(source, manifest.id, kept)
    if (isHint(kept.path)) {
      await store.put(path, bytes)
      continue
    }
    if ((await store.putIfAbsent(path, bytes)) === 'exists') await checkSame(store, path, kept)
    const parsed = parseLogPath(path)
    if (parsed?.kind === 'commit') await store.put(copyPath(parsed.version), bytes)
  }
  const { version, id } = (await versionOfTable(name, store)) ?? {}
  if (version === table.version && id === table.id) return
  throw new FleetError(
    'backup.refused',
    `${store.url('')} was written to while it was restored (it is at version ${version} instead of ${table.version}): stop the services, empty the place and restore again`,
  )
}

const checkSame = async (store: ObjectStore, path: string, kept: { bytes: number; sha256: string }): Promise<void> => {
  try {
    checkBytes(await store.get(path), kept, store.url(path))
  } catch (cause) {
    throw new FleetError(
      'backup.refused',
      `${store.url(path)} is another one than the backup's: a service has made a table there. Stop the services, empty the place and restore again`,
      { cause },
    )
  }
}
