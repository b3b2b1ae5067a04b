import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { orAborted } from './async.ts'

test('it settles as the promise does', async () => {
  const { signal } = new AbortController()
  await orAborted(Promise.resolve(), signal)
  await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
})

test('once aborted, before or during, it resolves, and a later rejection is ignored', async () => {
  const aborter = new AbortController()
  const faults: unknown[] = []
  const onFault = (fault: unknown): void => void faults.push(fault)
  process.on('unhandledRejection', onFault)
  const { promise, reject } = Promise.withResolvers<void>()
  const during = orAborted(promise, aborter.signal)
  aborter.abort()
  await during
  await orAborted(promise, aborter.signal)
  reject(new Error('late'))
  await setImmediate()
  process.off('unhandledRejection', onFault)
  expect(faults).toEqual([])
})
