import { createFileStore, openTable, parquetCodec, type Table, writeChunk } from '@fleetlake/archive'
import { type Config, subjects } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import {
  findPurgeable,
  type Hub,
  joinGroup,
  type Listener,
  lookAtStream,
  type Membership,
  ownedPartitions,
  partitionsOf,
  purgeThrough,
  readPartition,
  storeMessage,
} from '@fleetlake/hub'
import { type Collector, createCollector } from './collector.ts'
import { type Flushed, flushUntilDone } from './flush.ts'
import { createLane, type LaneDeps } from './lane.ts'
import { periodStatsOf } from './period-stats.ts'

const TICK_MS = 250
const PURGE_MS = 10_000
/** How soon a stream that was added or deleted is noticed. */
const PARTITIONS_MS = 5_000
/** Windows of as-fast-as-possible runs end many times a second; a commit a second is plenty. */
const MIN_AGE_MS = 1_000
const MIN_CHUNK_ROWS = 2_000
/** After this long a stop gives up a store that fails; the stream still has the rows. */
const STOP_MS = 20_000

export interface CollectorLog {
  warn(what: Record<string, unknown>, message: string): void
}

export interface RunningCollector {
  /** Flushes everything and leaves the group. */
  stop(): Promise<void>
}

/** A collector on a hub and a store: membership decides what it reads, the commit law what counts. */
export const startCollector = async (
  hub: Hub,
  { config, log, version }: { config: Config; log: CollectorLog; version: string },
): Promise<RunningCollector> => {
  const { windowMs, path } = config.archive
  const { geohashLength } = config.partitioning
  const warn: LaneDeps['warn'] = (what, message) => log.warn(what, message)
  const store = createFileStore(`${path}/moves`)
  const table = await openTable(store, {
    create: { geohashLength, windowMs },
    engine: `Fleetlake/${version}`,
    onBackgroundError: (error) => warn({}, `a checkpoint was not written: ${reasonOf(error)}`),
  })
  const givingUp = new AbortController()
  const { settings } = table.snapshot

  const collector = createCollector(
    { memory: config.collector.memory },
    {
      createLane: (partition, hooks) =>
        createLane(
          {
            partition,
            geohashLength: settings.geohashLength,
            futureToleranceMs: config.collector.futureToleranceMs,
            maxStreamBytes: config.hub.maxBytesPerPartition,
            seal: { ...config.collector, windowMs: settings.windowMs, minAgeMs: MIN_AGE_MS },
            now: Date.now,
          },
          {
            look: (p) => lookAtStream(hub, p),
            read: (p, from) => readPartition(hub, { partition: p, from }),
            txns: () => offsetsOf(table),
            warn,
            ...hooks,
          },
        ),
      flush: (batches) =>
        flushUntilDone(
          batches,
          { ...settings, minRows: MIN_CHUNK_ROWS },
          {
            writeChunk: (chunk) =>
              writeChunk(chunk, { cell: chunk.cell, windowStart: chunk.windowFrom }, { store, codec: parquetCodec }),
            commit: table.commit,
            storeLetter: ({ id, partition, payload, headers }) =>
              storeMessage(hub, 'deadLetter', subjects.deadLetters(partition), payload as Uint8Array<ArrayBuffer>, {
                id,
                headers,
              }),
            warn,
            signal: givingUp.signal,
          },
        ),
      onFlushed: (flushed) => tellStats(hub, flushed, settings.windowMs),
    },
  )

  const membership = joinGroup(hub, {
    group: 'collectors',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss(), lagMs: Math.round(collector.lagMs()) }),
  })
  await membership.ready
  const assignment = await followMembership(hub, membership, collector)
  const ticking = setInterval(() => collector.tick(), TICK_MS)
  const purging = startPurging(hub, collector, config.hub.duplicateWindowMs, warn)
  return {
    stop: async () => {
      setTimeout(() => givingUp.abort(), STOP_MS).unref()
      clearInterval(purging)
      assignment.close()
      await collector.stop()
      clearInterval(ticking)
      await membership.leave()
      await assignment.stopAnswering()
      await table.close()
    },
  }
}

const offsetsOf = async (table: Table): ReturnType<LaneDeps['txns']> => {
  const { txns } = await table.refresh()
  return new Map([...txns].map(([appId, version]) => [appId, { version }]))
}

const tellStats = (hub: Hub, flushed: Flushed, windowMs: number): void => {
  if (flushed.version === undefined) return
  hub.send(
    'aggregatePeriodStats',
    subjects.stats,
    periodStatsOf(flushed, { collector: hub.uid, windowMs, now: Date.now() }),
  )
}

/** Keeps what the collector reads, and the flush requests that it answers, in step with who is alive. */
const followMembership = async (
  hub: Hub,
  membership: Membership,
  collector: Collector,
): Promise<{ close(): void; stopAnswering(): Promise<void> }> => {
  let partitions = await partitionsOf(hub)
  const listeners = new Map<number, Listener>()
  const assign = (): void => {
    const owned = ownedPartitions(membership.members(), partitions, hub.uid)
    collector.assign(owned)
    for (const partition of owned) {
      if (!listeners.has(partition)) listeners.set(partition, answerFlushes(hub, collector, partition))
    }
    for (const [partition, listener] of listeners) {
      if (owned.includes(partition)) continue
      listeners.delete(partition)
      void listener.close()
    }
  }
  assign()
  const stopFollowing = membership.onChange(assign)
  const looking = setInterval(() => {
    partitionsOf(hub)
      .then((found) => {
        if (found.join() === partitions.join() || isClosed) return
        partitions = found
        assign()
      })
      .catch(() => undefined)
  }, PARTITIONS_MS)
  let isClosed = false
  return {
    close: () => {
      isClosed = true
      clearInterval(looking)
      stopFollowing()
    },
    stopAnswering: async () => {
      await Promise.all([...listeners.values()].map((listener) => listener.close()))
    },
  }
}

const answerFlushes = (hub: Hub, collector: Collector, partition: number): Listener =>
  hub.listen('flush', subjects.flush(partition), async ({ data, reply }) => {
    const committed = await collector.flushThrough(data)
    if (reply !== undefined && committed !== undefined) hub.send('flushed', reply, { committed })
  })

const startPurging = (
  hub: Hub,
  collector: Collector,
  duplicateWindowMs: number,
  warn: LaneDeps['warn'],
): NodeJS.Timeout =>
  setInterval(() => {
    for (const { partition, committed } of collector.offsets()) {
      findPurgeable(hub, { partition, committed, duplicateWindowMs })
        .then((sequence) => purgeThrough(hub, partition, sequence))
        .catch((error: unknown) => warn({ partition }, `a purge failed: ${reasonOf(error)}`))
    }
  }, PURGE_MS)
