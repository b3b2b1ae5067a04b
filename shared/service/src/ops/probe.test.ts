import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startProbe } from './probe.ts'

const start = (work: () => Promise<unknown>, patienceMs = 60_000): (() => string | undefined) => {
  const aborter = new AbortController()
  onTestFinished(() => aborter.abort())
  return startProbe({ what: 'the archive', work, signal: aborter.signal, everyMs: 1, patienceMs })
}

test('what is tried is at fault until it goes well again', async () => {
  let isAway = true
  const fault = start(async () => {
    if (isAway) throw new Error('no such folder')
  })
  await eventually(() => fault() === 'the archive can not be used: no such folder')
  isAway = false
  await eventually(() => fault() === undefined)
})

test('what does not answer is at fault, is tried once at a time, and is not any more when it does answer', async () => {
  const { promise: answer, resolve } = Promise.withResolvers<void>()
  let tries = 0
  const fault = start(() => {
    tries++
    return answer
  }, 5)
  await eventually(() => fault() === 'there is no answer from the archive')
  expect(tries).toBe(1)
  resolve()
  await eventually(() => fault() === undefined && tries > 1)
})
