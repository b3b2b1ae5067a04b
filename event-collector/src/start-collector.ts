import {
  type CheckpointMaker,
  checkStore,
  checkTable,
  createColumnWatch,
  LOSSES_APP,
  openLossStore,
  openSearchStore,
  openTableStore,
  writeChunk,
} from '@fleetlake/archive'
import { openCodec } from '@fleetlake/columnar/formats'
import { type Config, type DecodedMove, decodeMove, subjects } from '@fleetlake/contracts'
import { codeField, type ErrorCode, FleetError, ownerOf, reasonOf, repeat, sleep, within } from '@fleetlake/core'
import {
  countRequests,
  createIsolatedDecoder,
  type IsolatedDecoder,
  type IsolatedDecoderOptions,
  NO_OPS,
  type OpsContext,
} from '@fleetlake/service'
import {
  createStreamsLook,
  enterPartition,
  type Hub,
  joinGroup,
  lookAtStream,
  partitionsOf,
  readPartition,
  storedAt,
  storeMessage,
} from '@fleetlake/hub'
import type { LostMessages } from './lane/batch.ts'
import { createCollector } from './collector.ts'
import { createChunkArrays } from './core/chunks.ts'
import { createColumnsPool } from './core/columns-pool.ts'
import { type Flushed, type FlushDeps, flushUntilDone } from './flush/flush.ts'
import { followMembership } from './follow-membership.ts'
import { createMarkKeeper } from './keep-marks.ts'
import { createLane } from './lane/lane.ts'
import { periodStatsOf } from './flush/period-stats.ts'
import { fedByOther } from './objection.ts'
import { type ArchiveStores, openArchive } from './open-archive.ts'
import { createCollectorHealth } from './ops/collector-health.ts'
import { createCollectorMeter } from './ops/collector-meter.ts'
import { tellCollector } from './ops/tell-collector.ts'
import { createPurger } from './purge-committed.ts'
import { lostWithStreams, recordLosses } from './flush/record-losses.ts'
import { createSearchKeeper } from './searches/keep-searches.ts'

const TICK_MS = 250
const PURGE_MS = 10_000
/** How much of what the hub has acknowledged may go unnoticed when the hub and all collectors are lost at once. */
export const MARKS_MS = 5_000
const SEARCHES_MS = 60_000
/** After this long a stop gives up archiving the last searches; their stream still has them. */
const LAST_SEARCHES_MS = 5_000
const SEARCHES_WORK = 'searches'
/** Windows of as-fast-as-possible runs end many times a second; a commit a second is plenty. */
const MIN_AGE_MS = 1_000
const MIN_CHUNK_ROWS = 2_000
/** After this long a stop gives up a store that fails; the stream still has the rows. */
const STOP_MS = 20_000
/** What no repetition mends. */
const ENDING: ReadonlySet<ErrorCode> = new Set(['archive.other', 'table.replaced'])

export interface CollectorLog {
  warn(what: Record<string, unknown>, message: string): void
}

export interface CollectorOptions {
  readonly config: Config
  readonly log: CollectorLog
  readonly version: string
  readonly purgeMs?: number
  readonly stopMs?: number
  /** How often searches are archived. */
  readonly searchesMs?: number
  /** In place of the archive's own stores. */
  readonly stores?: ArchiveStores
  /** In place of a thread. */
  readonly makeCheckpoint?: CheckpointMaker
  /** In place of a process of its own: where readers have ended abnormally. */
  readonly decodeCarefully?: IsolatedDecoder['decode']
  readonly decode?: (payload: Uint8Array, contentType: string | undefined) => DecodedMove | Promise<DecodedMove>
  /** Where messages are decoded alone; with the same decoder. */
  readonly isolation?: IsolatedDecoderOptions
  /** Told, once, why this collector can't go on: stop it. */
  readonly fail?: (error: unknown) => void
  /** Where it says how it is. */
  readonly ops?: OpsContext
}

export interface RunningCollector {
  /** Flushes everything and leaves the group; within 30 s, whatever fails. */
  stop(): Promise<void>
}

/**
 * Invariant, bounded memory: what is read ahead of all partitions, two answers each, is within an eighth of the budget of the buffers, but for the
 * least that an answer may be. Few partitions read as much as is of use.
 */
const READ_AHEAD_SHARE = 16

/** Of the budget of the buffers: what may lie idle between two of them. */
const IDLE_SHARE = 4

/** Temporary files this old were left by writers that died. */
const STRAY_MS = 3_600_000

/** A collector on a hub and a store: membership decides what it reads, the commit rule what counts. */
export const startCollector = async (
  hub: Hub,
  {
    config,
    log,
    version,
    purgeMs = PURGE_MS,
    stopMs = STOP_MS,
    searchesMs = SEARCHES_MS,
    decode = decodeMove,
    isolation = {},
    stores: given,
    makeCheckpoint,
    decodeCarefully,
    fail = () => {},
    ops = NO_OPS,
  }: CollectorOptions,
): Promise<RunningCollector> => {
  const { windowMs } = config.archive
  const { geohashLength } = config.partitioning
  const warn = (what: Record<string, unknown>, message: string): void => log.warn(what, message)
  const tellRequest = countRequests(ops.metrics)
  const meter = createCollectorMeter(ops.metrics)
  const stores: ArchiveStores = given ?? {
    moves: await openTableStore(config.archive, tellRequest),
    losses: await openLossStore(config.archive, tellRequest),
    searches: await openSearchStore(config.archive, tellRequest),
  }
  const store = stores.moves
  const codec = await openCodec(config.archive.format)
  const archive = await openArchive(hub, stores, {
    create: { geohashLength, windowMs },
    adopt: config.archive.adopt,
    retireMs: config.archive.logRetentionMs,
    warn,
    engine: `Fleetlake/${version}`,
    onBackgroundError: (error) =>
      warn(codeField(error), `a checkpoint or a copy of a commit was not written: ${reasonOf(error)}`),
    onConflict: meter.conflicted,
    isWriter: true,
    ...(makeCheckpoint === undefined ? {} : { makeCheckpoint }),
  })
  const { table } = archive
  // After the table was found: nothing is written where it is not.
  await checkStore(store)
  const askBytes = Math.floor(config.collector.memory / READ_AHEAD_SHARE / (await partitionsOf(hub)).length)
  const stopping = new AbortController()
  const givingUp = new AbortController()
  const { settings } = table.snapshot
  if (settings.geohashLength !== geohashLength || settings.windowMs !== windowMs) {
    warn({ ...settings }, 'the table was made with other cells or windows than are configured; it keeps its own')
  }
  await store
    .removeStrayFiles(STRAY_MS)
    .catch((error: unknown) => warn(codeField(error), `what dead writers left was not cleared: ${reasonOf(error)}`))

  const spreading = async () => ({
    by: config.partitioning.by,
    geohashLength,
    partitions: await partitionsOf(hub),
    appIds: table.snapshot.txns.keys(),
  })
  const record = (losses: readonly LostMessages[]): Promise<void> =>
    recordLosses(losses, { table: archive.losses, spreading, now: Date.now })
  const gone = lostWithStreams(table.snapshot, await createStreamsLook(hub)(), Date.now())
  if (gone.length > 0) {
    warn(
      { streams: gone.length },
      'streams that this archive was fed from are gone: what they held and was not archived is lost; see `fleet table losses`',
    )
    await record(gone)
    await table.commit({ parts: [], counts: [LOSSES_APP], feeder: archive.hub, operation: 'WRITE' })
    meter.lost(gone)
  }
  let hasFailed = false
  const failOnce = (error: unknown): void => {
    if (!hasFailed) fail(error)
    hasFailed = true
  }
  /** This collector can't go on where another archive, or another copy, is in the place of its own: its next start judges that. */
  const orFail = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work
    } catch (error) {
      if (error instanceof FleetError && ENDING.has(error.code)) failOnce(error)
      throw error
    }
  }
  const flushDeps: FlushDeps = {
    arrays: createChunkArrays(),
    tracer: hub.tracer,
    writeChunk: (chunk) => writeChunk(chunk, { cell: chunk.cell, windowStart: chunk.windowFrom }, { store, codec }),
    recordLosses: (losses) => orFail(record(losses)),
    commit: async (request) => {
      const startedAt = performance.now()
      const result = await orFail(table.commit({ ...request, feeder: archive.hub }))
      meter.committed((performance.now() - startedAt) / 1000)
      return result
    },
    tried: (fault) => health.tried(fault),
    onOtherHub: (feeder) => failOnce(fedByOther(store.url(''), feeder)),
    storeLetter: ({ id, partition, payload, headers }) =>
      storeMessage(hub, 'deadLetter', subjects.deadLetter(partition), payload as Uint8Array<ArrayBuffer>, {
        id,
        headers,
      }),
    warn,
  }
  const columns = createColumnWatch({
    current: () => table.snapshot,
    refresh: table.refresh,
    now: () => performance.now(),
  })
  const marks = createMarkKeeper({
    store: stores.losses,
    marks: () => collector.marks(),
    offsets: () => orFail(table.refresh()),
    warn,
  })
  const isolated = createIsolatedDecoder({ warn: (fault) => warn({}, fault), ...isolation })
  const pool = createColumnsPool(config.collector.memory / IDLE_SHARE)
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
            isTraced: hub.tracer !== undefined,
            now: Date.now,
          },
          {
            look: (p) => lookAtStream(hub, p),
            mark: marks.of,
            storedAt: (p, sequence) => storedAt(hub, p, sequence),
            read: (p, from) => readPartition(hub, { partition: p, from, askBytes }),
            decode,
            decodeCarefully: decodeCarefully ?? isolated.decode,
            enter: (p) =>
              enterPartition(hub, { group: 'collectors', partition: p, members: async () => membership.members() }),
            offsets: () => orFail(table.refresh()),
            columns,
            pool,
            took: (rows) => meter.took(partition, rows),
            warn,
            ...hooks,
          },
        ),
      flush: async (batches) => {
        const startedAt = performance.now()
        const options = { ...settings, minRows: MIN_CHUNK_ROWS }
        const flushed = await flushUntilDone(batches, options, { ...flushDeps, signal: givingUp.signal })
        meter.flushed(flushed, (performance.now() - startedAt) / 1000)
        return flushed
      },
      onFlushed: (flushed) => {
        // What was noted before is in the table now.
        void marks.note()
        try {
          tellStats(hub, flushed, settings.windowMs)
        } catch (error) {
          warn(codeField(error), `the stats of a flush were not sent: ${reasonOf(error)}`)
        }
      },
    },
  )

  const health = createCollectorHealth({ stands: collector.stands, now: () => performance.now() })
  ops.requires(health.fault)
  // Reads on without judging it: that is for a commit, or the next start.
  ops.probe('the archive', () => checkTable(table, store))
  ops.probe("the hub's streams", createStreamsLook(hub))

  const membership = joinGroup(hub, {
    group: 'collectors',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss(), lagMs: Math.round(collector.lagMs()) }),
  })
  await membership.ready
  const following = await followMembership({ hub, membership, collector, warn, signal: stopping.signal })
  void repeat(marks.note, { everyMs: MARKS_MS, signal: stopping.signal })
  // The hub may come back in an earlier state, when this collector is gone.
  const stopNoting = hub.onStatus(({ state }) => void (state === 'disconnected' && marks.note()))
  const ticking = setInterval(() => collector.tick(), TICK_MS)
  const purger = createPurger(hub, config.hub.duplicateWindowMs, () => orFail(archive.remember()))
  const purge = async (): Promise<void> => {
    for (const purgeable of collector.offsets()) {
      await purger.purge(purgeable).catch((error: unknown) => {
        if (!stopping.signal.aborted) {
          warn(
            { partition: purgeable.partition, ...codeField(error) },
            `a purge failed and is tried again: ${reasonOf(error)}`,
          )
        }
      })
    }
  }
  void repeat(purge, { everyMs: purgeMs, signal: stopping.signal })
  const { searches: searchStore } = stores
  const searches =
    searchStore &&
    createSearchKeeper(hub, {
      store: searchStore,
      engine: `Fleetlake/${version}`,
      duplicateWindowMs: config.hub.duplicateWindowMs,
      warn,
    })
  /** One collector does it, which only saves work. */
  const keepSearches = async (): Promise<void> => {
    if (ownerOf(SEARCHES_WORK, membership.members()) === hub.uid) await searches?.run()
  }
  const keepLastSearches = async (): Promise<void> => {
    await searches?.run()
    await searches?.close()
  }
  void repeat(keepSearches, { everyMs: searchesMs, signal: stopping.signal })
  tellCollector(
    {
      hub,
      bytes: () => collector.bytes,
      limitBytes: config.collector.memory,
      stands: collector.stands,
      tellsOthers: () => ownerOf(SEARCHES_WORK, membership.members()) === hub.uid,
      rowsPerMessage: meter.rowsPerMessage,
      now: Date.now,
    },
    ops,
  )
  return {
    stop: async () => {
      stopping.abort()
      stopNoting()
      const giveUp = setTimeout(() => givingUp.abort(), stopMs)
      // Both at once: where the store hangs, neither takes the other's time.
      await Promise.all([within(givingUp.signal, marks.note()).catch(() => undefined), collector.stop()])
      isolated.close()
      clearTimeout(giveUp)
      clearInterval(ticking)
      const tooLong = new AbortController()
      await Promise.race([keepLastSearches(), sleep(LAST_SEARCHES_MS, tooLong.signal)])
      tooLong.abort()
      await membership.leave()
      await following.stopAnswering()
      await table.close()
    },
  }
}

/** Stats are told at most once: nothing depends on them. */
const tellStats = (hub: Hub, flushed: Flushed, windowMs: number): void => {
  if (flushed.version === undefined) return
  hub.send(
    'aggregatePeriodStats',
    subjects.aggregatePeriodStats,
    periodStatsOf(flushed, { collector: hub.uid, windowMs, now: Date.now() }),
  )
}
