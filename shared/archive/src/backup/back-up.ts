import { randomBytes } from 'node:crypto'
import { FORMATS } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '../store/object-store.ts'
import { storeBelow } from '../store/store-below.ts'
import { backupId, filesFolder, logFolder, manifestPath, type TableName, TABLES } from './backup-paths.ts'
import { copyFiles, filesThere } from './copy-files.ts'
import { describeObject, type KeptFile, readLists, writeLists } from './file-lists.ts'
import { formatManifest, type KeptHub, type KeptTable, listBackups, type Manifest, readManifest } from './manifest.ts'
import { type PinnedTable, pinTable } from './pin-table.ts'

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

/** A file that the newest version names may be merged into another, and deleted, before it is copied: so often the backup takes the newer version. */
const ATTEMPTS = 5

export const interrupted = (): FleetError =>
  new FleetError('backup.interrupted', 'interrupted: nothing is lost, the same command goes on where this one ended')

/**
 * Makes a backup of an archive, while services write to it. Each table is in it as it was at one version; `moves` is pinned first. Data files that are there are not copied again: only what is
 * new costs anything, and what was interrupted is gone on with. Invariant: a backup with a manifest is whole.
 * @param archive rooted at the archive, whose tables are its folders
 * @throws FleetError `table.missing`, `table.damaged`, `table.unsupported`, `backup.invalid`, `store.failed`; `backup.interrupted`
 */
export const backUp = async (
  archive: ObjectStore,
  target: ObjectStore,
  { software, lookAtHub, signal, now = Date.now, onProgress = () => {} }: BackUpOptions,
): Promise<BackUpReport> => {
  const startedMs = now()
  const id = backupId(startedMs, randomBytes(3).toString('hex'))
  const known = await knownFiles(target)
  const totals = { files: 0, bytes: 0 }
  let asked: Asked | undefined
  const copied = new Map<TableName, readonly KeptFile[]>()
  for (let attempt = 1; asked === undefined || copied.size < asked.tables.length; attempt++) {
    asked = { tables: await pinAll(archive, target, id), hub: await lookAtHub() }
    const { tables } = asked
    const bytes = sum(tables.flatMap(({ files }) => files.map((file) => file.bytes)))
    const done = { files: 0, bytes: 0 }
    copied.clear()
    for (const table of tables) {
      const { files, missing } = await copyFiles(
        table,
        { source: storeBelow(archive, `${table.name}/`), target, known: known(table) },
        {
          signal,
          onFile: (file) => {
            done.files++
            done.bytes += file.bytes
            if (file.isCopied) {
              totals.files++
              totals.bytes += file.bytes
            }
            onProgress({ bytes, doneBytes: done.bytes, doneFiles: done.files })
          },
        },
      )
      if (signal.aborted) throw interrupted()
      if (missing.length === 0) copied.set(table.name, files)
      else if (attempt >= ATTEMPTS) throw stillMissing(archive, table, missing)
      else break
    }
  }
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
  return { manifest, copiedFiles: totals.files, copiedBytes: totals.bytes }
}

interface Asked {
  readonly tables: readonly PinnedTable[]
  /** As it stood right after that. */
  readonly hub: KeptHub | null
}

/** Pins every table, `moves` first. What was pinned before is pinned anew: the log of a later version may have fewer files. */
const pinAll = async (archive: ObjectStore, target: ObjectStore, id: string): Promise<readonly PinnedTable[]> => {
  const tables: PinnedTable[] = []
  for (const name of TABLES) {
    const pinned = await pinNewest(archive, target, id, name)
    if (pinned !== undefined) tables.push(pinned)
    else if (name === 'moves') {
      throw new FleetError(
        'table.missing',
        `there is no table in ${archive.url('moves/_delta_log')}: check archive.path; a collector makes it when it starts`,
      )
    }
  }
  return tables
}

/** Where the log is cleaned while it is copied, a newer version is pinned. */
const pinNewest = async (
  archive: ObjectStore,
  target: ObjectStore,
  id: string,
  name: TableName,
): Promise<PinnedTable | undefined> => {
  const folder = logFolder(id, name)
  for (let attempt = 1; ; attempt++) {
    for await (const { path } of target.list(folder)) await target.delete(path)
    try {
      return await pinTable(name, storeBelow(archive, `${name}/`), storeBelow(target, folder))
    } catch (error) {
      if (attempt >= ATTEMPTS || !(error instanceof FleetError) || error.code !== 'table.replaced') throw error
    }
  }
}

/** The checksums of the files that the newest backup of a table has. */
const knownFiles = async (target: ObjectStore): Promise<(table: PinnedTable) => ReadonlyMap<string, KeptFile>> => {
  const newest = (await listBackups(target)).finished.at(-1)
  if (newest === undefined) return () => new Map()
  const { tables } = await readManifest(target, newest)
  const byTable = new Map<string, ReadonlyMap<string, KeptFile>>()
  for (const name of TABLES) {
    const table = tables[name]
    if (table === undefined) continue
    const files = new Map<string, KeptFile>()
    for await (const file of readLists(target, newest, table)) files.set(file.path, file)
    byTable.set(`${name}/${table.id}`, files)
  }
  return ({ name, id }) => byTable.get(`${name}/${id}`) ?? new Map()
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
