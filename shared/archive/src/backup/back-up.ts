import { randomBytes } from 'node:crypto'
import { FORMATS } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '../store/object-store.ts'
import { storeBelow } from '../store/store-below.ts'
import { backupId, filesFolder, logFolder, manifestPath, type TableName } from './backup-paths.ts'
import { copyFiles, filesThere } from './copy-files.ts'
import { type CopyNotes, openNotes } from './copy-notes.ts'
import { describeObject, type KeptFile, writeLists } from './file-lists.ts'
import { interrupted } from './interrupted.ts'
import { type KnownFiles, readKnownFiles } from './known-files.ts'
import { formatManifest, type KeptHub, type KeptTable, listBackups, type Manifest } from './manifest.ts'
import type { PinnedTable } from './pin-table.ts'
import { ATTEMPTS, pinTables } from './pin-tables.ts'

export interface BackUpOptions {
  /** Fleetlake's version. */
  readonly software: string
  /** Asked once the tables are pinned; null when the hub is not reached. */
  readonly lookAtHub: () => Promise<KeptHub | null>
  readonly signal: AbortSignal
  readonly now?: () => number
  /** Told how far it is: bytes of all data files, and of those that are there. */
  readonly onProgress?: (progress: BackUpProgress) => void
}

export interface BackUpProgress {
  readonly bytes: number
  readonly doneBytes: number
  readonly doneFiles: number
}

export interface BackUpReport {
  readonly manifest: Manifest
  /** Of data files: those that earlier backups have are not copied again. */
  readonly copiedFiles: number
  readonly copiedBytes: number
}

/**
 * Makes a backup of an archive, while services write to it. Each table is in it as it was at one version; `moves` is pinned first. Data files that are there are not copied again: only what is
 * new costs anything, and what was interrupted is gone on with. Invariant: a backup with a manifest is whole.
 * @param archive rooted at the archive, whose tables are its folders
 * @throws FleetError `table.missing`, `table.damaged`, `table.unsupported`, `backup.invalid`, `store.failed`; `backup.interrupted`
 */
export const backUp = async (
  archive: ObjectStore,
  target: ObjectStore,
  options: BackUpOptions,
): Promise<BackUpReport> => {
  const { now = Date.now } = options
  const startedMs = now()
  const id = backupId(startedMs, randomBytes(3).toString('hex'))
  const known = await readKnownFiles(target, await listBackups(target))
  const notes = openNotes(target, id, now)
  try {
    return await make({ archive, target, known, notes, id, startedMs }, options)
  } catch (error) {
    // For the next one; that they can't be written is no news beside the fault.
    await notes.write().catch(() => {})
    throw error
  }
}

interface Making {
  readonly archive: ObjectStore
  readonly target: ObjectStore
  readonly known: KnownFiles
  readonly notes: CopyNotes
  readonly id: string
  readonly startedMs: number
}

const make = async (making: Making, options: BackUpOptions): Promise<BackUpReport> => {
  const { archive, target, notes, id, startedMs } = making
  const { software, signal, now = Date.now } = options
  const { asked, copied, totals } = await copyTables(making, options)
  const { tables } = asked
  const kept: Partial<Record<TableName, KeptTable>> = {}
  for (const table of tables) kept[table.name] = await keep(target, id, table, copied.get(table.name) ?? [])
  await checkThere(target, tables)
  const manifest: Manifest = {
    format: FORMATS.backup,
    id,
    startedAt: new Date(startedMs).toISOString(),
    finishedAt: new Date(now()).toISOString(),
    software,
    archive: archive.url(''),
    formats: FORMATS,
    tables: kept,
    hub: asked.hub,
  }
  if (signal.aborted) throw interrupted()
  await target.put(manifestPath(id), formatManifest(manifest))
  // What stays of them is in nobody's way, and goes with the backup.
  await notes.remove().catch(() => {})
  return { manifest, copiedFiles: totals.files, copiedBytes: totals.bytes }
}

interface Copied {
  readonly asked: Asked
  readonly copied: ReadonlyMap<TableName, readonly KeptFile[]>
  readonly totals: { readonly files: number; readonly bytes: number }
}

const copyTables = async (
  { archive, target, known, notes, id }: Making,
  { lookAtHub, signal, onProgress = () => {} }: BackUpOptions,
): Promise<Copied> => {
  const totals = { files: 0, bytes: 0 }
  const copied = new Map<TableName, readonly KeptFile[]>()
  // A file that the newest version names may be merged into another, and deleted, before it is copied: so often the backup takes the newer version.
  for (let attempt = 1; ; attempt++) {
    const asked: Asked = { tables: await pinTables(archive, target, id), hub: await lookAtHub() }
    const { tables } = asked
    const bytes = sum(tables.flatMap(({ files }) => files.map((file) => file.bytes)))
    const done = { files: 0, bytes: 0 }
    copied.clear()
    for (const table of tables) {
      const { files, missing } = await copyFiles(
        table,
        { source: storeBelow(archive, `${table.name}/`), target, known: known.of(table) },
        {
          signal,
          onFile: async ({ file, isKnown, isCopied }) => {
            done.files++
            done.bytes += file.bytes
            if (isCopied) {
              totals.files++
              totals.bytes += file.bytes
            }
            onProgress({ bytes, doneBytes: done.bytes, doneFiles: done.files })
            // Another attempt does not read it again.
            known.add(table, file)
            await notes.pass(isKnown ? undefined : { table: { name: table.name, id: table.id }, file })
          },
        },
      )
      if (signal.aborted) throw interrupted()
      if (missing.length === 0) copied.set(table.name, files)
      else if (attempt >= ATTEMPTS) throw stillMissing(archive, table, missing)
      else break
    }
    if (copied.size === tables.length) return { asked, copied, totals }
  }
}

interface Asked {
  readonly tables: readonly PinnedTable[]
  /** As it stood right after that. */
  readonly hub: KeptHub | null
}

const keep = async (
  target: ObjectStore,
  id: string,
  { name, id: tableId, version, files, log, offsets }: PinnedTable,
  kept: readonly KeptFile[],
): Promise<KeptTable> => {
  const folder = logFolder(id, name)
  const described = []
  for (const path of log) described.push(await describeObject(target, id, folder + path))
  return {
    id: tableId,
    version,
    files: files.length,
    bytes: sum(files.map(({ bytes }) => bytes)),
    rows: sum(files.map(({ rows }) => rows ?? 0)),
    offsets,
    log: described,
    lists: await writeLists(target, { id, table: name }, kept),
  }
}

/** Another command may have pruned what an older backup had and this one has not copied. */
const checkThere = async (target: ObjectStore, tables: readonly PinnedTable[]): Promise<void> => {
  for (const { name, id, files } of tables) {
    const folder = filesFolder(name, id)
    const there = await filesThere(target, folder)
    const gone = files.find(({ path, bytes }) => there.get(path) !== bytes)
    if (gone === undefined) continue
    throw new FleetError(
      'backup.invalid',
      `${target.url(folder + gone.path)} went while the backup was made: let one command at a time work on this place, and make the backup again`,
    )
  }
}

const stillMissing = (
  archive: ObjectStore,
  { name, version }: PinnedTable,
  [first, ...others]: readonly string[],
): FleetError =>
  new FleetError(
    'table.invalid',
    `version ${version} of the table ${name} names ${archive.url(`${name}/${first}`)}${others.length === 0 ? '' : ` and ${others.length} other files`}, which ` +
      'is missing: restore it from an earlier backup (`fleet backup check` tells which have it)',
  )

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
