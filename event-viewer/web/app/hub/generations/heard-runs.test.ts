import { expect, test } from 'vitest'
import { forgetRuns, type HeardRuns, hearRun, NO_RUNS, type RunStatus, runsAt } from './heard-runs.ts'

const statusOf = (
  run: string,
  status: RunStatus['status'] = 'generating',
  startedAt = '2026-01-05T08:00:00Z',
): RunStatus => ({
  run,
  status,
  startedAt,
  person: 'anna',
  elapsedMs: 1000,
  vehicles: 10,
  realTime: true,
  events: 100,
  total: 1000,
  eventsPerSecond: 100,
  agents: 2,
})

const hearAll = (words: readonly (readonly [atMs: number, status: RunStatus])[]): HeardRuns =>
  words.reduce((heard, [atMs, status]) => hearRun(heard, status, atMs), NO_RUNS)

test('a run is known by its last word, in the order in which runs were started', () => {
  const earlier = statusOf('c', 'archiving', '2026-01-05T07:00:00Z')
  const heard = hearAll([
    [0, statusOf('a')],
    [10, statusOf('b')],
    [500, statusOf('a', 'stopping')],
    [500, earlier],
  ])
  expect(runsAt(heard, 500)).toEqual([
    { status: earlier, isEnded: false, silentMs: null },
    { status: statusOf('a', 'stopping'), isEnded: false, silentMs: null },
    { status: statusOf('b'), isEnded: false, silentMs: null },
  ])
})

test('one that is not heard for more than 10 s has fallen silent, unless it had ended', () => {
  const heard = hearAll([
    [0, statusOf('a')],
    [0, statusOf('b', 'failed')],
  ])
  const told = (nowMs: number): unknown => runsAt(heard, nowMs).map(({ isEnded, silentMs }) => [isEnded, silentMs])
  expect([told(10_000), told(10_001)]).toEqual([
    [
      [false, null],
      [true, null],
    ],
    [
      [false, 10_001],
      [true, null],
    ],
  ])
})

test('what was not heard for a minute is forgotten', () => {
  const heard = hearAll([
    [0, statusOf('a', 'complete')],
    [1, statusOf('b')],
  ])
  expect([...forgetRuns(heard, 59_999).keys()]).toEqual(['a', 'b'])
  expect([...forgetRuns(heard, 60_000).keys()]).toEqual(['b'])
})

test('at most 100 are kept: the one that was not heard for the longest goes', () => {
  const all = hearAll(Array.from({ length: 100 }, (_, i) => [i, statusOf(`r${i}`)] as const))
  const heardAgain = hearRun(all, statusOf('r0'), 200)
  const next = hearRun(heardAgain, statusOf('new'), 201)
  expect([next.size, next.has('r0'), next.has('r1'), next.has('new')]).toEqual([100, true, false, true])
})
