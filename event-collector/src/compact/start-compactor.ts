import {
  type CheckpointMaker,
  checkTable,
  createMaintenance,
  type MaintenanceReport,
  type ObjectStore,
  openTable,
  openTableStore,
} from '@fleetlake/archive'
import { openCodec } from '@fleetlake/columnar/formats'
import type { Config } from '@fleetlake/contracts'
import { codeField, createQueue, FleetError, ownerOf, reasonOf, repeat } from '@fleetlake/core'
import { type Hub, joinGroup, readArchiveClaim } from '@fleetlake/hub'
import { objectionTo } from '../objection.ts'
import { countRequests, type Log, NO_OPS, type OpsContext } from '@fleetlake/service'
import { type KeptStores, keptTables, openKeptStores } from './kept-tables.ts'
import { tellCompactor } from './tell-compactor.ts'

export interface RunningCompactor {
  /** Commits what is rewritten, or gives it up after a while, and leaves the group. */
  stop(): Promise<void>
}

export interface CompactorOptions {
  readonly config: Config
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly version: string
  /** In place of the archive's own stores. */
  readonly stores?: KeptStores & { readonly moves: ObjectStore }
  /** In place of a thread. */
  readonly makeCheckpoint?: CheckpointMaker
  /** Where it says how it is. */
  readonly ops?: OpsContext
}

/** After this long a stop gives up what is under way: at most some files that no version names remain. */
const STOP_MS = 15_000

const WORK = 'compaction'

/**
 * A compactor on a hub and a store. Of all living compactors one works, which only saves work: that two at once do no harm is the commit rule's
 * affair.
 */
export const startCompactor = async (
  hub: Hub,
  { config, log, version, stores: given, makeCheckpoint, ops = NO_OPS }: CompactorOptions,
): Promise<RunningCompactor> => {
  const { archive, compactor } = config
  const stopping = new AbortController()
  const warn = (what: Record<string, unknown>, message: string): void => log.warn(what, message)
  const tellRequest = countRequests(ops.metrics)
  const stores = given ?? {
    moves: await openTableStore(archive, tellRequest),
    ...(await openKeptStores(archive, tellRequest)),
  }
  const { moves: store, losses: lossStore } = stores
  const codec = await openCodec(archive.format)
  const membership = joinGroup(hub, {
    group: 'compactors',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss() }),
  })
  await membership.ready

  /** The table of this hub; undefined while no collector has made one. */
  const open = async () => {
    const fed = await readArchiveClaim(hub)
    if (fed === undefined) return undefined
    const table = await openTable(store, {
      retireMs: archive.logRetentionMs,
      engine: `Fleetlake/${version}`,
      onBackgroundError: (error) =>
        warn(codeField(error), `a checkpoint or a copy of a commit was not written: ${reasonOf(error)}`),
      isWriter: true,
      ...(makeCheckpoint === undefined ? {} : { makeCheckpoint }),
    })
    const objection = await objectionTo(table.snapshot, fed, store)
    if (objection !== undefined) throw objection
    return { table, maintenance: maintenanceOf(table) }
  }
  const maintenanceOf = (table: Awaited<ReturnType<typeof openTable>>) =>
    createMaintenance(
      { ...compactor, retentionMs: archive.retentionMs, logRetentionMs: archive.logRetentionMs },
      { table, store, codec, signal: stopping.signal },
    )

  let toldSkipped = ''
  let toldKept: string | undefined
  const tell = (report: MaintenanceReport): void => {
    const did = describe(report)
    if (Object.keys(did).length > 0) log.info(did, 'maintenance was done')
    const { skipped } = report.compaction
    const first =
      skipped.length === 0 ? '' : `${skipped.length} cells can't be compacted; the first: ${skipped[0].reason}`
    if (first !== '' && first !== toldSkipped) warn({}, first)
    toldSkipped = first
    if (report.kept !== undefined && report.kept !== toldKept) warn({}, report.kept)
    toldKept = report.kept
  }

  let opened: Awaited<ReturnType<typeof open>>
  const others = keptTables(stores, {
    config,
    log,
    engine: `Fleetlake/${version}`,
    tidyEveryMs: compactor.vacuumEveryMs,
    newestDateGone: () => opened?.table.snapshot.newestDateGone,
    signal: stopping.signal,
  })
  const inTurn = createQueue()
  const provide = () => inTurn(async () => (opened ??= await open()))
  const isOwner = (): boolean => ownerOf(WORK, membership.members()) === hub.uid
  const told = tellCompactor({ table: () => opened?.table, lossStore, isOwner }, ops.metrics)
  const run = async (): Promise<MaintenanceReport | undefined> => {
    const startedAt = performance.now()
    const report = await (await provide())?.maintenance.run()
    if (report !== undefined) told.ran(report, (performance.now() - startedAt) / 1000)
    return report
  }
  const keepMoves = async (): Promise<void> => {
    try {
      const report = await run()
      if (report !== undefined) tell(report)
    } catch (error) {
      if (error instanceof FleetError && error.code === 'table.replaced') opened = undefined
      if (!stopping.signal.aborted) warn(codeField(error), `a run failed and is tried again: ${reasonOf(error)}`)
    }
  }
  /** The positions first: right after a start they wait for nothing else, and which dates are gone is known to what follows. */
  const work = async (): Promise<void> => {
    if (!isOwner()) return
    await keepMoves()
    for (const table of others) if (!stopping.signal.aborted) await table.keep()
  }
  /** Reads what came since, also while another works: this one may have to go on at any time. */
  const look = async (): Promise<void> => {
    try {
      const found = await provide()
      if (found !== undefined) await checkTable(found.table, store)
    } catch (error) {
      if (error instanceof FleetError && error.code === 'table.replaced') opened = undefined
      throw error
    }
    await told.readLosses()
  }
  ops.probe('the archive', look)
  const working = repeat(work, { everyMs: compactor.everyMs, signal: stopping.signal })
  return {
    stop: async () => {
      stopping.abort()
      const giveUp = Promise.withResolvers<void>()
      const timer = setTimeout(giveUp.resolve, STOP_MS)
      await Promise.race([working, giveUp.promise])
      clearTimeout(timer)
      await membership.leave()
      await Promise.all([opened?.table.close(), ...others.map((table) => table.close())])
    },
  }
}

/** What a run did; empty when nothing. */
const describe = ({ dropped, compaction, vacuum }: MaintenanceReport): Record<string, number> => {
  const { commits, filesBefore, filesAfter, bytesBefore, bytesAfter, duplicates, lost } = compaction
  return {
    ...(commits === 0 ? {} : { commits, filesBefore, filesAfter, bytesBefore, bytesAfter, duplicates }),
    ...(lost === 0 ? {} : { lost }),
    ...(dropped.length === 0 ? {} : { droppedDates: dropped.length }),
    ...(vacuum === undefined || vacuum.files + vacuum.logFiles === 0
      ? {}
      : { deletedFiles: vacuum.files, deletedBytes: vacuum.bytes, deletedLogFiles: vacuum.logFiles }),
  }
}
