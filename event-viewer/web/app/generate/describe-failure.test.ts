import { expect, test } from 'vitest'
import { describeFailure } from './describe-failure.ts'
import type { GenerationStats } from './use-generation.ts'

const STATS: GenerationStats = {
  run: 'r',
  status: 'failed',
  events: 0,
  total: 10,
  flushed: false,
  elapsedMs: 1,
  eventsPerSecond: 0,
  agents: 1,
  from: '2026-01-05T00:00:00.000Z',
  to: '2026-01-05T01:00:00.000Z',
  streams: [],
}

test('a refusal is told as one, by its code, and says what is wrong', () => {
  expect(
    describeFailure({ ...STATS, error: "there is no city 'Atlantis' here", code: 'generation.refused' }, undefined),
  ).toEqual({
    title: 'The run was refused',
    description: "There is no city 'Atlantis' here.",
  })
})

test('a run that fails says what stays', () => {
  expect(describeFailure({ ...STATS, events: 5, error: 'an agent has died' }, undefined)).toEqual({
    title: 'The run has failed',
    description: 'An agent has died. What it has made stays.',
  })
})

test('nobody there says how to start one', () => {
  const error = { code: 'generation.unanswered', message: 'no generator is running: start one with `npm start`' }
  expect(describeFailure(undefined, error)).toEqual({
    title: 'No generator answers',
    description: 'No generator is running: start one with `npm start`.',
  })
})

test('a run that ended well, or was stopped, has not failed', () => {
  expect([
    describeFailure({ ...STATS, status: 'complete' }, undefined),
    describeFailure({ ...STATS, status: 'stopped' }, undefined),
    describeFailure(undefined, undefined),
  ]).toEqual([undefined, undefined, undefined])
})
