import { setTimeout as delay } from 'node:timers/promises'
import {
  checkTable,
  createColumnWatch,
  openLossStore,
  openLossTable,
  openLatestStore,
  openPresenceStore,
  openTable,
  openTableStore,
  type ObjectStore,
  readChanges,
  readMarks,
  type Snapshot,
  type Table,
} from '@fleetlake/archive'
import type { ColumnsBeside } from '@fleetlake/columnar'
import { type Config, type DecodedMove, decodeMove } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf } from '@fleetlake/core'
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
  flushStreams,
  type Hub,
  joinGroup,
  readArchiveClaim,
  readPartition,
  storedAt,
} from '@fleetlake/hub'
import { LATEST, openProjectionTable, PRESENCE } from '@fleetlake/projections'
import { startAgent } from './agent/agent.ts'
import { createFindAreas } from './areas/find-areas.ts'
import { startCoordinator } from './coordinator/coordinator.ts'
import type { VehicleSearch } from './core/search.ts'
import { createLatestWatch } from './latest/latest-watch.ts'
import { rowsOfFile } from './latest/rows-of-file.ts'
import { judgeLosses, type LossVerdict, NO_LOSSES } from './losses/judge-losses.ts'
import { createLossWatch, type LossWatch } from './losses/loss-watch.ts'
import { checkFed, createVersionPin, type PinnedVersion } from './coordinator/pin-version.ts'
import { createSearchRecords } from './coordinator/record-searches.ts'
import { presumeLosses } from './losses/presume-losses.ts'
import { openPeople } from './people/open-people.ts'
import { type CadenceMemory, createCadenceMemory } from './presence/cadence-memory.ts'
import { createPresenceWatch, type PresenceWatch } from './presence/presence-watch.ts'
import { createTouchedPairs } from './presence/touched-pairs.ts'
import { holdRegistry } from './registry/hold-registry.ts'
import { shareReads } from './waiting/share-reads.ts'
import { type BrokenState, findBrokenStreams } from './tail/broken-streams.ts'
import { createTail } from './tail/tail.ts'
import { countSearches, tellFinder } from './tell-finder.ts'
import { createTurns } from './waiting/turns.ts'

/** A task without a sign of life for this long is sent again. */
const SILENCE_MS = 3_000
/** What is not archived yet is read on for this long after a query: the next one finds it there. */
const LINGER_MS = 30_000
/** Of the tail's memory, what is read ahead of a stream at a time: there may be 64. */
const READ_AHEAD_SHARE = 256
/** Before a look at a table that has moved on meanwhile. */
const PAUSE_MS = 20
/** Some tens of milliseconds of work. */
const TASK_SIZE = { rows: 100_000, bytes: 8 * 1024 * 1024, chunks: 64 }

type ChangesReader = (after: number, to: number) => ReturnType<typeof readChanges>

/** Of a table that is not there yet. */
const NO_COLUMNS: ColumnsBeside = { measures: [] }

export interface Finder {
  /** Ends what is under way, then leaves the group. */
  stop(): Promise<void>
}

export interface FinderOptions {
  readonly config: Pick<Config, 'archive' | 'auth' | 'collector' | 'finder' | 'limits'>
  readonly version: string
  /** Told of faults that an operator should know of. */
  readonly warn?: (what: string, fields?: object) => void
  readonly decode?: (payload: Uint8Array, contentType: string | undefined) => DecodedMove | Promise<DecodedMove>
  /** In place of the archive's own stores. */
  readonly stores?: {
    readonly moves: ObjectStore
    readonly losses: ObjectStore
    /** Without these there are no such tables. */
    readonly presence?: ObjectStore
    readonly latest?: ObjectStore
  }
  /** In place of a process of its own: where readers have ended abnormally. */
  readonly decodeCarefully?: IsolatedDecoder['decode']
  /** Where messages are decoded alone; with the same decoder. */
  readonly isolation?: IsolatedDecoderOptions
  /** Where it says how it is. */
  readonly ops?: OpsContext
}

/** Coordinator and agent of searches over one archive. */
export const startFinder = async (hub: Hub, options: FinderOptions): Promise<Finder> => {
  const { config, version, warn = () => {}, decode = decodeMove, isolation = {}, stores, decodeCarefully } = options
  const { ops = NO_OPS } = options
  const tellRequest = countRequests(ops.metrics)
  const store = stores?.moves ?? (await openTableStore(config.archive, tellRequest))
  let table: Table | undefined
  const told = new Set<string>()
  const tellOnce = (what: string, fields?: object): void => {
    if (!told.has(what)) warn(what, fields)
    told.add(what)
  }
  const lossStore = stores?.losses ?? (await openLossStore(config.archive, tellRequest))
  const { presence: presenceStore, latest: latestStore } = stores ?? {
    presence: await openPresenceStore(config.archive, tellRequest),
    latest: await openLatestStore(config.archive, tellRequest),
  }
  const changes: ChangesReader = (after, to) => readChanges(store, after, to)
  const openPresence = (): PresenceWatch =>
    createPresenceWatch({
      open: async () => presenceStore && openProjectionTable(presenceStore, PRESENCE),
      touched: createTouchedPairs(changes),
      onFault: (error) =>
        tellOnce(
          `the table presence can't be read, so no file is passed over for it: ${reasonOf(error)}`,
          codeField(error),
        ),
    })
  let presence = openPresence()
  const openCadences = (): CadenceMemory =>
    createCadenceMemory({
      look: () => presence.look(),
      onFault: (error) =>
        tellOnce(
          `the table presence can't be read, so nothing is said of how often vehicles report: ${reasonOf(error)}`,
          codeField(error),
        ),
      now: () => performance.now(),
    })
  let cadences = openCadences()
  const latest = createLatestWatch({
    open: async () => latestStore && openProjectionTable(latestStore, LATEST),
    changes,
    rowsOf: (file, measures) => rowsOfFile(store, file, measures),
  })
  const openWatch = (): LossWatch => createLossWatch(() => openLossTable(lossStore))
  let watch = openWatch()
  /** Invariant: where another copy of the archive is in the place of what was read, nothing that is known of the former is taken for the latter's. */
  const readTable = async (): Promise<Snapshot> => {
    try {
      table ??= await openTable(store)
      return await table.refresh()
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'table.replaced') throw error
      warn('the archive was replaced by another one: it is read from its beginning')
      table = undefined
      watch = openWatch()
      presence = openPresence()
      cadences = openCadences()
      latest.forget()
      tail.forget()
      table = await openTable(store)
      return table.snapshot
    }
  }
  const snapshot = shareReads(async (): Promise<Snapshot | undefined> => {
    try {
      const read = await readTable()
      for (const warning of read.warnings) tellOnce(warning)
      return read
    } catch (error) {
      // Nothing has been archived yet.
      if (error instanceof FleetError && error.code === 'table.missing') return undefined
      throw error
    }
  })
  const { futureToleranceMs } = config.collector
  const losses = async ({ snapshot: seen, tail: held }: PinnedVersion, search: VehicleSearch): Promise<LossVerdict> => {
    if (seen === undefined) return NO_LOSSES
    try {
      const known = await watch.at(seen)
      const presumed = presumeLosses(held.formers, known, Date.now())
      return judgeLosses([...known, ...presumed], search, { futureToleranceMs })
    } catch (error) {
      return {
        missing: [{ path: 'losses', reason: `the table of losses can't be read: ${reasonOf(error)}` }],
        notes: [],
      }
    }
  }
  const lookAtStreams = createStreamsLook(hub)
  let broken: ReadonlyMap<number, BrokenState> = new Map()
  let checking: Promise<void> | undefined
  // A hub that was away may come back in an earlier state.
  const stopFollowing = hub.onStatus(({ state }) => {
    if (state !== 'connected') checking = undefined
  })
  const checkStreams = async (): Promise<void> => {
    broken = await findBrokenStreams({
      marks: () => readMarks(lossStore),
      streams: createStreamsLook(hub),
      storedAt: (partition, sequence) => storedAt(hub, partition, sequence),
    })
  }
  const look = shareReads(async () => {
    checking ??= checkStreams()
    await checking.catch((error: unknown) => {
      checking = undefined
      throw error
    })
    const [streams, fed] = await Promise.all([lookAtStreams(), readArchiveClaim(hub)])
    return { streams, fed }
  })
  const { tailMemory } = config.finder
  const isolated = createIsolatedDecoder({ warn, ...isolation })
  const members = async (): Promise<readonly string[]> => {
    await membership.ready
    return membership.members()
  }
  const tail = createTail(
    { memory: tailMemory, futureToleranceMs: config.collector.futureToleranceMs, lingerMs: LINGER_MS },
    {
      read: (partition, from, onState) =>
        readPartition(hub, { partition, from, onState, askBytes: tailMemory / READ_AHEAD_SHARE }),
      decode,
      decodeCarefully: decodeCarefully ?? isolated.decode,
      columns: createColumnWatch({
        current: () => table?.snapshot ?? NO_COLUMNS,
        refresh: snapshot,
        now: () => performance.now(),
      }),
      enter: (partition) => enterPartition(hub, { group: 'finders', partition, members }),
      broken: (partition) => broken.get(partition),
    },
  )
  // Every search reports a damaged table and is then partial; the table is read again once it is repaired.
  await snapshot().catch((error: unknown) => {
    if (!(error instanceof FleetError) || error.code !== 'table.damaged') throw error
    tellOnce(reasonOf(error), codeField(error))
  })
  const pin = createVersionPin({
    snapshot,
    look,
    tail,
    pause: () => delay(PAUSE_MS),
    flush: (streams, signal) => flushStreams(hub, streams, { signal, onWaiting: () => {} }),
  })
  const registry = holdRegistry(hub, { config, warn, tellRequest })
  const permit = await openPeople(registry, { config })
  const processor = createTurns(1)
  const agent = startAgent(hub, { store, processor, cadences: { of: (...asked) => cadences.of(...asked) } })
  const records = createSearchRecords(hub, (error) =>
    warn(`the end of a search was not recorded: ${reasonOf(error)}`, codeField(error)),
  )
  const coordinator = startCoordinator(
    hub,
    { ...config.finder, limits: config.limits, taskSize: TASK_SIZE, silenceMs: SILENCE_MS },
    {
      permit,
      findAreas: createFindAreas(registry),
      pin,
      losses,
      presence: { look: () => presence.look(), timesIn: (...asked) => presence.timesIn(...asked) },
      latest: latest.find,
      records,
      processor,
      perform: agent.add,
      onAnswered: countSearches(ops.metrics),
      onFault: (error) => warn(`a query failed: ${reasonOf(error)}`, codeField(error)),
    },
  )
  tellFinder(
    { searchesWaiting: coordinator.waiting, tasksQueued: agent.queued, tailBytes: () => tail.fill() * tailMemory },
    ops.metrics,
  )
  ops.probe('the archive', async () => {
    const { fed } = await look()
    checkFed(await snapshot(), fed)
    if (table !== undefined) await checkTable(table, store)
  })
  ops.probe("the hub's streams", look)
  const membership = joinGroup(hub, {
    group: 'finders',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss() }),
  })
  return {
    stop: async () => {
      await coordinator.stop()
      await records.settled()
      await agent.stop()
      await registry.close()
      stopFollowing()
      tail.stop()
      isolated.close()
      await membership.leave()
      await table?.close()
    },
  }
}
