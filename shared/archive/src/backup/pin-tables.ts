import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '../store/object-store.ts'
import { storeBelow } from '../store/store-below.ts'
import { logFolder, type TableName, TABLES } from './backup-paths.ts'
import { type PinnedTable, pinTable } from './pin-table.ts'

/** The archive changes meanwhile: so often a newer version is taken. */
export const ATTEMPTS = 5

/** Pins every table, `moves` first. What was pinned before is pinned anew: the log of a later version may have fewer files. */
export const pinTables = async (
  archive: ObjectStore,
  target: ObjectStore,
  id: string,
): Promise<readonly PinnedTable[]> => {
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
