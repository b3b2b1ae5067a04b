import { setTimeout as delay } from 'node:timers/promises'
import {
  feederOf,
  fingerprintOf,
  LOSSES_APP,
  type LossTable,
  type ObjectStore,
  openLossTable,
  openTable,
  type OpenTableOptions,
  type Snapshot,
  type Table,
} from '@fleetlake/archive'
import { partitionOfStream } from '@fleetlake/contracts'
import { codeField, FleetError } from '@fleetlake/core'
import { createStreamsLook, findArchiveClaim, type Hub, newHubId, parseAppId, writeArchiveClaim } from '@fleetlake/hub'
import { ADOPT, objectionTo, otherArchive } from './objection.ts'

export interface OpenArchiveOptions extends OpenTableOptions {
  /** Takes this archive though something speaks against it. */
  readonly adopt: boolean
  warn?(what: Record<string, unknown>, message: string): void
}

/** The stores of the archive's tables. */
export interface ArchiveStores {
  readonly moves: ObjectStore
  readonly losses: ObjectStore
  /** Searches stay in the hub when missing. */
  readonly searches?: ObjectStore
}

/** The archive that this hub feeds. */
export interface FedArchive {
  readonly table: Table
  readonly losses: LossTable
  /** This hub's own id, by which the table knows its feeder. */
  readonly hub: string
  /**
   * Has the hub remember the table's version. Invariant: before a purge, so that no older copy of the archive is taken for the archive.
   * @throws FleetError `archive.other` when the hub feeds another archive now, `table.replaced`
   */
  remember(): Promise<void>
}

/** How often the claim is written again when other collectors write theirs at the same time. */
const ATTEMPTS = 20

const lossesGone = (store: ObjectStore): FleetError =>
  new FleetError(
    'archive.older',
    `the archive's table of losses is gone from ${store.url('')}: restore the folder; to go on without it, and without the losses that it recorded, ${ADOPT}`,
  )

/** The offsets of streams that this hub has, and of those that it does not have. */
const partOffsets = async (
  hub: Hub,
  { txns }: Snapshot,
): Promise<{ readonly gone: readonly string[]; readonly back: readonly string[] }> => {
  const streams = await createStreamsLook(hub)()
  const isOwn = (appId: string): boolean => {
    const named = parseAppId(appId)
    return streams.get(partitionOfStream(named?.stream ?? '') ?? -1)?.created === named?.created
  }
  const ofStreams = [...txns.keys()].filter((appId) => partitionOfStream(parseAppId(appId)?.stream ?? '') !== undefined)
  const { gone = [], back = [] } = Object.groupBy(ofStreams, (appId) => (isOwn(appId) ? 'back' : 'gone'))
  return { gone, back }
}

/**
 * Opens the archive that this hub feeds, or makes the first one. Invariant: one hub feeds one archive, an archive is fed by one hub, and neither goes on with an
 * older copy of it, unless an operator says so. The claim is written to the hub first, then to the table: a decision that was not carried out is made
 * again.
 * @throws FleetError `archive.other`, `archive.older`
 */
export const openArchive = async (
  hub: Hub,
  stores: ArchiveStores,
  { adopt, create, warn = () => {}, ...options }: OpenArchiveOptions,
): Promise<FedArchive> => {
  const { moves: store } = stores
  let found = await findArchiveClaim(hub)
  const fed = found.claim?.table
  const mayCreate = fed === undefined || adopt
  const table = await openTable(store, { ...options, ...(mayCreate && create !== undefined ? { create } : {}) }).catch(
    (error: unknown) => {
      if (fed !== undefined && error instanceof FleetError && error.code === 'table.missing') {
        throw otherArchive(`there is no table at ${store.url('')}`, fed)
      }
      throw error
    },
  )
  const { id } = table.snapshot

  // Invariant: what is known to be lost is not forgotten by making an empty table in its place.
  if (table.snapshot.txn(LOSSES_APP) > 0 && (await openLossTable(stores.losses)) === undefined) {
    const gone = lossesGone(stores.losses)
    if (!adopt) throw gone
    warn(codeField(gone), `going on because of FLEET_ARCHIVE_ADOPT: ${gone.message}`)
  }

  /** @returns the hub's id, once hub and table agree that it feeds this table */
  const agree = async (): Promise<string | undefined> => {
    const snapshot = await table.refresh()
    const { claim } = found
    const objection = await objectionTo(snapshot, claim, store)
    if (objection !== undefined && !adopt) {
      // The claim is written to the hub first: another collector of this hub may have changed the table since the claim was read.
      const { sequence } = await findArchiveClaim(hub)
      if (sequence !== found.sequence) return undefined
      throw objection
    }
    const feeder = feederOf(snapshot.txns)?.hub
    const own = claim?.hub ?? newHubId()
    const isKnown = claim?.table === id && claim.hub !== undefined && objection === undefined
    if (!isKnown && !(await remember(own, snapshot))) return undefined
    if (objection !== undefined)
      warn(
        codeField(objection),
        `this archive is used because of FLEET_ARCHIVE_ADOPT; messages of this hub beyond the table's offsets are archived again, and may be in it twice: ${objection.message}`,
      )
    if (feeder === own) return own
    const claimed = { hub: own, after: feeder, ...(feeder === undefined ? {} : await partOffsets(hub, snapshot)) }
    const { status } = await table.commit({ parts: [], claim: claimed, operation: 'CLAIM' })
    return status === 'committed' ? own : undefined
  }
  /** @returns false when another was faster */
  const remember = async (own: string, { version }: Snapshot): Promise<boolean> => {
    const fingerprint = await fingerprintOf(store, version)
    return writeArchiveClaim(hub, { table: id, hub: own, version, fingerprint }, found)
  }

  let own: string | undefined
  for (let attempt = 1; own === undefined; attempt++) {
    if (attempt > 1) {
      if (attempt > ATTEMPTS)
        throw new FleetError(
          'archive.other',
          `other collectors claim the archive at ${store.url('')} at the same time: start again`,
        )
      await delay(50 * Math.random() * attempt)
      found = await findArchiveClaim(hub)
    }
    own = await agree()
  }
  const losses = await openLossTable(stores.losses, { ...options, create: true })
  const hubId = own
  const archive: FedArchive = {
    table,
    losses: losses!,
    hub: hubId,
    remember: async () => {
      // Not by what this process knows of a table that is not there any more.
      const snapshot = await table.refresh()
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        found = await findArchiveClaim(hub)
        const { claim } = found
        if (claim?.table !== id || claim.hub !== hubId)
          throw otherArchive(`the table at ${store.url('')} is ${id}`, claim?.table ?? 'of another collector')
        if ((claim.version ?? -1) >= snapshot.version || (await remember(hubId, snapshot))) return
        await delay(20 * Math.random() * attempt)
      }
      throw new FleetError(
        'archive.other',
        'the version of the archive could not be written to the hub, because other collectors were faster each time: start again',
      )
    },
  }
  await archive.remember()
  return archive
}
