import { type ObjectStore, openTable, type OpenTableOptions, type Table } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import { claimArchive, type Hub, readArchiveClaim } from '@fleetlake/hub'

export interface OpenArchiveOptions extends OpenTableOptions {
  /** Takes this archive though the hub has fed another. */
  readonly adopt: boolean
}

const other = (found: string, fed: string): FleetError =>
  new FleetError(
    'archive.other',
    `${found}, but this hub has fed the archive ${fed}: check archive.path and that its disk is mounted; ` +
      'to go on with this archive instead start once with FLEET_ARCHIVE_ADOPT=true',
  )

/**
 * Opens the table that this hub feeds, or makes the first one. Law: one hub, one archive.
 * @throws FleetError `archive.other` when the table is missing or another than the hub remembers
 */
export const openArchive = async (
  hub: Hub,
  store: ObjectStore,
  { adopt, create, ...options }: OpenArchiveOptions,
): Promise<Table> => {
  const fed = await readArchiveClaim(hub)
  const mayCreate = fed === undefined || adopt
  const table = await openTable(store, { ...options, ...(mayCreate && create !== undefined ? { create } : {}) }).catch(
    (error: unknown) => {
      if (fed !== undefined && error instanceof FleetError && error.code === 'table.missing') {
        throw other(`there is no table at ${store.url('')}`, fed)
      }
      throw error
    },
  )
  const { id } = table.snapshot
  if (fed !== undefined && fed !== id && !adopt) throw other(`the table at ${store.url('')} is ${id}`, fed)
  const now = await claimArchive(hub, id, fed)
  if (now !== id) throw other(`the table at ${store.url('')} is ${id}`, now ?? 'of another collector')
  return table
}
