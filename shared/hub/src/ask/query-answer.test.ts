import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AnswerEvent, createQueryAnswer, type VehicleQueryStats } from './query-answer.ts'

const TTL_MS = 10_000

const statsOf = (status: VehicleQueryStats['status'], batches: readonly number[]): VehicleQueryStats => ({
  query: 'q',
  status,
  failed: status === 'partial' ? [{ path: 'a.parquet', reason: 'gone' }] : [],
  files: { total: 0, pruned: 0, read: 0 },
  bytes: { total: 0, read: 0 },
  rows: { total: 0, pruned: 0, read: 0, selected: 0 },
  hot: { messages: 0, rows: 0, selected: 0, bytes: 0 },
  tasks: batches.map((count, task) => ({ task, batches: count, rows: count })),
  elapsedMs: 0,
})

/** What a finder says in some order, some of it lost, some repeated, and what happens to the client meanwhile. */
const stories = fc
  .record({
    batches: fc.array(fc.nat(3), { maxLength: 4 }),
    status: fc.constantFrom('complete', 'limit-reached', 'partial', 'timed-out', 'cancelled', 'refused' as const),
    others: fc.array(fc.constantFrom('progress', 'unheard', 'malformed', 'cancelled', 'sent' as const), {
      maxLength: 5,
    }),
    isEndLost: fc.boolean(),
    order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
    fates: fc.array(fc.constantFrom('comes', 'comes', 'comes', 'twice', 'lost', 'by two'), {
      minLength: 16,
      maxLength: 16,
    }),
    steps: fc.array(fc.constantFrom(1, 50, 400, 3_000), { minLength: 40, maxLength: 40 }),
  })
  .map(({ batches, status, others, isEndLost, order, fates, steps }) => {
    const stats = statsOf(status, batches)
    const named = batches.flatMap((count, task) => Array.from({ length: count }, (_, batch) => ({ task, batch })))
    const came = named.flatMap(({ task, batch }, i): AnswerEvent[] => {
      const event: AnswerEvent = { kind: 'batch', task, batch, isShort: false }
      const fate = fates[i % fates.length]
      // One agent could read all, the other not.
      if (fate === 'by two')
        return i % 2 === 0 ? [event, { ...event, isShort: true }] : [{ ...event, isShort: true }, event]
      return fate === 'lost' ? [] : fate === 'twice' ? [event, event] : [event]
    })
    const events: AnswerEvent[] = [
      ...came,
      ...others.map((kind): AnswerEvent => (kind === 'malformed' ? { kind, reason: 'no Arrow' } : { kind })),
      ...(isEndLost ? [] : [{ kind: 'stats' as const, stats }]),
    ]
    const sorted = events.map((event, i) => ({ event, at: order[i % order.length] })).toSorted((a, b) => a.at - b.at)
    return { stats, named, events: sorted.map(({ event }) => event), steps }
  })

test('in whatever order it comes: an answer is complete only with every batch, each is of use once, and it always ends', () => {
  fc.assert(
    fc.property(stories, ({ stats, named, events, steps }) => {
      let now = 0
      const answer = createQueryAnswer(TTL_MS, now)
      const held = new Set<string>()
      let [isHeard, isCancelled, hasEnd, isShort] = [false, false, false, false]
      const isComplete = (): boolean => named.every(({ task, batch }) => held.has(`${task}/${batch}`))
      for (const [i, event] of events.entries()) {
        now += steps[i % steps.length]
        const isOfUse = answer.happen(event, now)
        if (event.kind === 'batch') {
          const key = `${event.task}/${event.batch}`
          expect(isOfUse).toBe(!held.has(key))
          isShort ||= isOfUse && event.isShort
          held.add(key)
        }
        isHeard ||= ['batch', 'progress', 'stats'].includes(event.kind)
        isCancelled ||= event.kind === 'cancelled'
        hasEnd ||= event.kind === 'stats'
        if (isHeard) expect(answer.isToBeSentAgain(now + 1e9)).toBe(false)
        const end = answer.end()
        expect(end !== undefined).toBe(hasEnd && (stats.status === 'refused' || isComplete()))
        if (end?.status === 'complete' || end?.status === 'limit-reached') {
          expect([end.status, isCancelled, isShort]).toEqual([stats.status, false, false])
        }
        const late = answer.endOfWaiting(now)
        if (late !== undefined) expect(['complete', 'limit-reached']).not.toContain(late.status)
      }
      if (answer.end() !== undefined) return
      const waited = answer.endOfWaiting(now + TTL_MS + 10_001)
      expect(waited).toBeDefined()
      expect(['partial', 'cancelled', 'timed-out']).toContain(waited!.status)
      if (isCancelled) expect(waited!.status).toBe('cancelled')
    }),
    { numRuns: 5_000 },
  )
})

test('an answer whose batch came of an agent that could not read a file is partial, though another agent had read all', () => {
  const answer = createQueryAnswer(TTL_MS, 0)
  answer.happen({ kind: 'sent' }, 0)
  answer.happen({ kind: 'batch', task: 0, batch: 0, isShort: true }, 1)
  expect(answer.happen({ kind: 'batch', task: 0, batch: 0, isShort: false }, 2)).toBe(false)
  answer.happen({ kind: 'stats', stats: statsOf('complete', [1]) }, 3)
  expect(answer.end()).toEqual({
    status: 'partial',
    reason: 'a finder that could not read a part of what was searched answered before one that could: ask again',
  })
})

test('a client that has cancelled is told no reason: a finder may have taken it for gone', () => {
  const answer = createQueryAnswer(TTL_MS, 0)
  answer.happen({ kind: 'sent' }, 0)
  answer.happen({ kind: 'cancelled' }, 1)
  answer.happen({ kind: 'stats', stats: { ...statsOf('cancelled', []), error: 'the client took none' } }, 2)
  expect(answer.end()).toEqual({ status: 'cancelled', reason: undefined })
})

test('a query that no finder hears is sent again until its time is up, and is told why it ended', () => {
  const answer = createQueryAnswer(TTL_MS, 0)
  answer.happen({ kind: 'sent' }, 0)
  expect(answer.isToBeSentAgain(300)).toBe(false)
  answer.happen({ kind: 'unheard' }, 1)
  expect([answer.isToBeSentAgain(100), answer.isToBeSentAgain(300)]).toEqual([false, true])
  expect(answer.endOfWaiting(TTL_MS)).toBeUndefined()
  expect(answer.endOfWaiting(TTL_MS + 1)).toMatchObject({
    status: 'timed-out',
    reason: expect.stringContaining('no finder'),
  })
})
