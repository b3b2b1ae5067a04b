import { expect, test } from 'vitest'
import { createAdmission } from './admission.ts'
import { createByteBudget } from './byte-budget.ts'
import { shareReads } from './share-reads.ts'
import { createTurns } from './turns.ts'

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('queries take turns, whatever the number of pieces that each has waiting', async () => {
  const turns = createTurns(1)
  const order: string[] = []
  const piece = (query: string): Promise<number> => turns.take(query, () => order.push(query))
  await Promise.all(['large', 'large', 'large', 'small', 'large', 'other', 'small'].map(piece))
  expect(order).toEqual(['large', 'large', 'small', 'other', 'large', 'small', 'large'])
})

test('a piece that throws gives its turn back', async () => {
  const turns = createTurns(1)
  await expect(turns.take('q', () => Promise.reject(new Error('bad')))).rejects.toThrow('bad')
  expect(await turns.take('q', () => 1)).toBe(1)
})

test('memory is given out while there is some, in order, and the impossible is asked for alone', async () => {
  const budget = createByteBudget(10)
  const log: string[] = []
  const first = await budget.take(6)
  const large = budget.take(1_000).then((giveBack) => (log.push('large'), giveBack))
  const small = budget.take(1).then((giveBack) => (log.push('small'), giveBack))
  await soon()
  expect([log, budget.isShort()]).toEqual([[], true])
  first()
  ;(await large)()
  await small
  expect([log, budget.isShort()]).toEqual([['large', 'small'], false])
})

test('some are let in, the others wait for a place, in order, or until they want none any more', async () => {
  const admission = createAdmission(1)
  const never = new AbortController().signal
  expect(await admission.enter(AbortSignal.abort())).toBe(false)
  expect(await admission.enter(never)).toBe(true)
  expect(admission.tryEnter()).toBe(false)
  const impatient = new AbortController()
  const [first, second] = [admission.enter(impatient.signal), admission.enter(never)]
  impatient.abort()
  expect(await first).toBe(false)
  admission.leave()
  expect(await second).toBe(true)
  admission.leave()
  expect([admission.tryEnter(), admission.tryEnter()]).toEqual([true, false])
})

test('reads are shared, and nobody gets one that began before they asked', async () => {
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
