import { type ObjectStore, openTable, type Snapshot, type Table } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'

const REFRESH_MS = 1_000

/**
 * Reads the table of an archive when asked: at most once a second; all callers meanwhile share one reading.
 * @param store rooted at the table's folder
 * @returns undefined while there is no table; throws FleetError `store.failed`, `table.invalid`, `table.unsupported`
 */
export const createArchiveReader = (store: ObjectStore): (() => Promise<Snapshot | undefined>) => {
  let table: Table | undefined
  let reading: Promise<Snapshot | undefined> | undefined
  let last: { readonly at: number; readonly snapshot: Snapshot | undefined } | undefined

  const readTable = async (): Promise<Snapshot> => {
    try {
      if (table !== undefined) return await table.refresh()
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'table.replaced') throw error
    }
    table = await openTable(store)
    return table.snapshot
  }
  const read = async (): Promise<Snapshot | undefined> => {
    try {
      const snapshot = await readTable()
      last = { at: performance.now(), snapshot }
      return snapshot
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'table.missing') throw error
      last = { at: performance.now(), snapshot: undefined }
      return undefined
    } finally {
      reading = undefined
    }
  }
  return async () => {
    if (last !== undefined && performance.now() - last.at < REFRESH_MS) return last.snapshot
    return (reading ??= read())
  }
}
