import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMoveQueue, type MoveQueue, type QueuedMove, type Route, type Sending } from './move-queue.ts'

const WINDOW_MS = 120_000
const ROUTE: Route = { connection: 1, server: 'A' }

const move = (n: number, size = 100): QueuedMove => ({
  n,
  id: `r/a/0/${n}`,
  header: new Uint8Array(10),
  payload: new Uint8Array(size - 10),
  rows: 1,
})

const queueOf = (count: number, windowBytes = 1_000): MoveQueue => {
  const queue = createMoveQueue({ windowBytes, duplicateWindowMs: WINDOW_MS })
  for (let n = 1; n <= count; n++) queue.add(move(n))
  return queue
}

const takeAll = (queue: MoveQueue, nowMs: number, route = ROUTE): number[] => {
  const taken: number[] = []
  for (let next = queue.take(nowMs, route); next !== undefined; next = queue.take(nowMs, route)) taken.push(next.n)
  return taken
}

test('a window of bytes is on the way, in order, and each answer lets the next one go', () => {
  const queue = queueOf(15)
  expect(takeAll(queue, 0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  queue.stored(2)
  expect(takeAll(queue, 1)).toEqual([11])
  expect([queue.length(), queue.bytes()]).toEqual([14, 1_400])
})

test('after a rejection the window runs empty, one message is tried alone after a wait, then the rest in order', () => {
  const queue = queueOf(5, 300)
  expect(takeAll(queue, 0)).toEqual([1, 2, 3])
  queue.rejected(1, 1, 1, ROUTE)
  expect([takeAll(queue, 100), queue.isHeldUp()]).toEqual([[], true])
  queue.rejected(2, 1, 2, ROUTE)
  queue.rejected(3, 1, 3, ROUTE)
  expect(takeAll(queue, 4)).toEqual([])
  expect(takeAll(queue, 50)).toEqual([1])
  queue.rejected(1, 2, 51, ROUTE)
  expect(takeAll(queue, 60)).toEqual([])
  expect(takeAll(queue, 500)).toEqual([1])
  queue.stored(1)
  expect([takeAll(queue, 501), queue.isHeldUp()]).toEqual([[2, 3, 4], false])
})

test('what is repeated after a disconnect may be repeated until 10 s before the window ends, then its fate is unknown', () => {
  const queue = queueOf(1)
  takeAll(queue, 0)
  queue.disconnected()
  expect([queue.takeUnknown(109_999), takeAll(queue, 109_999, { connection: 2, server: 'A' })]).toEqual([[], [1]])
  queue.disconnected()
  expect(takeAll(queue, 110_000, { connection: 3, server: 'A' })).toEqual([])
  expect(queue.takeUnknown(110_000).map(({ n }) => n)).toEqual([1])
  expect([queue.length(), queue.bytes()]).toEqual([0, 0])
})

test.each<[string, Route, 'repeated' | 'unknown']>([
  ['over the same connection', { connection: 1, server: 'A' }, 'repeated'],
  ['by a server that was started again', { connection: 2, server: 'B' }, 'repeated'],
  ['by the same server over another connection', { connection: 2, server: 'A' }, 'unknown'],
  ['in a cluster over another connection', { connection: 2, server: undefined }, 'unknown'],
])('a rejection %s leaves a lost attempt %s', (_, route, outcome) => {
  const queue = queueOf(1)
  takeAll(queue, 0, route.server === undefined ? { connection: 1, server: undefined } : ROUTE)
  queue.disconnected()
  expect(takeAll(queue, 10, route)).toEqual([1])
  queue.rejected(1, 2, 20, route)
  expect(queue.takeUnknown(WINDOW_MS).length === 0 ? 'repeated' : 'unknown').toBe(outcome)
})

test('attempts without an answer are repeated, and a late answer to the first one counts', () => {
  const queue = queueOf(2)
  takeAll(queue, 0)
  expect([queue.expire(4_999), queue.expire(5_000)]).toEqual([false, true])
  expect(queue.stored(1)?.n).toBe(1)
  expect(takeAll(queue, 6_000)).toEqual([2])
  expect([queue.stored(2)?.n, queue.stored(2), queue.length()]).toEqual([2, undefined, 0])
})

/** A stream that remembers ids, and a network that loses what it likes. */
type Fate = 'stored' | 'rejected' | 'lost' | 'answer-lost' | 'disconnect'

const fates = fc.array(
  fc.constantFrom<Fate>('stored', 'stored', 'stored', 'rejected', 'lost', 'answer-lost', 'disconnect'),
  {
    maxLength: 200,
  },
)

test('whatever fails, each message is told once, as stored when it is, or as unknown, and nothing is left', () => {
  fc.assert(
    fc.property(
      fates,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 100, max: 1_000 }),
      (script, count, windowBytes) => {
        const queue = queueOf(count, windowBytes)
        const stream: number[] = []
        const told: number[] = []
        const unknown: number[] = []
        let now = 0
        let connection = 1
        let onTheWay: Sending[] = []
        const handle = (sending: Sending, fate: Fate): void => {
          if (fate === 'lost') return
          if (fate === 'rejected') return queue.rejected(sending.n, sending.attempt, now, { connection, server: 'A' })
          if (!stream.includes(sending.n)) stream.push(sending.n)
          if (fate === 'stored' && queue.stored(sending.n) !== undefined) told.push(sending.n)
        }
        const fateOf = script[Symbol.iterator]()
        while (queue.length() > 0) {
          now += 50
          queue.expire(now)
          unknown.push(...queue.takeUnknown(now).map(({ n }) => n))
          for (
            let next = queue.take(now, { connection, server: 'A' });
            next !== undefined;
            next = queue.take(now, { connection, server: 'A' })
          ) {
            onTheWay.push(next)
          }
          const sending = onTheWay.shift()
          if (sending === undefined) continue
          const fate = fateOf.next().value ?? 'stored'
          if (fate === 'disconnect') {
            connection++
            onTheWay = []
            queue.disconnected()
          } else handle(sending, fate)
        }
        expect([...told, ...unknown].toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
        expect(told.every((n) => stream.includes(n))).toBe(true)
        expect(queue.bytes()).toBe(0)
        if (script.every((fate) => fate === 'stored'))
          expect(stream).toEqual(Array.from({ length: count }, (_, i) => i + 1))
      },
    ),
  )
})
