import { FleetError, type PartitionBy, reasonOf } from '@fleetlake/core'
import { type Message, sourceOfRun, type StreamPosition } from '@fleetlake/contracts'
import {
  createMovePublisher,
  drainWithin,
  duplicateWindowOf,
  type Hub,
  type MovePublisher,
  partitionsOf,
} from '@fleetlake/hub'
import { createRouter } from '../batching/router.ts'
import type { City } from '../core/city.ts'
import { shareOf } from '../core/share.ts'
import { simulateMeasures } from '../core/simulated-measures.ts'
import { createBreather } from './breather.ts'
import { createPace } from './pace.ts'
import { simulate } from './simulate.ts'
import { cutIntoSlices, type Slice } from './slices.ts'

/** How long a stopped share goes on publishing what it has made. */
export const STOP_DRAIN_MS = 5000

export interface ShareDeps {
  readonly hub: Hub
  /** @throws FleetError `city.invalid` */
  loadCity(): Promise<City>
  readonly partitioning: { readonly by: PartitionBy; readonly geohashLength: number }
  readonly windowMs: number
  readonly queueBytes: number
}

export type ShareRequest = Message<'generatePartition'>
export type ShareStats = Message<'generatePartitionStats'>

/** An agent's share of a run, under way. */
export interface ShareRun {
  stats(): ShareStats
  /** No more reports; what was made is published still. */
  stop(reason?: string): void
  /** Resolves when `stats` does not change any more; never rejects. */
  readonly ended: Promise<void>
}

/** Simulates a share and publishes it. Invariant: its rows depend on the request only. */
export const runShare = (request: ShareRequest, deps: ShareDeps): ShareRun => {
  const { run, share } = request
  const aborter = new AbortController()
  const { signal } = aborter
  let status: ShareStats['status'] = 'running'
  let error: string | undefined
  let streams: StreamPosition[] = []
  let publisher: MovePublisher | undefined

  const main = async (): Promise<void> => {
    const city = await deps.loadCity()
    if (request.options.city !== undefined && request.options.city !== city.name) {
      throw new FleetError('generation.refused', `generator ${deps.hub.uid} has another city: ${city.name}`)
    }
    const slices = await simulateFrom(request, city)
    const partitions = (await partitionsOf(deps.hub)).toSorted((a, b) => a - b)
    if (partitions.length === 0) throw new FleetError('generation.refused', 'the hub has no stream for moves')
    const { hub, queueBytes } = deps
    const duplicateWindowMs = await duplicateWindowOf(hub, partitions)
    publisher = createMovePublisher(hub, { run, agent: hub.uid, partitions, queueBytes, duplicateWindowMs })
    if (slices.length > 0) await generate(request, slices, { ...deps, partitions, publisher, signal })
    streams = await drain(publisher, signal)
  }

  const ended = main().then(
    () => {
      status = signal.aborted ? 'stopped' : 'complete'
    },
    (cause: unknown) => {
      status = cause instanceof Undelivered ? 'stopped' : 'failed'
      error = reasonOf(cause)
    },
  )
  return {
    ended: ended.finally(() => publisher?.close()),
    stop: (reason) => {
      error ??= reason
      aborter.abort()
    },
    stats: () => {
      const { rows = 0, messages = 0, waitingMs = 0, note } = publisher?.stats() ?? {}
      return {
        run,
        share,
        status,
        events: rows,
        messages,
        waitingMs: Math.round(waitingMs),
        streams,
        ...(note === undefined || status !== 'running' ? {} : { note }),
        ...(error === undefined ? {} : { error }),
      }
    },
  }
}

/** Not a fault: a stop that could not wait for the hub to take everything. */
class Undelivered extends Error {}

const simulateFrom = async (
  { run, options, startTime, events, share, agents }: ShareRequest,
  city: City,
): Promise<Slice[]> => {
  const slices: Slice[] = []
  const { isDue, breathe } = createBreather()
  const cut = {
    run,
    city,
    options,
    startTime: Date.parse(startTime),
    events,
    share: shareOf(options.vehicles, share, agents),
  }
  for (const slice of cutIntoSlices(cut)) {
    slices.push(slice)
    if (isDue()) await breathe()
  }
  return slices
}

type GenerateDeps = ShareDeps & {
  readonly partitions: readonly number[]
  readonly publisher: MovePublisher
  readonly signal: AbortSignal
}

const generate = (request: ShareRequest, slices: readonly Slice[], deps: GenerateDeps): Promise<void> => {
  const { run, options, startTime, events } = request
  const { partitions, partitioning, publisher, windowMs, signal } = deps
  const router = createRouter(
    {
      ...partitioning,
      partitions,
      windowMs,
      batchRows: options.batchRows,
      source: sourceOfRun(run),
      vehicleTypes: slices[0].fleet.types,
      ...(options.measures === undefined ? {} : { saidBy: simulateMeasures(options.measures, options.seed) }),
    },
    publisher,
  )
  const pace = createPace({
    startTime: Date.parse(startTime),
    speedFactor: options.realTime ? options.speedFactor : Infinity,
    beganMs: performance.now(),
  })
  const ticks = Math.ceil(events / options.vehicles)
  return simulate(slices, ticks, {
    router,
    pace,
    whenRoom: () => publisher.whenRoom(),
    now: () => performance.now(),
    signal,
  })
}

/** Until everything is stored; once stopped, for `STOP_DRAIN_MS` more at most. */
const drain = async (publisher: MovePublisher, signal: AbortSignal): Promise<StreamPosition[]> => {
  const streams = await drainWithin(publisher, { signal, graceMs: STOP_DRAIN_MS })
  if (streams !== undefined) return streams
  throw new Undelivered(`the hub did not take everything within ${STOP_DRAIN_MS / 1000} s of the stop`)
}
