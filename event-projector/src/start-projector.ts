import {
  isNotAsRead,
  type ObjectStore,
  openLatestStore,
  openPresenceStore,
  openTableStore,
  type Snapshot,
} from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { codeField, reasonOf, sleep } from '@fleetlake/core'
import { type Hub, joinGroup, ownedPartitions } from '@fleetlake/hub'
import {
  ALL_BUCKETS,
  type BucketsReport,
  latestProjection,
  PRESENCE_PROJECTION,
  stepBuckets,
} from '@fleetlake/projections'
import { countRequests, type Log, NO_OPS, type OpsContext } from '@fleetlake/service'
import { keepOpen, type KeptOpen } from './keep-open.ts'
import { lagLimitOf } from './lag-limit.ts'
import { openMoves, openProjection } from './open-tables.ts'
import { rememberFailure } from './remember-failure.ts'
import { tellLag } from './tell-lag.ts'
import { tellProjection } from './tell-projection.ts'

export interface RunningProjector {
  /** Gives up what is under way, and leaves the group: what is not committed is folded again. */
  stop(): Promise<void>
}

export interface ProjectorOptions {
  readonly config: Config
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly version: string
  /** In place of the archive's own stores. */
  readonly stores?: { readonly moves: ObjectStore; readonly presence: ObjectStore; readonly latest: ObjectStore }
  /** Where it says how it is. */
  readonly ops?: OpsContext
}

/**
 * A projector on a hub and a store. Living projectors share the buckets of all projections, which only saves work: that two at once do no harm is the affair of the tables'
 * offsets.
 */
export const startProjector = async (
  hub: Hub,
  { config, log, version, stores, ops = NO_OPS }: ProjectorOptions,
): Promise<RunningProjector> => {
  const { archive, projector } = config
  const maxLagMs = lagLimitOf(config)
  const stopping = new AbortController()
  const { signal } = stopping
  const tellRequest = countRequests(ops.metrics)
  const moves = stores?.moves ?? (await openTableStore(archive, tellRequest))
  const options = {
    engine: `Fleetlake/${version}`,
    onBackgroundError: (error: unknown) =>
      log.warn(codeField(error), `a checkpoint or a copy of a commit was not written: ${reasonOf(error)}`),
    onConflict: () => ops.metrics.add('fleetlake_commit_conflicts_total', 1),
  }
  const movesTable = keepOpen(
    () => openMoves(moves),
    (table) => table.close(),
  )
  const projections = [
    { projection: PRESENCE_PROJECTION, given: stores?.presence, openStore: openPresenceStore },
    { projection: latestProjection(projector.latestBy), given: stores?.latest, openStore: openLatestStore },
  ].map(({ projection, given, openStore }) => ({
    projection,
    failure: rememberFailure(projector.everyMs),
    tell: tellProjection(projection.kind.name, { log }),
    kept: keepOpen(
      // A store of its own each time: one that was written to does not make its folder again.
      async () => openProjection(projection, { moves, own: given ?? (await openStore(archive, tellRequest)) }, options),
      ({ table }) => table.close(),
    ),
  }))
  const tellFolded = tellLag(ops.metrics)
  /** Up to this moment all that was committed is folded; undefined while that was never so. */
  let foldedMs: number | undefined
  const membership = joinGroup(hub, {
    group: 'projectors',
    version,
    describe: () => ({
      memoryBytes: process.memoryUsage.rss(),
      ...(foldedMs === undefined ? {} : { lagMs: Date.now() - foldedMs }),
    }),
  })
  await membership.ready

  const ownedNow = (): readonly number[] => ownedPartitions(membership.members(), ALL_BUCKETS, hub.uid)
  let owned = 0
  const tellOwned = (count: number): void => {
    if (count === owned) return
    log.info(
      { buckets: count, projectors: membership.members().length },
      `works on ${count} of 64 buckets now, ${owned} before`,
    )
    owned = count
  }

  /** What was read of a table that is not as it was is given up: its folder may have been deleted or replaced, and is opened anew. */
  const orCloseIt = async <Result>(kept: KeptOpen<unknown>, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      if (isNotAsRead(error)) await kept.close()
      throw error
    }
  }

  const tellFault = (error: unknown): string => {
    const fault = reasonOf(error)
    log.warn(codeField(error), `a step failed and is tried again: ${fault}`)
    return fault
  }

  const stepProjection = async (
    { projection, tell, kept }: (typeof projections)[number],
    snapshot: Snapshot,
    buckets: readonly number[],
  ): Promise<BucketsReport> => {
    const { table, held } = (await kept.get())!
    return stepBuckets(buckets, {
      moves,
      snapshot,
      projection,
      table,
      held,
      memory: Math.floor(projector.memory / projections.length),
      maxLagMs,
      now: Date.now,
      signal,
      tell,
      onRows: () => {},
    })
  }

  /**
   * Steps every projection, whatever becomes of the others: one that failed rests, which takes no time from the others. Where there is no table of positions yet, nothing waits.
   * @returns whether dates are left to read
   * @throws when the table of positions can't be read
   */
  const step = async (beganMs: number): Promise<boolean> => {
    const atMs = Date.now()
    const snapshot = await orCloseIt(movesTable, async () => (await movesTable.get())?.refresh())
    if (snapshot === undefined) {
      foldedMs = atMs
      for (const { projection, failure } of projections) {
        tellFolded(projection.kind.name, atMs, true)
        failure.end()
      }
      return false
    }
    const buckets = ownedNow()
    tellOwned(buckets.length)
    const reports: BucketsReport[] = []
    for (const each of projections) {
      const { name } = each.projection.kind
      tellFolded(name, atMs, buckets.length === 0)
      if (buckets.length === 0) each.failure.end()
      if (buckets.length === 0 || each.failure.isResting(beganMs)) continue
      try {
        const report = await orCloseIt(each.kept, () => stepProjection(each, snapshot, buckets))
        reports.push(report)
        each.failure.end()
        tellFolded(name, atMs, report.version >= snapshot.version)
      } catch (error) {
        if (signal.aborted) throw error
        each.failure.begin(tellFault(error), beganMs)
      }
    }
    const hasFailed = projections.some(({ failure }) => failure.fault() !== undefined)
    if (!hasFailed && reports.every((report) => report.version >= snapshot.version)) foldedMs = atMs
    return reports.some(({ isComplete }) => !isComplete)
  }

  let fault: string | undefined
  const work = async (beganMs: number): Promise<boolean> => {
    try {
      const isLeft = await step(beganMs)
      fault = undefined
      return isLeft
    } catch (error) {
      if (signal.aborted) return false
      fault = tellFault(error)
      return false
    }
  }
  ops.requires(() => {
    const first = [fault, ...projections.map(({ failure }) => failure.fault())].find((each) => each !== undefined)
    return first && `the last step failed: ${first}`
  })
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const beganMs = performance.now()
      const isLeft = await work(beganMs)
      const restMs = projector.everyMs - (performance.now() - beganMs)
      if (!isLeft && restMs > 0) await sleep(restMs, signal)
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
      await membership.leave()
      await Promise.all([movesTable.close(), ...projections.map(({ kept }) => kept.close())])
    },
  }
}
