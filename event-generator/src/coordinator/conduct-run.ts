import { setTimeout } from 'node:timers/promises'
import { codeField, reasonOf } from '@fleetlake/core'
import { type GenerationOptions, LONGEST_RUN_MS, type Message, subjects } from '@fleetlake/contracts'
import { flushStreams, type Hub, type Membership } from '@fleetlake/hub'
import type { City } from '../core/city.ts'
import type { RunPlan } from '../core/plan-run.ts'
import { createRunAnnouncer } from './announce-run.ts'
import { concludeShares } from './conclude-shares.ts'
import { chooseAgents, settleRun } from './settle-run.ts'
import { createShareBoard, type ShareBoard, type ShareState, totalOf } from './share-board.ts'

const PROGRESS_MS = 500
/** How long the agents of a stopped run may take to end; they drain for 5 s. */
const STOP_MS = 8000
/** How long a run that was stopped or has failed goes on asking for its flush. */
const STOPPED_FLUSH_MS = 5000

export interface CoordinatorDeps {
  readonly hub: Hub
  readonly membership: Membership
  /** @throws FleetError `city.invalid` */
  loadCity(): Promise<City>
  /** How far ahead of the clock a report may be. */
  readonly toleranceMs: number
  /** What is older the archive does not keep. */
  readonly retentionMs: number
  /** How long a run may take; `LONGEST_RUN_MS` when missing. */
  readonly longestRunMs?: number
}

export interface RunRequest {
  readonly run: string
  /** Who has asked for it, as one token. */
  readonly person: string
  readonly options: GenerationOptions
  /** Where progress and stats go. */
  readonly reply: string
}

/** A run under way. */
export interface ConductedRun {
  heard(stats: Message<'generatePartitionStats'>): void
  stop(): void
  /** Resolves when the stats have been sent; never rejects. */
  readonly ended: Promise<void>
}

type Stats = Message<'generationStats'>

/**
 * Leads a run: shares it out, reports its progress, has the collectors archive it, and reports its end. Invariant: 'complete' and
 * `flushed` are reported only if every position was acknowledged, and archived; anything else is reported as it is.
 */
export const conductRun = (request: RunRequest, deps: CoordinatorDeps): ConductedRun => {
  const { hub, membership } = deps
  const { longestRunMs = LONGEST_RUN_MS, toleranceMs, retentionMs } = deps
  const { run, person, options, reply } = request
  const beganMs = performance.now()
  const announce = createRunAnnouncer(hub, { person, ...options })
  const stopped = new AbortController()
  /** Ends a pause: something has happened. */
  let wake = new AbortController()
  let board: ShareBoard | undefined
  let plan: RunPlan | undefined

  const elapsedMs = (): number => Math.round(performance.now() - beganMs)
  const rate = (events: number): number => Math.round((events * 1000) / Math.max(1, elapsedMs()))
  const pause = async (): Promise<void> => {
    wake = new AbortController()
    await setTimeout(PROGRESS_MS, undefined, { signal: wake.signal }).catch(() => {})
  }

  const tell = (phase: 'generating' | 'flushing', note?: string): void => {
    const states = board?.all() ?? []
    const { events, note: agentsNote } = totalOf(states)
    const text = note ?? agentsNote
    const progress = {
      run,
      events,
      total: plan?.events ?? 0,
      eventsPerSecond: rate(events),
      elapsedMs: elapsedMs(),
      agents: states.length,
      ...(text === undefined ? {} : { note: text }),
    }
    hub.send('generationProgress', reply, { ...progress, phase })
    const status = phase === 'generating' ? 'generating' : 'archiving'
    announce({ ...progress, status: stopped.signal.aborted ? 'stopping' : status })
  }

  const generate = async (
    { events, startTime }: RunPlan,
    agents: readonly string[],
  ): Promise<readonly ShareState[]> => {
    const shares = createShareBoard(agents, performance.now())
    board = shares
    const ask = ({ agent, share }: ShareState): void =>
      hub.send(
        'generatePartition',
        subjects.generatePartition(agent),
        { run, options, startTime: new Date(startTime).toISOString(), events, share, agents: agents.length },
        { reply: subjects.generatePartitionStats(hub.uid) },
      )
    shares.all().forEach(ask)
    let stopSince: number | undefined
    while (!shares.hasEnded()) {
      await pause()
      const now = performance.now()
      shares.buryDead(membership.members(), now)
      if (stopped.signal.aborted || shares.isBroken()) {
        stopSince ??= now
        hub.send('stopGeneration', subjects.stopGeneration(person), { run })
        if (now - stopSince > STOP_MS) shares.giveUp(`no answer for ${STOP_MS / 1000} s after the run was stopped`)
      }
      shares.silent(now).forEach(ask)
      tell('generating')
    }
    return shares.all()
  }

  const flush = async (streams: Stats['streams'], isWhole: boolean): Promise<boolean> => {
    const givenUp = new AbortController()
    const giveUpSoon = (): void => {
      setTimeout(STOPPED_FLUSH_MS, undefined, { ref: false, signal: givenUp.signal }).then(
        () => givenUp.abort(),
        () => {},
      )
    }
    if (!isWhole || stopped.signal.aborted) giveUpSoon()
    else stopped.signal.addEventListener('abort', giveUpSoon, { once: true })
    let note: string | undefined
    tell('flushing')
    const timer = setInterval(() => tell('flushing', note), PROGRESS_MS)
    try {
      return await flushStreams(hub, streams, {
        signal: givenUp.signal,
        onWaiting: ({ partitions, unowned }) => {
          note =
            unowned.length > 0
              ? `no collector answers for partition ${unowned.join(', ')}`
              : `waiting for the archive of partition ${partitions.join(', ')}`
        },
      })
    } finally {
      clearInterval(timer)
      givenUp.abort()
    }
  }

  const conduct = async (): Promise<Stats> => {
    tell('generating')
    plan = settleRun(options, { city: await deps.loadCity(), now: Date.now(), toleranceMs, retentionMs })
    if (stopped.signal.aborted) return { ...summary(), status: 'stopped', flushed: true, streams: [] }
    const states = await generate(plan, chooseAgents(membership.members(), options))
    const { streams, isWhole, isKnown, status, error } = concludeShares(plan, states)
    const flushed = await flush(streams, isWhole)
    return {
      ...summary(),
      status: isWhole && !flushed ? 'stopped' : status,
      flushed: flushed && isKnown,
      streams,
      ...(error === undefined ? {} : { error }),
    }
  }

  const summary = (): Omit<Stats, 'status' | 'flushed' | 'streams'> => {
    const { events } = totalOf(board?.all() ?? [])
    const now = Date.now()
    return {
      run,
      events,
      total: plan?.events ?? 0,
      elapsedMs: elapsedMs(),
      eventsPerSecond: rate(events),
      agents: board?.all().length ?? 0,
      from: new Date(plan?.startTime ?? now).toISOString(),
      to: new Date(plan?.endTime ?? now).toISOString(),
    }
  }

  const stop = (): void => {
    stopped.abort()
    wake.abort()
  }
  let isOverdue = false
  const overdue = globalThis.setTimeout(() => {
    isOverdue = true
    stop()
  }, longestRunMs)

  const ended = conduct()
    .then((stats): Stats =>
      isOverdue && stats.status === 'stopped'
        ? { ...stats, error: `the run was stopped after ${longestRunMs / 3_600_000} h, the longest that one may take` }
        : stats,
    )
    .catch((cause: unknown): Stats => ({
      ...summary(),
      status: 'failed',
      flushed: false,
      streams: [],
      error: reasonOf(cause),
      ...codeField(cause),
    }))
    .then((stats) => {
      hub.send('generationStats', reply, stats)
      announce(stats)
    })
    .catch(() => {})
    .finally(() => clearTimeout(overdue))

  return {
    heard: (stats) => {
      board?.heard(stats, performance.now())
      if (board?.hasEnded() === true) wake.abort()
    },
    stop,
    ended,
  }
}
