import { configSchema, type Message } from '@fleetlake/contracts'
import { askVehicles, connectHub, runGeneration } from '@fleetlake/hub/browser'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startStack } from './stack.ts'
import { provideCity } from './stack/provide-city.ts'

test('what the viewer’s user may do is enough to generate, to watch and to search, over websocket', async () => {
  await provideCity(configSchema.parse({}).generator.cityDir)
  const stack = await startStack({ dataDir: await temporaryFolder(), collectors: 1, finders: 1 })
  onTestFinished(() => stack.stop())
  const hub = await connectHub({ url: stack.hubWebsocketUrl!, service: 'event-viewer' })
  onTestFinished(() => hub.close())
  const commits: Message<'aggregatePeriodStats'>[] = []
  const groups = new Set<string>()
  let liveMoves = 0
  hub.control.subscribe('live.move.*', () => void liveMoves++)
  hub.listen('aggregatePeriodStats', 'stats', ({ data }) => void commits.push(data))
  hub.listen('heartbeat', 'members.>', ({ data }) => void groups.add(data.group))

  const progress: Message<'generationProgress'>[] = []
  const generation = await runGeneration(
    hub,
    { vehicles: 300, events: 30_000 },
    { onProgress: (each) => void progress.push(each) },
  )
  expect(generation).toMatchObject({ status: 'complete', events: 30_000, flushed: true })
  expect(progress.length).toBeGreaterThan(0)
  expect(liveMoves).toBeGreaterThan(0)
  await eventually(() => commits.reduce((sum, { rows }) => sum + rows, 0) === 30_000)
  await eventually(() => groups.size === 3)

  const area = {
    type: 'Polygon',
    coordinates: [
      [
        [-57, -36],
        [-55, -36],
        [-55, -34],
        [-57, -34],
        [-57, -36],
      ],
    ],
  }
  const answer = askVehicles(hub, { area, from: generation.from, to: generation.to })
  let rows = 0
  for await (const batch of answer) rows += batch.rows.length
  expect(rows).toBe(30_000)
  expect(await answer.outcome).toMatchObject({ status: 'complete', rows: 30_000, vehicles: 300 })
  expect(hub.status()).toEqual({ state: 'connected' })
})
