import { configSchema } from '@fleetlake/contracts'
import { askVehicles, connectHub, runGeneration } from '@fleetlake/hub'
import { provideOldServer, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startStack } from './stack.ts'
import { provideCity } from './stack/provide-city.ts'

const EVERYWHERE = {
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

test('on the nats-server of Debian 12 positions are archived and found as well', async () => {
  await provideCity(configSchema.parse({}).generator.cityDir)
  const hubOptions = { binary: await provideOldServer() }
  const dataDir = await temporaryFolder()
  const stack = await startStack({ dataDir, hub: hubOptions, collectors: 1, finders: 1 })
  onTestFinished(() => stack.stop())
  const hub = await connectHub({ url: stack.hubUrl, service: 'test' })
  onTestFinished(() => hub.close())
  expect(hub.control.version()).toBe('2.9.10')
  const generation = await runGeneration(hub, { vehicles: 200, events: 20_000 })
  expect(generation).toMatchObject({ status: 'complete', events: 20_000, flushed: true })
  const answer = askVehicles(hub, { area: EVERYWHERE, from: generation.from, to: generation.to })
  let rows = 0
  for await (const batch of answer) rows += batch.rows.length
  expect(rows).toBe(20_000)
  expect(await answer.outcome).toMatchObject({ status: 'complete', rows: 20_000, vehicles: 200 })
})
