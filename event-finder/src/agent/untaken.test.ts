import { expect, test } from 'vitest'
import { createUntaken } from './untaken.ts'

const isPending = async (promise: Promise<unknown>): Promise<boolean> => {
  let pending = true
  void promise.then(() => (pending = false))
  await new Promise((resolve) => setImmediate(resolve))
  return pending
}

test('no more batches than allowed are on the way, and each that is taken makes room for one', async () => {
  const untaken = createUntaken({ most: 2, goneMs: 60_000 })
  expect(await Promise.all(['0/0', '0/1'].map(untaken.add))).toEqual([true, true])
  const third = untaken.add('0/2')
  expect(await isPending(third)).toBe(true)
  untaken.take('9/9')
  expect(await isPending(third)).toBe(true)
  untaken.take('0/0')
  expect(await third).toBe(true)
  untaken.take('0/1')
  expect(untaken.isEmpty()).toBe(false)
  untaken.take('0/2')
  expect(untaken.isEmpty()).toBe(true)
})

test('a client that takes nothing is given up, and so is one that wants no more', async () => {
  const silent = createUntaken({ most: 1, goneMs: 1 })
  expect(await silent.add('0/0')).toBe(true)
  expect(await silent.add('0/1')).toBe(false)
  const cancelled = createUntaken({ most: 1, goneMs: 60_000 })
  await cancelled.add('0/0')
  const second = cancelled.add('0/1')
  cancelled.giveUp()
  expect(await second).toBe(false)
})

test('a finder that was frozen hears what its client took meanwhile before it judges', async () => {
  const untaken = createUntaken({ most: 1, goneMs: 100 })
  await untaken.add('0/0')
  const second = untaken.add('0/1')
  // Nothing else runs in this process, as while it is frozen.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150)
  await new Promise((resolve) => setTimeout(resolve, 0))
  untaken.take('0/0')
  expect(await second).toBe(true)
})
