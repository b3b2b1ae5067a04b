import { expect, test } from 'vitest'
import { CLIENT_GONE_MS, createQueryWork, MAX_UNTAKEN, type QueryWork, type WorkEffect } from './query-work.ts'

const briefly = (effects: readonly WorkEffect[]): string[] =>
  effects.map((effect) => {
    if (effect.kind === 'send') return `send ${effect.task}/${effect.batch}`
    if (effect.kind === 'say') return `say ${effect.task} ${effect.status} ${effect.batches}`
    return effect.kind === 'scan' ? `scan ${effect.task} from ${effect.passed}` : effect.kind
  })
const find = (work: QueryWork, nowMs: number, failures = 0): string[] =>
  briefly(work.step({ kind: 'found', rows: 3, failures }, nowMs))
const take = (work: QueryWork, batch: number, nowMs: number): string[] =>
  briefly(work.step({ kind: 'taken', task: 0, batch }, nowMs))

/** One that has sent as many batches as may be on the way, and has another at hand. */
const fullWork = (tasks = 1, failures = 0): QueryWork => {
  const work = createQueryWork()
  for (let task = 0; task < tasks; task++) work.step({ kind: 'task', task }, 0)
  for (let batch = 0; batch < MAX_UNTAKEN; batch++) find(work, 0, failures)
  expect(find(work, 0, failures)).toEqual([])
  return work
}
/** Passes the time tick by tick, as a driver does. @returns what was to be done */
const passTo = (work: QueryWork, untilMs: number, isMemoryShort = false): string[] => {
  const done: string[] = []
  for (let at = work.wakeAt(); at !== undefined && at <= untilMs; at = work.wakeAt())
    done.push(...briefly(work.step({ kind: 'tick', isMemoryShort }, at)))
  return done
}

test('no more batches than allowed are on the way, and each that is taken makes room for one', () => {
  const work = fullWork()
  expect(briefly(work.step({ kind: 'taken', task: 9, batch: 9 }, 1))).toEqual([])
  expect(take(work, 0, 1)).toEqual(['send 0/8', 'next'])
  expect(find(work, 2)).toEqual([])
  expect(take(work, 0, 2)).toEqual([])
  expect(take(work, 1, 2)).toEqual(['send 0/9', 'next'])
})

test('tasks are scanned one after the other, each end is said, and it closes when all batches were taken', () => {
  const work = createQueryWork()
  expect(briefly(work.step({ kind: 'task', task: 0 }, 0))).toEqual(['scan 0 from 0'])
  expect(work.step({ kind: 'task', task: 1 }, 0)).toEqual([])
  expect(work.step({ kind: 'task', task: 0 }, 0)).toEqual([])
  expect(find(work, 1)).toEqual(['send 0/0', 'next'])
  const ended = work.step({ kind: 'scanned', hasMore: false, failures: 0 }, 2)
  expect(briefly(ended)).toEqual(['say 0 complete 1', 'scan 1 from 0'])
  expect(passTo(work, 1_500)).toEqual(['say 1 running 0'])
  expect(briefly(work.step({ kind: 'scanned', hasMore: true, failures: 1 }, 3))).toEqual(['say 1 limit-reached 0'])
  expect([work.isIdle(), take(work, 0, 4)]).toEqual([true, ['close']])
  expect(work.wakeAt()).toBeUndefined()
})

test('a client that takes nothing is given up, with all tasks, and so is one that wants no more', () => {
  const gone = fullWork(2)
  const before = passTo(gone, CLIENT_GONE_MS - 1)
  expect(new Set(before)).toEqual(new Set(['say 0 running 8', 'say 1 running 0']))
  expect(passTo(gone, CLIENT_GONE_MS).slice(-4)).toEqual(['let-go', 'say 0 cancelled 8', 'say 1 cancelled 0', 'close'])
  const cancelled = fullWork()
  expect(briefly(cancelled.step({ kind: 'cancelled' }, 1))).toEqual(['let-go', 'say 0 cancelled 8', 'close'])
})

test('of a query that was cancelled before its tasks came no task is scanned', () => {
  const work = createQueryWork()
  expect(briefly(work.step({ kind: 'cancelled' }, 0))).toEqual(['close'])
  expect(briefly(work.step({ kind: 'task', task: 3 }, 1))).toEqual(['say 3 cancelled 0'])
})

test('a scan that is under way when the query is cancelled ends where it can', () => {
  const work = createQueryWork()
  work.step({ kind: 'task', task: 0 }, 0)
  expect([work.step({ kind: 'cancelled' }, 1), work.isStopped()]).toEqual([[], true])
  expect(find(work, 2)).toEqual(['let-go', 'say 0 cancelled 0', 'close'])
})

test('tasks that are left to others are said nothing of', () => {
  const work = fullWork(2)
  expect(briefly(work.step({ kind: 'abandoned' }, 1))).toEqual(['let-go', 'close'])
})

test('an agent that was frozen hears what its client took meanwhile before it judges', () => {
  const work = fullWork()
  // A tick comes first when it goes on, however late.
  work.step({ kind: 'tick', isMemoryShort: false }, 10 * CLIENT_GONE_MS)
  expect(work.isStopped()).toBe(false)
  expect(take(work, 0, 10 * CLIENT_GONE_MS + 1)).toEqual(['send 0/8', 'next'])
})

test('batches that are never taken are forgotten, and a task that comes before then counts them', () => {
  const work = createQueryWork()
  work.step({ kind: 'task', task: 0 }, 0)
  for (let batch = 0; batch < MAX_UNTAKEN; batch++) find(work, 0)
  work.step({ kind: 'scanned', hasMore: false, failures: 0 }, 0)
  work.step({ kind: 'task', task: 1 }, CLIENT_GONE_MS - 1)
  expect(find(work, CLIENT_GONE_MS)).toEqual([])
  expect(take(work, 0, CLIENT_GONE_MS)).toEqual(['send 1/0', 'next'])
  work.step({ kind: 'scanned', hasMore: false, failures: 0 }, CLIENT_GONE_MS)
  expect(passTo(work, 2 * CLIENT_GONE_MS - 1)).toEqual([])
  expect(passTo(work, 2 * CLIENT_GONE_MS)).toEqual(['close'])
})

test('while others wait for memory, the scan of a slow client is let go, and begins again after what was sent', () => {
  const work = fullWork()
  expect(passTo(work, 249, true)).toEqual([])
  expect(passTo(work, 250, true)).toEqual(['let-go'])
  expect(passTo(work, 999, true)).toEqual([])
  expect(take(work, 0, 999)).toEqual(['send 0/8', `scan 0 from ${3 * (MAX_UNTAKEN + 1)}`])
  const patient = fullWork()
  expect(passTo(patient, 999, false)).toEqual([])
})

test('a scan that could not read a file is not let go: the file may be readable now, and its rows would have the places of those that were sent', () => {
  expect(passTo(fullWork(1, 1), 999, true)).toEqual([])
})

test('that a file could not be read is said before what comes after it is sent', () => {
  const work = createQueryWork()
  work.step({ kind: 'task', task: 0 }, 0)
  expect(find(work, 1)).toEqual(['send 0/0', 'next'])
  expect(find(work, 2, 1)).toEqual(['say 0 running 1', 'send 0/1', 'next'])
  expect(find(work, 3, 1)).toEqual(['send 0/2', 'next'])
  expect(briefly(work.step({ kind: 'scanned', hasMore: false, failures: 1 }, 4))).toEqual(['say 0 partial 3'])
})

test('a scan that breaks off is the end of its task, and of no other', () => {
  const work = createQueryWork()
  work.step({ kind: 'task', task: 0 }, 0)
  work.step({ kind: 'task', task: 1 }, 0)
  expect(work.step({ kind: 'failed', reason: 'no such type' }, 1)).toEqual([
    { kind: 'let-go' },
    { kind: 'say', task: 0, status: 'partial', batches: 0, rows: 0, reason: 'no such type' },
    { kind: 'scan', task: 1, passed: 0 },
  ])
})
