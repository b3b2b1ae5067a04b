import type { Action, SmallState } from '@fleetlake/archive/log'

/** How far a bucket of a projection has folded `moves`. */
export interface BucketOffset {
  /** The version of `moves`. */
  readonly version: number
  /** What knows that version's commit, of 32 bits: another number under the same version is another archive. */
  readonly commit: number
  /** The oldest date that is folded, days since 1970-01-01: of dates before it nothing is known. */
  readonly frontier: number
}

const FOLDED_APP = 'fleetlake.folded/'
const FRONTIER_APP = 'fleetlake.frontier/'

type Txns = Pick<SmallState, 'txns' | 'txnTimes'>

/** The offset of a bucket in a state of the table; undefined when it has none. */
export const offsetIn = ({ txns, txnTimes }: Txns, bucket: number): BucketOffset | undefined => {
  const version = txns.get(`${FOLDED_APP}${bucket}`)
  const commit = txnTimes.get(`${FOLDED_APP}${bucket}`)
  const frontier = txns.get(`${FRONTIER_APP}${bucket}`)
  return version === undefined || commit === undefined || frontier === undefined
    ? undefined
    : { version, commit, frontier }
}

export const isSameOffset = (a: BucketOffset | undefined, b: BucketOffset | undefined): boolean =>
  a?.version === b?.version && a?.commit === b?.commit && a?.frontier === b?.frontier

/** What a commit says of a bucket, if it is not there yet. */
export const offsetActions = (state: Txns, bucket: number, to: BucketOffset): Action[] => {
  const from = offsetIn(state, bucket)
  const { version, commit, frontier } = to
  return [
    ...(from?.version === version && from.commit === commit
      ? []
      : [{ txn: { appId: `${FOLDED_APP}${bucket}`, version, lastUpdated: commit } }]),
    ...(from?.frontier === frontier ? [] : [{ txn: { appId: `${FRONTIER_APP}${bucket}`, version: frontier } }]),
  ]
}
