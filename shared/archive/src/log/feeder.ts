/**
 * Which hub feeds a table. Each hub that has fed it has a count `fleetlake.hub/<id>`, the number of its claim; the greatest is the present feeder's. Being
 * counts like streams' offsets, claims are in every checkpoint and never leave with the log.
 */
const HUB_APP = 'fleetlake.hub/'

export interface Feeder {
  readonly hub: string
  /** Each claim has a greater number than all before it. */
  readonly claim: number
}

export const feederAppOf = (hub: string): string => `${HUB_APP}${hub}`

/** The hub that feeds the table; undefined when none has claimed it. */
export const feederOf = (txns: ReadonlyMap<string, number>): Feeder | undefined => {
  let feeder: Feeder | undefined
  for (const [appId, claim] of txns) {
    if (appId.startsWith(HUB_APP) && claim > (feeder?.claim ?? 0)) feeder = { hub: appId.slice(HUB_APP.length), claim }
  }
  return feeder
}

/**
 * Offsets of streams that the hub which claims a table does not have are marked by `fleetlake.gone/<appId>`, a count with the number and the time of the
 * claim; 0 says that the hub they belong to is back. By the marks checkpoints know which offsets to leave out in the end.
 */
const GONE_APP = 'fleetlake.gone/'

export const goneAppOf = (appId: string): string => `${GONE_APP}${appId}`

interface Counted {
  readonly appId: string
  readonly version: number
  readonly lastUpdated?: number | null | undefined
}

/**
 * Invariant: an offset goes only when another hub has claimed the table and its own has not been back for the whole retention of the log; a hub that comes back
 * later is a new one.
 * @param beforeMs claims before it are so long ago
 */
export const withoutRetired = <Txn extends Counted>(txns: ReadonlyMap<string, Txn>, beforeMs: number): Txn[] => {
  const retired = new Set<string>()
  for (const { appId, version, lastUpdated } of txns.values()) {
    if (!appId.startsWith(GONE_APP) || version === 0 || !((lastUpdated ?? Infinity) < beforeMs)) continue
    retired.add(appId)
    retired.add(appId.slice(GONE_APP.length))
  }
  return [...txns.values()].filter(({ appId }) => !retired.has(appId))
}
