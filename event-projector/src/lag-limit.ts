import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'

/** Of the time for which files and versions stay, what may pass before a projection is built again: the rest is for building it. */
const SHARE = 6 / 7

/**
 * How long positions may wait and still be followed commit by commit, ms. Invariant: files that a version took out of the table stay for longer, and so do versions.
 * @throws FleetError `config.invalid` for a setting that is too long
 */
export const lagLimitOf = ({
  projector: { maxLagMs },
  compactor: { graceMs },
  archive: { logRetentionMs },
}: Pick<Config, 'projector' | 'compactor' | 'archive'>): number => {
  const kept = Math.min(graceMs, logRetentionMs)
  if (maxLagMs === undefined) return kept * SHARE
  if (maxLagMs < kept) return maxLagMs
  throw new FleetError(
    'config.invalid',
    'projector.maxLagMs must be below compactor.graceMs and archive.logRetentionMs, for which files and versions stay that a projector still needs: lower it, or leave it out',
  )
}
