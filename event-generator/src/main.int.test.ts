import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runGeneration } from '../../shared/hub/src/ask/generation.ts'
import { startTestRun, type TestRun } from './test-run.ts'

const ENDLESS = { vehicles: 200, durationMs: 3_600_000, intervalMs: 1000, realTime: true }

/** A generator process of its own, once it is ready. */
const startProcess = async ({ server, cityDir }: TestRun): Promise<ChildProcess & AsyncDisposable> => {
  const flags = [`--hub.url=${server.url}`, `--generator.city-dir=${cityDir}`, '--log.level=silent']
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...flags], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the generator exited with ${code}`))),
  ])
  return Object.assign(child, {
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  })
}

test('an agent that dies makes the run fail, and the run says who died', async () => {
  await using system = await startTestRun({ generators: 1 })
  let killed: number | undefined
  await using child = await startProcess(system)
  // The queue group may give the run to either: only when this process leads it does the run outlive the child.
  for (;;) {
    const result = await runGeneration(system.hub, ENDLESS, {
      onProgress: ({ events, agents }) => {
        if (events === 0 || agents < 2 || killed !== undefined) return
        killed = child.pid
        child.kill('SIGKILL')
      },
    }).catch((error: Error) => error)
    if (result instanceof Error) {
      expect(result.message).toMatch(/generation\.unanswered: the generator that leads run \w+ has said nothing for 10 s/)
      break
    }
    expect(result).toMatchObject({ status: 'failed', flushed: false, error: expect.stringMatching(/died: neither report nor heartbeat/) })
    expect(result.events).toBeGreaterThan(0)
    break
  }
  expect(killed).toBe(child.pid)
})

test('a generator that is told to end stops its run, says so and exits with 0', async () => {
  await using system = await startTestRun({ generators: 0 })
  await using child = await startProcess(system)
  const exit = once(child, 'exit')
  const stats = await runGeneration(system.hub, ENDLESS, { onProgress: ({ events }) => void (events > 0 && child.kill('SIGTERM')) })
  expect(stats).toMatchObject({ status: 'stopped', flushed: true, agents: 1 })
  expect(await exit).toEqual([0, null])
})

test('when the leading generator dies the asker is told, and the other agents stop', async () => {
  await using system = await startTestRun({ generators: 0 })
  await using child = await startProcess(system)
  await expect(
    runGeneration(system.hub, ENDLESS, { onProgress: ({ events }) => void (events > 0 && child.kill('SIGKILL')) }),
  ).rejects.toThrow(/generation\.unanswered: the generator that leads run \w+ has said nothing for 10 s/)
})
