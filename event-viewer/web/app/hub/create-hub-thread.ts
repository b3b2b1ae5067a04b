import { type Message, subjects } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import {
  askLatest,
  connectHub,
  type HubStatus,
  type MessageHub,
  recordExport,
  runGeneration,
} from '@fleetlake/hub/browser'
import type { BoardState } from '@fleetlake/viewer-core'
import { transfer } from 'comlink'
import type { HeardRun } from './generations/heard-runs.ts'
import { watchRuns } from './generations/watch-runs.ts'
import type { HeardImport } from './imports/heard-imports.ts'
import { watchImports } from './imports/watch-imports.ts'
import type { LiveFrame, LiveRequest } from './live/live-frame.ts'
import { createLastPositions, type LastPositions } from './live/last-positions.ts'
import { createLiveIntake, MAX_VEHICLES } from './live/live-intake.ts'
import { awaitHub } from './await-hub.ts'
import { createFramePump } from './frame-pump.ts'
import type { HubSettings, HubThread, Outcome } from './hub-thread.ts'
import { partitionsInView } from './live/live-partitions.ts'
import { createLiveSubscription, type LiveSubscription } from './live/live-subscription.ts'
import { wantLive } from './live/want-live.ts'
import { runSearch } from './search/run-search.ts'
import { askTicket } from './ticket/ask-ticket.ts'
import { openPersonTickets } from './ticket/person-tickets.ts'
import { transferablesOf } from './transferables.ts'
import { watchFleet } from './watch-fleet.ts'
import { nextTask } from '../shell/run-in-slices.ts'
import { createWatchers, release } from './watchers.ts'

const FRAME_MS = 100
const BOARD_MS = 1_000
/** Of vehicles beyond the partitions that are listened to; well below the time after which a vehicle is taken for silent. */
const RECENT_MS = 10 * 60_000
const RETRY_MS = 60_000
const RETRY_PARTIAL_MS = 5 * 60_000

/** What the worker does for the page. What is asked before the first connection waits for it. */
export const createHubThread = (): HubThread => {
  const intake = createLiveIntake()
  const boards = createWatchers<BoardState>()
  const commits = createWatchers<Message<'aggregatePeriodStats'>>()
  const imports = createWatchers<readonly HeardImport[]>()
  const runs = createWatchers<readonly HeardRun[]>()
  const generations = new Set<AbortController>()
  const searches = new Map<string, AbortController>()
  const connected = Promise.withResolvers<MessageHub>()
  let live: { subscription: LiveSubscription; settings: HubSettings; seesAll: () => boolean } | undefined
  let last: LastPositions | undefined
  let request: LiveRequest | undefined
  let partitions: readonly number[] | undefined
  let status: HubStatus = { state: 'connecting' }
  let isVisible = true
  let tellBoards = (): void => undefined

  const frames = createFramePump<LiveFrame>(
    () => {
      const frame = intake.takeFrame(Date.now())
      if (frame === undefined) return undefined
      const lastKnown = last?.known()
      return {
        ...frame,
        ...(partitions === undefined ? {} : { partitions }),
        ...(lastKnown === undefined ? {} : { lastKnown }),
      }
    },
    (error) => console.error(error),
  )
  setInterval(() => void frames.pump(), FRAME_MS)
  /** @returns the hub that a question goes to */
  const hubFor = ({ signal }: AbortController): Promise<MessageHub> =>
    awaitHub({ hub: connected.promise, status: () => status, signal })
  /** The reports of all vehicles, until it is known what the page wants. */
  const listen = (): void => {
    if (live === undefined) return
    partitions = partitionsInView(request ?? {}, live.settings)
    live.subscription.listenTo(partitions, live.seesAll())
  }

  const askLast = (hub: MessageHub): LastPositions => {
    const asked = createLastPositions({
      ask: (input, signal) => askLatest(hub, input, { signal }),
      take: (rows, round) => intake.takeLast(rows, round, Date.now()),
      onAll: intake.endLast,
      evicted: intake.evicted,
      nowMs: Date.now,
      hubMs: () => intake.hubMs(Date.now()),
      maxVehicles: MAX_VEHICLES,
      nextTask,
    })
    hub.onStatus(({ state, reason }) => {
      if (state === 'connected' && reason === undefined) asked.askAll()
    })
    if (hub.status().state === 'connected') asked.askAll()
    return asked
  }

  return {
    connect: async (settings, onStatus, onLoginEnd) => {
      const { url, user, password, hasTickets, clockAheadMs } = settings
      intake.assumeHubAhead(clockAheadMs)
      const tell = (next: HubStatus): void => {
        status = next
        onStatus(next)
      }
      /** Without a ticket the hub is not reached, whatever was said of it before. */
      const onFault = (reason: string): void => {
        if (status.state === 'connecting' || status.state === 'disconnected') tell({ state: status.state, reason })
      }
      const tickets = hasTickets ? await openPersonTickets({ ask: askTicket, onFault, onEnd: onLoginEnd }) : undefined
      // Where the login has ended the page ends this thread.
      if (hasTickets && tickets === undefined) return
      const as = tickets === undefined ? { user, password } : { ticket: tickets.next, person: tickets.person }
      const hub = await connectHub({ service: 'event-viewer', url, ...as, onStatus: tell })
      live = {
        settings,
        seesAll: () => tickets?.seesAll() ?? true,
        subscription: createLiveSubscription(hub, (payload, message) =>
          intake.take(payload, { ...message, nowMs: Date.now(), futureToleranceMs: settings.futureToleranceMs }),
        ),
      }
      listen()
      last = askLast(hub)
      last.want(request?.keptMs ?? 0)
      const onSightChange = (): void => {
        intake.forgetAll()
        listen()
      }
      wantLive(hub, { seesAll: live.seesAll, onSightChange })
      const boardAt = watchFleet(hub, commits.tell)
      const importsHeardAt = watchImports(hub)
      const runsHeardAt = watchRuns(hub)
      tellBoards = () => {
        if (!isVisible) return
        boards.tell(boardAt(Date.now()))
        imports.tell(importsHeardAt(Date.now()))
        runs.tell(runsHeardAt(Date.now()))
      }
      setInterval(tellBoards, BOARD_MS)
      // Where both are due, all that are wanted are asked for, and the recent ones are among them.
      setInterval(() => last?.retry(), RETRY_MS)
      setInterval(() => last?.retryPartial(), RETRY_PARTIAL_MS)
      setInterval(() => (partitions === undefined ? undefined : last?.askRecent()), RECENT_MS)
      connected.resolve(hub)
      await hub.flush().catch(() => undefined)
    },
    setVisible: async (next) => {
      isVisible = next
      frames.setVisible(next)
      void frames.pump()
      tellBoards()
    },
    watchLive: async (next, onFrame) => {
      request = next
      intake.setRequest(next)
      last?.want(next.keptMs ?? 0)
      frames.giveTo({
        give: async (frame) => onFrame(transfer(frame, transferablesOf(frame))),
        end: () => release(onFrame),
      })
      listen()
    },
    findVehicles: async (text, max) => intake.find(text, max),
    liveVehicle: async (id) => intake.vehicle(id),
    watchBoard: async (onBoard) => {
      const stop = boards.add(onBoard)
      tellBoards()
      return stop
    },
    watchCommits: async (onCommit) => commits.add(onCommit),
    watchImports: async (onImports) => {
      const stop = imports.add(onImports)
      tellBoards()
      return stop
    },
    generate: async (options, onProgress) => {
      const aborter = new AbortController()
      generations.add(aborter)
      const { signal } = aborter
      const outcome = await outcomeOf(async () => runGeneration(await hubFor(aborter), options, { onProgress, signal }))
      generations.delete(aborter)
      release(onProgress)
      return outcome
    },
    watchRuns: async (onRuns) => {
      const stop = runs.add(onRuns)
      tellBoards()
      return stop
    },
    stopRun: async (run) => {
      const hub = await connected.promise
      hub.send('stopGeneration', subjects.stopGeneration(hub.person), { run })
    },
    stopGeneration: async () => {
      for (const generation of generations) generation.abort()
    },
    search: async (slot, input, onProgress) => {
      searches.get(slot)?.abort()
      const aborter = new AbortController()
      searches.set(slot, aborter)
      const { signal } = aborter
      const outcome = await outcomeOf(async () => runSearch(await hubFor(aborter), input, { onProgress, signal }))
      if (searches.get(slot) === aborter) searches.delete(slot)
      release(onProgress)
      return outcome.ok ? transfer(outcome, transferablesOf(outcome)) : outcome
    },
    cancelSearch: async (slot) => searches.get(slot)?.abort(),
    recordExport: (exported) => outcomeOf(async () => recordExport(await hubFor(new AbortController()), exported)),
  }
}

const outcomeOf = async <Value>(run: () => Promise<Value>): Promise<Outcome<Value>> => {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return {
      ok: false,
      code: error instanceof FleetError ? error.code : 'viewer.failed',
      message: reasonOf(error),
    }
  }
}
