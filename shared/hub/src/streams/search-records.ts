import { refusalOf, untilAnswered } from '@fleetlake/broker'
import { SEARCHES, type SearchRecord, searchRecordOf } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'
import { appIdOf, epochOf } from '../read/app-id.ts'
import { readThrough } from '../read/read-through.ts'
import { findPurgeableIn } from './purge.ts'

/** How the stream of records is filled. */
export interface SearchStream {
  /** When it was made, as the server writes it. */
  readonly created: string
  readonly first: number
  readonly last: number
}

const ASK_BYTES = 1024 * 1024

/** @returns undefined while there is none */
export const lookAtSearches = async ({ control, streams }: Hub): Promise<SearchStream | undefined> => {
  try {
    const { created, first, last } = await untilAnswered(control, () => streams.info(SEARCHES))
    return { created, first, last }
  } catch (error) {
    if (refusalOf(error) === 'stream-missing') return undefined
    throw error
  }
}

/** The records from one sequence to another, in order, each once. */
export async function* readSearchRecords(
  { control, streams }: Hub,
  { from, last }: { readonly from: number; readonly last: number },
): AsyncGenerator<SearchRecord> {
  if (from > last) return
  const through = { stream: SEARCHES, from, last, askBytes: ASK_BYTES }
  for await (const message of readThrough({ control, streams }, through)) yield searchRecordOf(message)
}

/** All records that the stream holds now; as many as it has room for. */
export const pendingSearchRecords = async (hub: Hub): Promise<SearchRecord[]> => {
  const stream = await lookAtSearches(hub)
  return stream === undefined ? [] : Array.fromAsync(readSearchRecords(hub, { from: stream.first, last: stream.last }))
}

/** What the table `searches` holds of streams, by the names under which it counts them. */
export interface SearchOffsets {
  readonly txns: ReadonlyMap<string, number>
  readonly txnTimes: ReadonlyMap<string, number>
}

/** From where the stream is to be brought into the table. */
export interface SearchOrigin {
  readonly appId: string
  /** The table holds it up to here. */
  readonly committed: number
}

/** Invariant: a stream that was rolled back since the table was fed from it counts anew: what it has stored since is not passed over. */
export const originOfSearches = async (
  { control, streams }: Hub,
  { created, last }: SearchStream,
  { txns, txnTimes }: SearchOffsets,
): Promise<SearchOrigin> => {
  const epoch = epochOf(txns.keys(), SEARCHES, created)
  const appId = appIdOf(SEARCHES, created, epoch)
  const committed = txns.get(appId) ?? 0
  const stored =
    committed === 0 || committed > last
      ? undefined
      : await untilAnswered(control, () => streams.message(SEARCHES, { sequence: committed }))
  const storedMs = stored === undefined ? undefined : Math.floor(stored.timestampMs)
  const isOther = storedMs !== undefined && storedMs !== txnTimes.get(appId)
  if (committed <= last && !isOther) return { appId, committed }
  return { appId: appIdOf(SEARCHES, created, epoch + 1), committed: 0 }
}

/** Removes what the table holds and what is old enough, but for the last record that it holds. @returns up to which sequence */
export const purgeSearches = async (
  hub: Hub,
  { committed, duplicateWindowMs }: { readonly committed: number; readonly duplicateWindowMs: number },
): Promise<number> => {
  const through = await findPurgeableIn(hub, { stream: SEARCHES, committed, duplicateWindowMs })
  if (through > 0) await untilAnswered(hub.control, () => hub.streams.purge(SEARCHES, { through }))
  return through
}
