import { feederOf, fingerprintOf, type ObjectStore, type Snapshot } from '@fleetlake/archive'
import type { ArchiveClaim } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { parseAppId } from '@fleetlake/hub'

export const ADOPT = 'start once with FLEET_ARCHIVE_ADOPT=true'

export const otherArchive = (found: string, fed: string): FleetError =>
  new FleetError(
    'archive.other',
    `${found}, but this hub has fed the archive ${fed}: check archive.path and that its disk is mounted; ` +
      `to go on with this archive instead, ${ADOPT}`,
  )

export const fedByOther = (where: string, hub: string | undefined): FleetError =>
  new FleetError(
    'archive.other',
    `another hub${hub === undefined ? '' : ` (${hub})`} feeds the archive at ${where} now, and an archive can have only one hub: give this hub an archive of its own; ` +
      `to have this hub feed it instead, stop the collectors of the other hub and ${ADOPT}`,
  )

/** What speaks against feeding a table, in a sentence; undefined when nothing does. */
export const objectionTo = async (
  { id, version, txns }: Snapshot,
  claim: ArchiveClaim | undefined,
  store: ObjectStore,
): Promise<FleetError | undefined> => {
  const where = store.url('')
  if (claim !== undefined && claim.table !== id) return otherArchive(`the table at ${where} is ${id}`, claim.table)
  const feeder = feederOf(txns)
  const hasOffsets = txns.keys().some((appId) => parseAppId(appId) !== undefined)
  if (claim === undefined && (feeder !== undefined || hasOffsets)) {
    return new FleetError(
      'archive.other',
      `this hub is new to the archive at ${where}, which another hub has fed. If the data of that hub is lost, ${ADOPT} (messages that it held and had ` +
        'not archived are then recorded as lost); if that hub still runs, give this hub an archive of its own',
    )
  }
  if (claim === undefined) return undefined
  if (feeder !== undefined && feeder.hub !== claim.hub) return fedByOther(where, feeder.hub)
  if (claim.version === undefined) return undefined
  if (version < claim.version) {
    return new FleetError(
      'archive.older',
      `the archive at ${where} is an older copy of the archive that this hub has fed: it is at version ${version}, and this hub has fed version ${claim.version}. It lacks ` +
        `positions that were archived since and have left the hub. Restore a newer copy; to go on with this one, ${ADOPT}: what is lost is then recorded (\`fleet table losses\`)`,
    )
  }
  if (claim.fingerprint === undefined) return undefined
  const found = await fingerprintOf(store, claim.version)
  if (found === undefined || found === claim.fingerprint) return undefined
  return new FleetError(
    'archive.older',
    `the archive at ${where} is a copy that went on without this hub: its version ${claim.version} is not the one that this hub has fed. Restore the ` +
      `original archive; to go on with this one, ${ADOPT}: what is lost is then recorded (\`fleet table losses\`)`,
  )
}
