import { FleetError } from '@fleetlake/core'
import { fingerprintOf } from './log/fingerprint.ts'
import type { ObjectStore } from './store/object-store.ts'
import type { Table } from './table.ts'

/**
 * Reads what came since, and makes sure that the table is there at all: `refresh` alone takes a folder that has become empty for no news.
 * @throws FleetError `table.missing`, and what `refresh` throws
 */
export const checkTable = async (table: Pick<Table, 'refresh'>, store: ObjectStore): Promise<void> => {
  const { version } = await table.refresh()
  if ((await fingerprintOf(store, version)) !== undefined) return
  // The newest commit may have been cleaned away behind its checkpoint.
  for await (const _ of store.list('_delta_log/')) return
  throw new FleetError(
    'table.missing',
    `there is no table in ${store.url('')} any more: check archive.path and that its disk is mounted`,
  )
}
