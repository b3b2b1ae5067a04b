import type { Message } from '@fleetlake/contracts'
import type { RunPlan } from '../core/plan-run.ts'
import { mergeStreams } from './merge-streams.ts'
import { type ShareState, totalOf } from './share-board.ts'

type Stats = Message<'generationStats'>

/** What has been published, once every share has ended. */
export interface Published {
  readonly streams: Stats['streams']
  /** Every position of the plan was acknowledged. */
  readonly isWhole: boolean
  readonly status: Stats['status']
  /** Whether `streams` reach to the end of all that was acknowledged: else a flush of them would prove nothing. */
  readonly isKnown: boolean
  readonly error?: string
}

/** Invariant: a run is whole only if every share was completed, all of its positions were acknowledged, and no stream was replaced. */
export const concludeShares = (plan: RunPlan, states: readonly ShareState[]): Published => {
  const { status, events, error } = totalOf(states)
  const { streams, replaced } = mergeStreams(states.map(({ stats }) => stats?.streams ?? []))
  const isWhole = status === 'complete' && replaced.length === 0 && events === plan.events
  const isKnown =
    replaced.length === 0 &&
    states.every(({ stats }) => stats?.status !== 'failed' && (stats?.error === undefined || stats.streams.length > 0))
  const errors = [
    ...(error === undefined ? [] : [error]),
    ...replaced.map((stream) => `${stream} was created again during the run: messages that it held may be lost`),
    ...(status === 'complete' && events !== plan.events ? [`${events} of ${plan.events} positions are stored`] : []),
  ]
  return {
    streams,
    isWhole,
    isKnown,
    status: isWhole ? 'complete' : status === 'stopped' && replaced.length === 0 ? 'stopped' : 'failed',
    ...(errors.length === 0 ? {} : { error: errors.join('; ') }),
  }
}
