import { appIdOf, epochOf, parseAppId } from './app-id.ts'
import type { Offset, StreamState } from './stream-verdict.ts'

/** How far a table holds a stream, in the epoch that it is at; undefined when it has nothing of it. */
export const offsetOf = (
  { name, created }: { readonly name: string; readonly created: string },
  txns: TableOffsets['txns'],
): number | undefined => txns.get(appIdOf(name, created, epochOf(txns.keys(), name, created)))

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
  spent: Pick<Origin, 'created' | 'epoch'> | undefined,
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

/** An earlier state of a stream, as far as the table holds it: another stream of the name, or one that was rolled back since. */
export interface Predecessor {
  readonly appId: string
  readonly created: string
  readonly epoch: number
  /** Archived up to here. */
  readonly committed: Offset
}

/** What the table holds last under a stream's name. */
export const newestOf = (name: string, offsets: TableOffsets): Predecessor | undefined =>
  predecessorOf(name, { appId: '' }, offsets)

/** Of two states of streams of one name. */
export const isLater = (one: Pick<Predecessor, 'created' | 'epoch'>, other: typeof one): boolean => {
  if (one.created === other.created) return one.epoch > other.epoch
  const age = Date.parse(one.created) - Date.parse(other.created)
  return age === 0 || Number.isNaN(age) ? one.created > other.created : age > 0
}

/**
 * What was read under the stream's name before an origin of which the table holds nothing yet: what the hub acknowledged of it beyond the table's
 * offset is gone. Undefined when there was none, or when the table has moved on to the origin already.
 */
export const predecessorOf = (
  name: string,
  { appId }: Pick<Origin, 'appId'>,
  { txns, txnTimes }: TableOffsets,
): Predecessor | undefined => {
  if (txns.has(appId)) return undefined
  let last: Predecessor | undefined
  for (const [other, sequence] of txns) {
    const parsed = other.startsWith(`${name}@`) ? parseAppId(other) : undefined
    if (parsed === undefined) continue
    const { created, epoch } = parsed
    if (last !== undefined && !isLater({ created, epoch }, last)) continue
    const timestampMs = txnTimes.get(other)
    const committed = { created, sequence, ...(timestampMs === undefined ? {} : { timestampMs }) }
    last = { appId: other, created, epoch, committed }
  }
  return last
}
