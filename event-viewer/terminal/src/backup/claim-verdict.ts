import type { ArchiveClaim } from '@fleetlake/contracts'

/** A table, and who feeds it. */
export interface FedTable {
  readonly id: string
  readonly version: number
  /** The hub that feeds it; undefined when none has. */
  readonly feeder: string | undefined
}

/** How hub and archive stand to each other. */
export type ClaimVerdict = 'agreed' | 'unfed' | 'new-hub' | 'other-archive' | 'other-hub' | 'older'

/**
 * What a collector will say when it starts, as far as numbers tell it.
 * @param claim what the hub says of the archive that it feeds; undefined when it has fed none
 */
export const verdictOf = (claim: ArchiveClaim | undefined, { id, version, feeder }: FedTable): ClaimVerdict => {
  if (claim === undefined) return feeder === undefined ? 'unfed' : 'new-hub'
  if (claim.table !== id) return 'other-archive'
  if (claim.hub !== undefined && feeder !== undefined && claim.hub !== feeder) return 'other-hub'
  return claim.version !== undefined && claim.version > version ? 'older' : 'agreed'
}
