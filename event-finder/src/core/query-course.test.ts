import { FleetError } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { playSearches } from '../testing/world/play-searches.ts'
import type { Trouble } from '../testing/world/stage.ts'
import { type CourseEffect, type CourseEvent, createQueryCourse, type QueryPlan } from './query-course.ts'

/** What went wrong with searches, and how it came to it. */
const faultsOf = (seed: number, troubles?: readonly Trouble[]): readonly string[] => {
  const { violations, story } = playSearches(seed, troubles)
  return violations.length === 0 ? [] : [...violations, '', ...story]
}

test('whatever happens in whatever order: each query is answered once, truly and in time, and gives back what it was given', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(faultsOf(seed)).toEqual([])
    }),
    { numRuns: 1_500 },
  )
})

test('an answer is not complete when a task was begun by an agent that could not read a file, and died', () => {
  for (let seed = 0; seed < 1_500; seed++) expect(faultsOf(seed, ['fail', 'kill', 'beSlow'])).toEqual([])
})

test('where nothing but agents fails, searches are answered completely', () => {
  for (let seed = 0; seed < 300; seed++) expect(faultsOf(seed, ['kill', 'stop', 'freeze'])).toEqual([])
})

test('the worlds hold what they are about', () => {
  const seen = new Set<string>()
  for (let seed = 0; seed < 300; seed++) for (const what of playSearches(seed).seen) seen.add(what)
  const answers = ['complete', 'limit-reached', 'partial', 'timed-out', 'cancelled', 'refused']
  const tasks = ['running', 'complete', 'limit-reached', 'partial', 'cancelled']
  const hangs = ['check', 'pin', 'plan', 'hint']
  expect([...seen].toSorted()).toEqual(
    [
      ...answers.map((status) => `answer ${status}`),
      ...tasks.map((status) => `task ${status}`),
      ...hangs.map((job) => `${job} hangs`),
      'agent dies',
      'agent leaves its tasks to others',
      'client takes nothing',
      'message lost',
      'scan let go',
      'waits for a place',
    ].toSorted(),
  )
})

const QUERY = { query: 'q', mode: 'parallel', limit: undefined, timeoutMs: 20_000, ttlMs: 10_000 } as const
const PINNED = { version: 7, messages: 2, rows: 5, bytes: 100 }
const planOf = (tasks: number): QueryPlan => ({
  table: { total: { files: 9, bytes: 90, rows: 900 }, pruned: { files: 2, bytes: 20, rows: 200 } },
  tasks: Array.from({ length: tasks }, (_, task) => ({
    task,
    chunks: [{ path: `${task}`, bytes: 1, rows: 1, inside: false }],
    isHot: false,
  })),
})
const STEPS: readonly CourseEvent[] = [
  { kind: 'arrived' },
  { kind: 'checked' },
  { kind: 'pinned', pinned: PINNED },
  { kind: 'planned', plan: planOf(1) },
  { kind: 'admitted' },
]

/** A query to which these events have happened, at 0 ms. */
const courseAfter = (events: readonly CourseEvent[], smallTasks = 4) => {
  const course = createQueryCourse(QUERY, { smallTasks, inFlight: 4, silenceMs: 3_000 }, 0)
  for (const event of events) course.step(event, 0)
  return course
}
const briefly = (effects: readonly CourseEffect[]): string[] =>
  effects.map((effect) => (effect.kind === 'answer' ? `answer ${effect.stats.status}` : effect.kind))

test.each<[string, number, string[]]>([
  ['checked', 1, ['answer cancelled', 'close']],
  ['pinned', 2, ['answer cancelled', 'hurry-pin', 'close']],
  ['planned', 3, ['answer cancelled', 'release', 'close']],
  ['given a place', 4, ['answer cancelled', 'leave', 'release', 'close']],
  ['scanned', 5, ['stop-agents', 'answer cancelled', 'leave', 'release', 'close']],
])('a query that is cancelled while it is %s is answered at once, and gives back what it has', (_, count, effects) => {
  const course = courseAfter(STEPS.slice(0, count))
  expect(briefly(course.step({ kind: 'cancelled' }, 1))).toEqual(effects)
  expect(course.wakeAt()).toBeUndefined()
  expect(course.step({ kind: 'cancelled' }, 2)).toEqual([])
  const late = count === 2 ? ['release'] : []
  if (count === 2) expect(briefly(course.step({ kind: 'pinned', pinned: PINNED }, 3))).toEqual(late)
})

test('a query that waits for a place keeps no plan, since those that wait are not bounded by their plans', () => {
  const course = courseAfter([...STEPS.slice(0, 4), { kind: 'queued' }])
  expect(briefly(course.step({ kind: 'admitted' }, 5_000))).toEqual(['plan', 'tell'])
  const effects = course.step({ kind: 'planned', plan: planOf(1) }, 5_001)
  expect(briefly(effects)).toEqual(['tell', 'assign'])
  // Its time has begun when it was let in.
  expect(course.wakeAt()).toBe(5_501)
  expect(briefly(course.step({ kind: 'tick' }, 24_999))).toEqual(['tell', 'assign'])
  expect(briefly(course.step({ kind: 'tick' }, 25_000))).toEqual(['stop-agents'])
})

test('small queries and large ones ask for places of their own', () => {
  const sizeOf = (tasks: number): CourseEffect[] =>
    courseAfter(STEPS.slice(0, 3)).step({ kind: 'planned', plan: planOf(tasks) }, 0)
  expect([sizeOf(4), sizeOf(5)]).toEqual([[{ kind: 'enter', size: 'small' }], [{ kind: 'enter', size: 'large' }]])
})

test('what fails by the client is refused, and what fails otherwise makes the answer partial and is reported', () => {
  const refusal = new FleetError('query.invalid', 'no such column')
  expect(courseAfter(STEPS.slice(0, 3)).step({ kind: 'failed', error: refusal }, 0)).toMatchObject([
    { kind: 'answer', stats: { status: 'refused', error: 'no such column', tasks: [] } },
    { kind: 'release' },
    { kind: 'close' },
  ])
  const fault = new Error('the disk is gone')
  expect(courseAfter(STEPS).step({ kind: 'failed', error: fault }, 0)).toMatchObject([
    { kind: 'report', error: fault },
    { kind: 'stop-agents' },
    { kind: 'answer', stats: { status: 'partial', error: 'the disk is gone', version: 7 } },
    { kind: 'leave' },
    { kind: 'release' },
    { kind: 'close' },
  ])
})

test('an answer says what was read, what was found, and what else is to be said', () => {
  const remarks = { notes: ['dates are gone'], unknownBefore: '2026-01-01' }
  const course = courseAfter(STEPS.slice(0, 3))
  course.step({ kind: 'planned', plan: { ...planOf(1), remarks } }, 0)
  course.step({ kind: 'admitted' }, 10)
  const stats = {
    query: 'q',
    task: 0,
    agent: 'a',
    status: 'complete' as const,
    batches: 2,
    rowsRead: 40,
    rowsSelected: 6,
    bytesRead: 4,
    filesRead: 1,
    failed: [],
  }
  const [answer] = course.step({ kind: 'heard', stats }, 25)
  expect(answer).toEqual({
    kind: 'answer',
    stats: {
      query: 'q',
      status: 'complete',
      failed: [],
      version: 7,
      files: { total: 9, pruned: 2, read: 1 },
      bytes: { total: 90, read: 4 },
      rows: { total: 900, pruned: 200, read: 40, selected: 6 },
      hot: { messages: 2, rows: 5, selected: 0, bytes: 100 },
      tasks: [{ task: 0, batches: 2, rows: 6 }],
      elapsedMs: 25,
      notes: ['dates are gone'],
      unknownBefore: '2026-01-01',
    },
  })
})

test('where nothing was found, a hint is looked for, and not waited for beyond the time of the query', () => {
  const empty = courseAfter([...STEPS.slice(0, 3), { kind: 'planned', plan: planOf(0) }])
  expect(briefly(empty.step({ kind: 'admitted' }, 0))).toEqual(['tell', 'hint'])
  expect(empty.step({ kind: 'hinted', hint: 'swapped?' }, 1)[0]).toMatchObject({
    stats: { status: 'complete', hint: 'swapped?' },
  })
  const late = courseAfter([...STEPS.slice(0, 3), { kind: 'planned', plan: planOf(0) }, { kind: 'admitted' }])
  expect(briefly(late.step({ kind: 'tick' }, 20_000))).toContain('answer complete')
})
