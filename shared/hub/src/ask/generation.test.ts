import { type Message, queueGroups, subjects } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import type { Hub } from '../connection/hub.ts'
import { startMemoryFixture } from '../testing/memory-hub.ts'
import { runGeneration } from './generation.ts'

const withHub = async (use: (hub: Hub) => Promise<void>): Promise<void> => use(await startMemoryFixture().connect())

const progressOf = (run: string, events: number): Message<'generationProgress'> => ({
  run,
  phase: 'generating',
  events,
  total: 10,
  eventsPerSecond: 1,
  elapsedMs: 1,
  agents: 1,
})

const statsOf = (run: string, status: 'complete' | 'stopped'): Message<'generationStats'> => ({
  run,
  status,
  events: 10,
  total: 10,
  flushed: true,
  elapsedMs: 1,
  eventsPerSecond: 1,
  agents: 1,
  from: '2026-01-05T00:00:00.000Z',
  to: '2026-01-05T01:00:00.000Z',
  streams: [],
})

test('without a generator it says that none is running', () =>
  withHub(async (hub) => {
    await expect(runGeneration(hub, {}, { waitMs: 100 })).rejects.toThrow(
      fault('generation.unanswered', /no generator is running/),
    )
  }))

test('options that are not valid are refused before anybody is asked', () =>
  withHub(async (hub) => {
    await expect(runGeneration(hub, { vehicles: 0, batchRows: 20_000 })).rejects.toThrow(
      fault('generation.refused', /vehicles: .*; batchRows: /),
    )
  }))

test('a generator that comes while it is asked for gets the run once, with the defaults filled in', () =>
  withHub(async (hub) => {
    const started: Message<'startGeneration'>[] = []
    const heard: number[] = []
    const running = runGeneration(hub, { events: 10 }, { onProgress: ({ events }) => void heard.push(events) })
    await hub.flush()
    hub.listen(
      'startGeneration',
      subjects.startGeneration('*'),
      ({ data, reply }) => {
        started.push(data)
        for (const events of [0, 5, 10]) hub.send('generationProgress', reply!, progressOf(data.run, events))
        hub.send('generationStats', reply!, statsOf(data.run, 'complete'))
      },
      { queue: queueGroups.startGeneration },
    )
    expect(await running).toEqual(statsOf(started[0].run, 'complete'))
    expect(started.map(({ options }) => ({ events: options.events, vehicles: options.vehicles }))).toEqual([
      { events: 10, vehicles: 1500 },
    ])
    expect(heard).toEqual([0, 5, 10])
  }))

test('aborted, it stops the run and returns the stats of the stopped run', () =>
  withHub(async (hub) => {
    const aborter = new AbortController()
    let client: string | undefined
    hub.listen('startGeneration', subjects.startGeneration('*'), ({ data, reply }) => {
      client = reply
      hub.send('generationProgress', reply!, progressOf(data.run, 1))
    })
    hub.listen('stopGeneration', subjects.stopGeneration('*'), ({ data }) => {
      hub.send('generationStats', client!, statsOf(data.run, 'stopped'))
    })
    const stats = await runGeneration(hub, {}, { signal: aborter.signal, onProgress: () => aborter.abort() })
    expect(stats.status).toBe('stopped')
    await expect(runGeneration(hub, {}, { signal: aborter.signal })).rejects.toThrow(
      /stopped before a generator had answered/,
    )
  }))

test('a generator that takes the run and falls silent is told of, not waited for', () =>
  withHub(async (hub) => {
    let starts = 0
    hub.listen('startGeneration', subjects.startGeneration('*'), () => void starts++)
    await expect(runGeneration(hub, {})).rejects.toThrow(
      fault('generation.unanswered', /the generator that was asked for run \w+ has said nothing/),
    )
    expect(starts).toBe(1)
  }))
