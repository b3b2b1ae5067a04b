import { appIdOf, epochOf } from './app-id.ts'
import type { Offset, StreamState } from './stream-verdict.ts'

/** Under which name a stream is read now, and what the table holds of it. */
export interface Origin {
  readonly appId: string
  readonly created: string
  readonly epoch: number
  /** The table's offset. */
  readonly committed: Offset
  /** Where reading begins. */
  readonly from: Offset
}

/** What a version of the table holds of all streams, by appId. */
export interface TableOffsets {
  readonly txns: ReadonlyMap<string, number>
  /** Where known: when the server stored the message at the offset, ms since the epoch. */
  readonly txnTimes: ReadonlyMap<string, number>
}

/**
 * Where the table stands decides where reading begins; under which epoch, the stream's history.
 * @param spent an epoch of a stream that was rolled back since: reading goes on under a later one
 */
export const beginAt = (
  name: string,
  { created, first }: StreamState,
  { txns, txnTimes }: TableOffsets,
  spent: Origin | undefined,
): Origin => {
  const leastEpoch = spent?.created === created ? spent.epoch + 1 : 0
  const epoch = Math.max(epochOf(txns.keys(), name, created), leastEpoch)
  const appId = appIdOf(name, created, epoch)
  const timestampMs = txnTimes.get(appId)
  const committed = {
    created,
    sequence: txns.get(appId) ?? 0,
    ...(timestampMs === undefined ? {} : { timestampMs }),
  }
  // A new epoch begins at the stream's first message, whatever was purged before.
  const isNewEpoch = epoch > 0 && !txns.has(appId)
  return {
    appId,
    created,
    epoch,
    committed,
    from: isNewEpoch ? { created, sequence: Math.max(0, first - 1) } : committed,
  }
}

/** Whether the table has moved on beyond what was read under an origin: another owner has committed. */
export const isOvertaken = (
  { appId, created, epoch }: Origin,
  { sequence, name }: { readonly sequence: number; readonly name: string },
  { txns }: TableOffsets,
): boolean => (txns.get(appId) ?? 0) >= sequence || epochOf(txns.keys(), name, created) > epoch
