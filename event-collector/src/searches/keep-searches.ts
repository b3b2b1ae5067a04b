import { type ObjectStore, openSearchTable, type SearchTable } from '@fleetlake/archive'
import type { SearchRecord } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf } from '@fleetlake/core'
import {
  type Hub,
  lookAtSearches,
  originOfSearches,
  purgeSearches,
  readSearchRecords,
  type SearchStream,
} from '@fleetlake/hub'

export interface KeepSearchesDeps {
  /** Rooted at the table's folder. */
  readonly store: ObjectStore
  readonly engine: string
  readonly duplicateWindowMs: number
  warn(what: Record<string, unknown>, message: string): void
}

export interface SearchKeeper {
  /** Brings what the stream holds into the table, then purges it. What fails is told, and is tried again when it is next called. */
  run(): Promise<void>
  close(): Promise<void>
}

/** Records of one commit: bounded memory. */
const MOST_RECORDS = 5_000
const MOST_BYTES = 8 * 1024 * 1024

/** Splits what is read into commits. */
async function* inParts(records: AsyncIterable<SearchRecord>): AsyncGenerator<SearchRecord[]> {
  let part: SearchRecord[] = []
  let bytes = 0
  for await (const record of records) {
    part.push(record)
    bytes += JSON.stringify(record).length
    if (part.length < MOST_RECORDS && bytes < MOST_BYTES) continue
    yield part
    part = []
    bytes = 0
  }
  if (part.length > 0) yield part
}

/**
 * Brings the stream of searches into the table `searches`. Invariant: the commit that adds records moves the table's offset in their stream, so that each is in the
 * table once, whichever collectors bring it in at once and wherever one dies; what is purged is in the table.
 */
export const createSearchKeeper = (
  hub: Hub,
  { store, engine, duplicateWindowMs, warn }: KeepSearchesDeps,
): SearchKeeper => {
  let table: SearchTable | undefined

  const openTable = async ({ first, last }: SearchStream): Promise<SearchTable | undefined> => {
    try {
      await table?.refresh()
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'table.replaced') throw error
      table = undefined
    }
    // A table is made for the first record.
    table ??= await openSearchTable(store, {
      create: first <= last,
      engine,
      onBackgroundError: (error) =>
        warn(
          codeField(error),
          `a checkpoint or a copy of a commit of the searches was not written: ${reasonOf(error)}`,
        ),
    })
    return table
  }
  const bringIn = async (): Promise<void> => {
    const stream = await lookAtSearches(hub)
    if (stream === undefined) return
    const into = await openTable(stream)
    if (into === undefined) return
    const { appId, committed } = await originOfSearches(hub, stream, into)
    if (committed > 0 && stream.first > committed + 1) {
      const records = stream.first - committed - 1
      warn(
        { records },
        'records of searches are gone from the hub that were not archived: who searched then is not known',
      )
    }
    let from = committed
    for await (const records of inParts(readSearchRecords(hub, { from: committed + 1, last: stream.last }))) {
      const { sequence: to, at: timestampMs } = records.at(-1)!
      // Another collector is at it.
      if ((await into.append(records, { appId, from, to, timestampMs })) === 'stale') return
      from = to
    }
    await purgeSearches(hub, { committed: from, duplicateWindowMs })
  }
  return {
    run: async () => {
      try {
        await bringIn()
      } catch (error) {
        warn(codeField(error), `searches were not archived, which is tried again: ${reasonOf(error)}`)
      }
    },
    close: async () => table?.close(),
  }
}
