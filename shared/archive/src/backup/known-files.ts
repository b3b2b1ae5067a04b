import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '../store/object-store.ts'
import { type TableName, type TableOf, TABLES } from './backup-paths.ts'
import { readNotes } from './copy-notes.ts'
import { type KeptFile, readLists } from './file-lists.ts'
import { type Backups, readManifest } from './manifest.ts'

type TableKey = `${TableName}/${string}`

/** The checksums of data files that the place of backups has. */
export interface KnownFiles {
  of(table: TableOf): ReadonlyMap<string, KeptFile>
  add(table: TableOf, file: KeptFile): void
}

const createKnownFiles = (): KnownFiles => {
  const byTable = new Map<TableKey, Map<string, KeptFile>>()
  const of = ({ name, id }: TableOf): Map<string, KeptFile> => {
    const files = byTable.get(`${name}/${id}`) ?? new Map<string, KeptFile>()
    byTable.set(`${name}/${id}`, files)
    return files
  }
  return { of, add: (table, file) => void of(table).set(file.path, file) }
}

const filesOf = async (target: ObjectStore, id: string): Promise<KnownFiles> => {
  const known = createKnownFiles()
  const { tables } = await readManifest(target, id)
  for (const name of TABLES) {
    const table = tables[name]
    if (table === undefined) continue
    for await (const file of readLists(target, id, table)) known.add({ name, id: table.id }, file)
  }
  return known
}

/**
 * Of the newest backup that can be read, and of what interrupted ones have noted. Invariant: a backup that is damaged keeps none from being made; where none can be read, nothing is known.
 * @throws FleetError `format.newer`: what a newer release keeps is not touched
 */
export const readKnownFiles = async (target: ObjectStore, { finished, unfinished }: Backups): Promise<KnownFiles> => {
  let known = createKnownFiles()
  for (const id of finished.toReversed()) {
    try {
      known = await filesOf(target, id)
      break
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'backup.invalid') throw error
    }
  }
  for (const { id } of unfinished) {
    for await (const { table, file } of readNotes(target, id)) {
      if (!known.of(table).has(file.path)) known.add(table, file)
    }
  }
  return known
}
