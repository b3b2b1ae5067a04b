import { type ChildProcess, spawn } from 'node:child_process'
import { fault } from '@fleetlake/core/testing'
import { once } from 'node:events'
import { join } from 'node:path'
import { generationOptions, type Message, subjects } from '@fleetlake/contracts'
import { joinGroup, runGeneration } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { conductRun } from './coordinator/conduct-run.ts'
import { createCityLoader } from './load-city.ts'
import { type ServerRun, startServerRun } from './testing/run.ts'

const ENDLESS = { vehicles: 200, durationMs: 3_600_000, intervalMs: 1000, realTime: true }

/** A generator process of its own, once it is ready. */
const startProcess = async ({ server, cityDir }: ServerRun): Promise<ChildProcess & AsyncDisposable> => {
  const flags = [`--hub.url=${server.url}`, `--generator.city-dir=${cityDir}`, '--log.level=silent']
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...flags], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
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
  await using system = await startServerRun({ generators: 0 })
  await using child = await startProcess(system)
  const { hub } = system
  const membership = joinGroup(hub, { group: 'generators', version: '0', describe: () => ({ memoryBytes: 0 }) })
  await membership.ready
  const agent = membership.members().find((member) => member !== hub.uid)
  const run = conductRun(
    { run: 'led-here', person: 'anyone', options: generationOptions.parse(ENDLESS), reply: 'inbox.anyone.here' },
    {
      hub,
      membership: { ...membership, members: () => membership.members().filter((member) => member !== hub.uid) },
      loadCity: createCityLoader(system.cityDir),
      toleranceMs: 60_000,
      retentionMs: 86_400_000,
    },
  )
  let stats: Message<'generationStats'> | undefined
  hub.listen('generationStats', 'inbox.anyone.here', ({ data }) => void (stats = data))
  hub.listen('generatePartitionStats', subjects.generatePartitionStats(hub.uid), ({ data }) => {
    run.heard(data)
    if (data.events > 0) child.kill('SIGKILL')
  })
  await run.ended
  await eventually(() => stats !== undefined)
  expect(stats).toMatchObject({
    status: 'failed',
    flushed: false,
    error: expect.stringMatching(`generator ${agent} died: neither report nor heartbeat for \\d+ s`),
  })
  expect(stats!.events).toBeGreaterThan(0)
  await membership.leave()
})

test('a generator that is told to end stops its run, says so and exits with 0', async () => {
  await using system = await startServerRun({ generators: 0 })
  await using child = await startProcess(system)
  const exit = once(child, 'exit')
  const stats = await runGeneration(system.hub, ENDLESS, {
    onProgress: ({ events }) => void (events > 0 && child.kill('SIGTERM')),
  })
  expect(stats).toMatchObject({ status: 'stopped', flushed: true, agents: 1 })
  expect(await exit).toEqual([0, null])
})

test('when the leading generator dies the client is told', async () => {
  await using system = await startServerRun({ generators: 0 })
  await using child = await startProcess(system)
  await expect(
    runGeneration(system.hub, ENDLESS, { onProgress: ({ events }) => void (events > 0 && child.kill('SIGKILL')) }),
  ).rejects.toThrow(fault('generation.unanswered', /the generator that leads run \w+ has said nothing for 10 s/))
})
