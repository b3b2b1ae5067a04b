import { setTimeout as delay } from 'node:timers/promises'
import { type AuditFilter, type ObjectStore, openSearchTable, readAudit, type SearchTable } from '@fleetlake/archive'
import type { SearchRecord } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { type Hub, pendingSearchRecords } from '@fleetlake/hub'
import type { ReadSearches } from './searches-route.ts'

const PATIENCE_MS = 3_000
const NOT_HEARD =
  'The hub does not answer: the searches of the last minutes, which are not archived yet, may be missing.'

/**
 * Reads what is recorded of searches from the archive and the hub.
 * @param store rooted at the table's folder
 * @param hub the connection, once it stands
 */
export const createSearchesReader = (
  store: ObjectStore,
  hub: Promise<Hub>,
): ((filter: AuditFilter) => Promise<ReadSearches>) => {
  let table: SearchTable | undefined
  let pending: Promise<readonly SearchRecord[] | undefined> | undefined

  const readTable = async (): Promise<SearchTable | undefined> => {
    try {
      await table?.refresh()
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'table.replaced') throw error
      table = undefined
    }
    return (table ??= await openSearchTable(store))
  }
  const askHub = async (): Promise<readonly SearchRecord[] | undefined> => {
    try {
      return await pendingSearchRecords(await hub)
    } catch {
      return undefined
    } finally {
      pending = undefined
    }
  }
  /** One question at a time: all callers meanwhile share its answer, which takes memory. */
  const readPending = async (): Promise<readonly SearchRecord[] | undefined> => {
    const aborter = new AbortController()
    const { signal } = aborter
    const patience = delay(PATIENCE_MS, undefined, { signal }).catch(() => undefined)
    try {
      return await Promise.race([(pending ??= askHub()), patience])
    } finally {
      aborter.abort()
    }
  }
  return async (filter) => {
    // Before the table: what a collector moves meanwhile is in one of them.
    const found = await readPending()
    return {
      entries: readAudit(await readTable(), found ?? [], filter),
      note: found === undefined ? NOT_HEARD : undefined,
    }
  }
}
