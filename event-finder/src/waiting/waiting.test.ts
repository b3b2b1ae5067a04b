import { expect, test } from 'vitest'
import { createAdmission } from './admission.ts'
import { createByteBudget } from './byte-budget.ts'
import { createIntake } from './intake.ts'
import { shareReads } from './share-reads.ts'
import { createTurns } from './turns.ts'

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('clients take turns, and the queries of each, whatever the number of pieces that each has waiting', async () => {
  const turns = createTurns(1, () => 0)
  const order: string[] = []
  const piece = (owner: string): Promise<number> => {
    const [client, query] = owner.split(' ')
    return turns.take({ client, query }, () => order.push(owner))
  }
  await Promise.all(['b 1', 'b 1', 'b 1', 'b 2', 'b 3', 'a 1', 'b 2', 'a 1', 'c 1'].map(piece))
  expect(order).toEqual(['b 1', 'a 1', 'c 1', 'b 1', 'a 1', 'b 2', 'b 3', 'b 1', 'b 2'])
})

test('the small pieces of one client come one after the other before the next large one of another', async () => {
  let clock = 0
  const turns = createTurns(1, () => clock)
  const order: string[] = []
  const piece = (client: string, tookMs: number): Promise<void> =>
    turns.take({ client, query: 'q' }, () => {
      order.push(client)
      clock += tookMs
    })
  const large = Array.from({ length: 5 }, () => piece('b', 50))
  for (let i = 0; i < 3; i++) await piece('a', 2)
  await Promise.all(large)
  expect(order).toEqual(['b', 'a', 'a', 'a', 'b', 'b', 'b', 'b'])
})

test('a piece that throws gives its turn back', async () => {
  const turns = createTurns(1)
  await expect(turns.take({ client: 'c', query: 'q' }, () => Promise.reject(new Error('bad')))).rejects.toThrow('bad')
  expect(await turns.take({ client: 'c', query: 'q' }, () => 1)).toBe(1)
})

test('memory is given out while there is some, in order, and the impossible is asked for alone', async () => {
  const budget = createByteBudget(10)
  const log: string[] = []
  const first = await budget.take('a', 6)
  const large = budget.take('a', 1_000).then((giveBack) => (log.push('large'), giveBack))
  const small = budget.take('a', 1).then((giveBack) => (log.push('small'), giveBack))
  await soon()
  expect([log, budget.isShort()]).toEqual([[], true])
  first()
  ;(await large)()
  await small
  expect([log, budget.isShort()]).toEqual([['large', 'small'], false])
})

test('some are let in, the others wait for a place, in order, or until they want none any more', () => {
  const admission = createAdmission(1)
  const log: string[] = []
  const enter = (what: string): (() => void) => admission.enter('a', () => log.push(what))
  const [leaveFirst, leaveSecond, leaveThird] = [enter('first'), enter('second'), enter('third')]
  expect(log).toEqual(['first'])
  leaveSecond()
  leaveFirst()
  expect(log).toEqual(['first', 'third'])
  // Who has left gives nothing back a second time.
  leaveFirst()
  leaveSecond()
  enter('fourth')
  expect(log).toEqual(['first', 'third'])
  leaveThird()
  expect(log).toEqual(['first', 'third', 'fourth'])
})

test('memory goes to the clients in turn', async () => {
  const budget = createByteBudget(1)
  const log: string[] = []
  const ask = (client: string): Promise<void> =>
    budget.take(client, 1).then((giveBack) => (log.push(client), giveBack()))
  await Promise.all(['b', 'b', 'b', 'a', 'c'].map(ask))
  expect(log).toEqual(['b', 'b', 'a', 'c', 'b'])
})

test('places go to the clients in turn, and none of several has them all', () => {
  const admission = createAdmission(4)
  const log: string[] = []
  const leaves = new Map<string, (() => void)[]>()
  for (const client of ['b', 'b', 'b', 'b', 'b', 'a', 'a', 'c']) {
    const leave = admission.enter(client, () => log.push(client))
    leaves.set(client, [...(leaves.get(client) ?? []), leave])
  }
  expect(log).toEqual(['b', 'b', 'b', 'a'])
  for (const client of ['b', 'a', 'b', 'c']) leaves.get(client)!.shift()!()
  expect(log.slice(4)).toEqual(['b', 'a', 'c', 'b'])
})

test('what is taken on is bounded, each refusal says by what, and what has ended makes room', () => {
  const intake = createIntake({ searches: 3, searchesPerClient: 2, searchBytes: 100 })
  const one = { query: '1', client: 'b', bytes: 10 }
  expect([intake.take(one), intake.take({ ...one, query: '2' })]).toEqual([undefined, undefined])
  expect(intake.take({ ...one, client: 'a' })).toContain('a search with the id 1 is running')
  expect(intake.take({ ...one, query: '3' })).toContain('2 searches of this client')
  expect(intake.take({ query: '3', client: 'a', bytes: 81 })).toContain('take all the memory for requests')
  expect(intake.take({ query: '3', client: 'a', bytes: 70 })).toBeUndefined()
  expect(intake.take({ query: '4', client: 'a', bytes: 6 })).toContain('take all the memory of one client')
  expect(intake.take({ query: '4', client: 'c', bytes: 0 })).toContain('3 searches are running or waiting here')
  intake.leave(one)
  expect(intake.take({ query: '1', client: 'b', bytes: 10 })).toBeUndefined()
})

test('reads are shared, and no client gets one that began before it had asked', async () => {
  const begun: PromiseWithResolvers<number>[] = []
  const read = shareReads(() => {
    const one = Promise.withResolvers<number>()
    begun.push(one)
    return one.promise
  })
  const first = read()
  const [second, third] = [read(), read()]
  expect(begun.length).toBe(1)
  begun[0].resolve(1)
  expect(await first).toBe(1)
  await soon()
  expect(begun.length).toBe(2)
  const fourth = read()
  begun[1].reject(new Error('bad'))
  expect((await Promise.allSettled([second, third])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await soon()
  begun[2].resolve(3)
  expect([await fourth, begun.length]).toEqual([3, 3])
})
