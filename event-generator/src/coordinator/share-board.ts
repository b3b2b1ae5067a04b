import type { Message } from '@fleetlake/contracts'
import { cutText } from '@fleetlake/core'

type Stats = Message<'generatePartitionStats'>

/** An agent that has not reported for this long is asked again, which is harmless. */
const REPEAT_MS = 2000
/** An agent that has not reported for this long and is not a member any more is dead. */
const DEAD_MS = 5000

export interface ShareState {
  readonly agent: string
  readonly share: number
  readonly stats?: Stats
  readonly heardAtMs: number
}

/** The reports of a run's agents. Pure: times are given, ms of a monotonic clock. */
export interface ShareBoard {
  heard(stats: Stats, nowMs: number): void
  /** Shares whose agents are to be asked again. */
  silent(nowMs: number): ShareState[]
  /** Ends the shares of agents that are dead, as failed. */
  buryDead(members: readonly string[], nowMs: number): void
  /** Ends every share that has not, as failed. */
  giveUp(reason: string): void
  all(): readonly ShareState[]
  hasEnded(): boolean
  /** A share is missing: it failed, or was stopped. */
  isBroken(): boolean
}

export const createShareBoard = (agents: readonly string[], startMs: number): ShareBoard => {
  const states = agents.map((agent, share): ShareState => ({ agent, share, heardAtMs: startMs }))
  const open = (): ShareState[] => states.filter(({ stats }) => !isEnd(stats))
  const fail = ({ agent, share, stats, heardAtMs }: ShareState, error: string): void => {
    const { run = '', events = 0, messages = 0, waitingMs = 0, streams = [] } = stats ?? {}
    states[share] = {
      agent,
      share,
      heardAtMs,
      stats: { run, share, status: 'failed', events, messages, waitingMs, streams, error },
    }
  }
  return {
    heard: (stats, nowMs) => {
      const state = states[stats.share]
      if (state === undefined || isEnd(state.stats)) return
      states[stats.share] = { ...state, stats, heardAtMs: nowMs }
    },
    silent: (nowMs) => open().filter(({ heardAtMs }) => nowMs - heardAtMs >= REPEAT_MS),
    buryDead: (members, nowMs) => {
      for (const state of open()) {
        if (nowMs - state.heardAtMs < DEAD_MS || members.includes(state.agent)) continue
        const silence = Math.round((nowMs - state.heardAtMs) / 1000)
        fail(
          state,
          `generator ${state.agent} died: neither report nor heartbeat for ${silence} s; it had stored ${state.stats?.events ?? 0} positions at least`,
        )
      }
    },
    giveUp: (reason) => {
      for (const state of open()) fail(state, `generator ${state.agent}: ${reason}`)
    },
    all: () => states,
    hasEnded: () => open().length === 0,
    isBroken: () => states.some(({ stats }) => stats?.status === 'failed' || stats?.status === 'stopped'),
  }
}

const isEnd = (stats: Stats | undefined): boolean => stats !== undefined && stats.status !== 'running'

export interface RunTotals {
  readonly events: number
  readonly waitingMs: number
  readonly status: 'running' | 'complete' | 'stopped' | 'failed'
  /** What holds it up, if anything. */
  readonly note?: string
  readonly error?: string
}

/** What the shares amount to: failed if any failed, else stopped if any was. */
export const totalOf = (states: readonly ShareState[]): RunTotals => {
  const stats = states.flatMap((state) => state.stats ?? [])
  const texts = (list: (string | undefined)[]): string =>
    cutText([...new Set(list.filter((text) => text !== undefined))].join('; '))
  const note = texts(stats.map((each) => each.note))
  const error = texts(stats.map((each) => each.error))
  const has = (status: Stats['status']): boolean => stats.some((each) => each.status === status)
  const isRunning = stats.length < states.length || has('running')
  return {
    events: stats.reduce((sum, { events }) => sum + events, 0),
    waitingMs: stats.reduce((sum, { waitingMs }) => sum + waitingMs, 0),
    status: isRunning ? 'running' : has('failed') ? 'failed' : has('stopped') ? 'stopped' : 'complete',
    ...(note === '' ? {} : { note }),
    ...(error === '' ? {} : { error }),
  }
}
