import { FleetError } from '@fleetlake/core'
import { decodePath } from '../paths.ts'
import { withoutRetired } from './feeder.ts'
import type { Action, Add, MetaData, Protocol, Remove, Txn } from './actions.ts'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
const UNIT_MS: Readonly<Record<string, number>> = { hour: 3_600_000, day: DAY_MS, week: WEEK_MS }

/** How long tombstones are kept, ms: the table's property, 7 days by default, for ever when it is not understood. */
export const tombstoneRetentionOf = (metaData: MetaData): number => {
  const property = metaData.configuration?.['delta.deletedFileRetentionDuration']
  if (property === undefined) return WEEK_MS
  const groups = /^interval (?<amount>\d+) (?<unit>hour|day|week)s?$/i.exec(property)?.groups
  return groups === undefined ? Infinity : Number(groups['amount']) * UNIT_MS[groups['unit'].toLowerCase()]
}

/** Tombstones up to this time have expired, ms since the epoch. */
export const tombstonesExpire = (metaData: MetaData, nowMs: number): number => nowMs - tombstoneRetentionOf(metaData)

/**
 * The actions that a checkpoint holds: of each kind what is live, tombstones until they expire, no commitInfo. For each path, appId,
 * protocol and metaData the latest wins.
 * @param actions of a checkpoint and the versions after it, oldest first
 * @param retireMs offsets of a hub that has been gone for longer are left out
 * @throws FleetError `table.invalid` without protocol and metaData
 */
export const reconcile = (actions: Iterable<Action>, nowMs: number, retireMs = Infinity): Action[] => {
  let protocol: Protocol | undefined
  let metaData: MetaData | undefined
  const txns = new Map<string, Txn>()
  const files = new Map<string, { readonly add: Add } | { readonly remove: Remove }>()
  for (const action of actions) {
    if (action.add) files.set(decodePath(action.add.path), { add: { ...action.add, dataChange: false } })
    else if (action.remove)
      files.set(decodePath(action.remove.path), { remove: { ...action.remove, dataChange: false } })
    else if (action.txn) txns.set(action.txn.appId, action.txn)
    else if (action.protocol) protocol = action.protocol
    else if (action.metaData) metaData = action.metaData
  }
  if (protocol === undefined || metaData === undefined) {
    throw new FleetError('table.invalid', 'the log has no protocol or no metaData')
  }
  const expiredMs = tombstonesExpire(metaData, nowMs)
  const isKept = (file: { readonly add: Add } | { readonly remove: Remove }): boolean =>
    'add' in file || (file.remove.deletionTimestamp ?? 0) > expiredMs
  return [
    { protocol },
    { metaData },
    ...withoutRetired(txns, nowMs - retireMs).map((txn) => ({ txn })),
    ...Array.from(files.values()).filter(isKept),
  ]
}
