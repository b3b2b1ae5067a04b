import type { Action, SmallState } from '@fleetlake/archive/log'
import { ALL_BUCKETS } from '../buckets.ts'

/** How far a bucket of a projection has folded `moves`. */
export interface BucketOffset {
  /** The version of `moves`. */
  readonly version: number
  /** What knows that version's commit, of 32 bits: another number under the same version is another archive. */
  readonly commit: number
  /** The oldest date that is folded, days since 1970-01-01: of dates before it nothing is known. */
  readonly frontier: number
  /** The columns by which rows are keyed, beside the vehicle: all that is folded is folded by each of them. Sorted; none when missing. */
  readonly by?: readonly string[]
}

const FOLDED_APP = 'fleetlake.folded/'
const FRONTIER_APP = 'fleetlake.frontier/'
/** With a bucket and a column; 1 when it is folded by that column. */
const BY_APP = 'fleetlake.by/'

type Txns = Pick<SmallState, 'txns' | 'txnTimes'>

const byIn = ({ txns }: Txns, bucket: number): readonly string[] => {
  const app = `${BY_APP}${bucket}/`
  return [...txns].flatMap(([id, is]) => (is === 1 && id.startsWith(app) ? [id.slice(app.length)] : [])).toSorted()
}

/** The offset of a bucket in a state of the table; undefined when it has none. */
export const offsetIn = (state: Txns, bucket: number): BucketOffset | undefined => {
  const { txns, txnTimes } = state
  const version = txns.get(`${FOLDED_APP}${bucket}`)
  const commit = txnTimes.get(`${FOLDED_APP}${bucket}`)
  const frontier = txns.get(`${FRONTIER_APP}${bucket}`)
  if (version === undefined || commit === undefined || frontier === undefined) return undefined
  const by = byIn(state, bucket)
  return { version, commit, frontier, ...(by.length === 0 ? {} : { by }) }
}

/** Of sorted ones. */
export const isSameBy = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i])

export const isSameOffset = (a: BucketOffset | undefined, b: BucketOffset | undefined): boolean =>
  a?.version === b?.version && a?.commit === b?.commit && a?.frontier === b?.frontier && isSameBy(a?.by, b?.by)

/** What a commit says of a bucket, if it is not there yet. */
export const offsetActions = (state: Txns, bucket: number, to: BucketOffset): Action[] => {
  const from = offsetIn(state, bucket)
  const { version, commit, frontier, by = [] } = to
  const before = from?.by ?? []
  const byAction = (name: string, is: 0 | 1): Action => ({ txn: { appId: `${BY_APP}${bucket}/${name}`, version: is } })
  return [
    ...(from?.version === version && from.commit === commit
      ? []
      : [{ txn: { appId: `${FOLDED_APP}${bucket}`, version, lastUpdated: commit } }]),
    ...(from?.frontier === frontier ? [] : [{ txn: { appId: `${FRONTIER_APP}${bucket}`, version: frontier } }]),
    ...before.filter((name) => !by.includes(name)).map((name) => byAction(name, 0)),
    ...by.filter((name) => !before.includes(name)).map((name) => byAction(name, 1)),
  ]
}

/**
 * The columns, beside the vehicle, by which all buckets of `latest` are keyed: of another one it has no rows, or not all. How far back what they have goes is said by the buckets' frontiers.
 */
export const latestColumnsOf = ({
  offset,
}: {
  offset(bucket: number): BucketOffset | undefined
}): readonly string[] => {
  const [first, ...others] = ALL_BUCKETS.map((bucket) => offset(bucket)?.by ?? [])
  return first.filter((name) => others.every((by) => by.includes(name)))
}
