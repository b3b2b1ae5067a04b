import { cellOf, partitionOfCell, toMicroDegrees } from '@fleetlake/core'
import type { Message } from '@fleetlake/contracts'
import { runGeneration } from '@fleetlake/hub'
import { expect, test } from 'vitest'
import { readRun, sortRows, startServerRun, withoutSource } from './testing/run.ts'

const START = '2026-01-05T08:00:00Z'

test('1, 2 and 3 agents make the same rows, each stored once in its partition', async () => {
  await using system = await startServerRun({ generators: 3 })
  const { hub } = system
  const options = {
    vehicles: 301,
    events: 20_007,
    seed: 7,
    vehicleIds: 'shared',
    startTime: START,
    batchRows: 500,
  } as const
  const runs = []
  for (const agents of [1, 2, 3]) {
    const progress: Message<'generationProgress'>[] = []
    const stats = await runGeneration(hub, { ...options, agents }, { onProgress: (each) => void progress.push(each) })
    expect(stats).toMatchObject({ status: 'complete', flushed: true, events: 20_007, total: 20_007, agents })
    expect(stats.from).toBe('2026-01-05T08:00:00.000Z')
    expect(progress.at(-1)).toMatchObject({ phase: 'flushing', events: 20_007, total: 20_007, agents })
    runs.push({ stats, rows: sortRows(await readRun(hub, stats)) })
  }
  const [one, two, three] = runs
  expect(one.rows).toHaveLength(20_007)
  expect(new Set(one.rows.map(({ vehicleId, eventTime }) => `${vehicleId} ${eventTime}`)).size).toBe(20_007)
  for (const { rows } of [two, three]) expect(rows.map(withoutSource)).toEqual(one.rows.map(withoutSource))
  const misplaced = one.rows.filter(({ partition, longitude, latitude }) => {
    return partitionOfCell(cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), 5), 3) !== partition
  })
  expect(misplaced).toEqual([])
  expect(new Set(one.rows.map(({ partition }) => partition)).size).toBeGreaterThan(1)
  expect(
    one.rows.filter(({ eventTime }) => eventTime < Date.parse(START) || eventTime >= Date.parse(one.stats.to)),
  ).toEqual([])
  expect(system.flushes.toSorted(inOrder)).toEqual(runs.flatMap(({ stats }) => stats.streams).toSorted(inOrder))
})

test('a hub that is killed in the middle of a run and comes back loses nothing and stores nothing twice', async () => {
  await using system = await startServerRun({ generators: 2 })
  let killedAt: number | undefined
  const stats = await runGeneration(
    system.hub,
    { vehicles: 1000, events: 400_000, startTime: START, realTime: true, speedFactor: 1000 },
    {
      onProgress: ({ events }) => {
        if (killedAt !== undefined || events === 0) return
        killedAt = events
        void system.server.kill().then(() => system.server.restart())
      },
    },
  )
  expect(stats).toMatchObject({ status: 'complete', events: 400_000, flushed: true })
  expect(killedAt).toBeLessThan(400_000)
  const rows = await readRun(system.hub, stats)
  expect(rows).toHaveLength(400_000)
  expect(new Set(rows.map(({ vehicleId, eventTime }) => `${vehicleId} ${eventTime}`)).size).toBe(400_000)
})

const inOrder = (a: Message<'flush'>, b: Message<'flush'>): number =>
  a.partition - b.partition || a.sequence - b.sequence
