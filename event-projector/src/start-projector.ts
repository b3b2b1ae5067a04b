import { type ObjectStore, openLatestStore, openPresenceStore, openTableStore } from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf, sleep } from '@fleetlake/core'
import { type Hub, joinGroup, ownedPartitions } from '@fleetlake/hub'
import {
  ALL_BUCKETS,
  latestProjection,
  PRESENCE_PROJECTION,
  type ProjectionEvent,
  stepBuckets,
} from '@fleetlake/projections'
import { countRequests, type Log, NO_OPS, type OpsContext } from '@fleetlake/service'
import { lagLimitOf } from './lag-limit.ts'
import { type OpenTables, openTables } from './open-tables.ts'
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
  { config, log, version, stores: given, ops = NO_OPS }: ProjectorOptions,
): Promise<RunningProjector> => {
  const { archive, projector } = config
  const maxLagMs = lagLimitOf(config)
  const stopping = new AbortController()
  const { signal } = stopping
  const tellRequest = countRequests(ops.metrics)
  const { moves, presence, latest } = given ?? {
    moves: await openTableStore(archive, tellRequest),
    presence: await openPresenceStore(archive, tellRequest),
    latest: await openLatestStore(archive, tellRequest),
  }
  const stores = {
    moves,
    projections: [
      { projection: PRESENCE_PROJECTION, store: presence },
      { projection: latestProjection(projector.latestBy), store: latest },
    ],
  }
  /** Up to this moment all that was committed is folded. */
  let foldedMs = Date.now()
  const lagMs = (): number => Date.now() - foldedMs
  const membership = joinGroup(hub, {
    group: 'projectors',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss(), lagMs: lagMs() }),
  })
  await membership.ready

  const tellers = new Map<string, (event: ProjectionEvent) => void>(
    stores.projections.map(({ projection: { kind } }) => [kind.name, tellProjection(kind.name, { log })]),
  )
  const tellFolded = tellLag(ops.metrics)
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

  let opened: OpenTables | undefined
  const open = async (): Promise<OpenTables | undefined> =>
    (opened ??= await openTables(stores, {
      engine: `Fleetlake/${version}`,
      onBackgroundError: (error) =>
        log.warn(codeField(error), `a checkpoint or a copy of a commit was not written: ${reasonOf(error)}`),
      onConflict: () => ops.metrics.add('fleetlake_commit_conflicts_total', 1),
    }))

  /** @returns whether dates are left to read */
  const step = async ({ moves: table, projections }: OpenTables): Promise<boolean> => {
    const buckets = ownedNow()
    tellOwned(buckets.length)
    const atMs = Date.now()
    const snapshot = await table.refresh()
    let isComplete = true
    let isFolded = true
    for (const { projection, table: own, held } of projections) {
      tellFolded(projection.kind.name, atMs, buckets.length === 0)
      if (buckets.length === 0) continue
      const report = await stepBuckets(buckets, {
        moves,
        snapshot,
        projection,
        table: own,
        held,
        memory: Math.floor(projector.memory / projections.length),
        maxLagMs,
        now: Date.now,
        signal,
        tell: tellers.get(projection.kind.name)!,
        onRows: () => {},
      })
      isComplete &&= report.isComplete
      isFolded &&= report.version >= snapshot.version
      tellFolded(projection.kind.name, atMs, report.version >= snapshot.version)
    }
    if (isFolded) foldedMs = atMs
    return !isComplete
  }

  let fault: string | undefined
  const work = async (): Promise<boolean> => {
    try {
      const tables = await open()
      const isLeft = tables !== undefined && (await step(tables))
      // Where there is no table of positions yet, nothing waits.
      if (tables === undefined) {
        foldedMs = Date.now()
        for (const { projection } of stores.projections) tellFolded(projection.kind.name, foldedMs, true)
      }
      fault = undefined
      return isLeft
    } catch (error) {
      if (signal.aborted) return false
      fault = reasonOf(error)
      if (error instanceof FleetError && error.code === 'table.replaced') opened = undefined
      log.warn(codeField(error), `a step failed and is tried again: ${fault}`)
      return false
    }
  }
  ops.requires(() => fault && `the last step failed: ${fault}`)
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const beganMs = performance.now()
      const isLeft = await work()
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
      await opened?.close()
    },
  }
}
