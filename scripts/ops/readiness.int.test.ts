import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, freezeProcess, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { writeTestCity } from '../../event-generator/src/testing/city.ts'
import { askReadiness } from './testing/readiness.ts'
import { prepareServices, type RunningService } from './testing/services.ts'

const KINDS = ['collector', 'compactor', 'projector', 'finder', 'generator', 'viewer', 'gateway'] as const

const isReady = async ({ opsUrl }: RunningService): Promise<boolean> => {
  const seen = await askReadiness(opsUrl)
  return seen?.code === 200 && seen.status === 'ready' && seen.reasons.length === 0
}

/** Whether it says that it is not, and why. */
const isUnready = async ({ opsUrl }: RunningService, reason: string): Promise<boolean> => {
  const seen = await askReadiness(opsUrl)
  return seen?.code === 503 && seen.status === 'not ready' && seen.reasons.some((said) => said.includes(reason))
}

const allReady = (services: readonly RunningService[]): Promise<true[]> =>
  Promise.all(services.map((one) => eventually(() => isReady(one), { what: `${one.name} is ready` })))

const allUnready = (services: readonly RunningService[], reason: string): Promise<true[]> =>
  Promise.all(
    services.map((one) => eventually(() => isUnready(one, reason), { what: `${one.name} is not ready: ${reason}` })),
  )

test('services without their hub are not ready, say so, and are again once it is back', async () => {
  const services = await prepareServices()
  const hub = await services.start('hub')
  await allReady([hub])
  const all = await Promise.all(KINDS.map((kind) => services.start(kind)))
  expect(await allReady(all)).toHaveLength(all.length)

  // It hangs: its connections are there, and nothing answers.
  await freezeProcess(Number(hub.process.details.pid))
  expect(await allUnready(all, 'there is no answer from the hub')).toHaveLength(all.length)
  await allUnready([hub], 'JetStream does not answer')
  process.kill(Number(hub.process.details.pid), 'SIGCONT')
  expect(await allReady([hub, ...all])).toHaveLength(8)

  process.kill(Number(hub.process.details.pid), 'SIGKILL')
  await hub.process.ended
  expect(await allUnready(all, 'the hub can not be reached')).toHaveLength(all.length)
  await services.start('hub')
  expect(await allReady(all)).toHaveLength(all.length)
})

test('services whose store is away are not ready, say so, and are again once it is back', async () => {
  const services = await prepareServices()
  await services.start('hub')
  const all = await Promise.all((['collector', 'compactor', 'finder'] as const).map((kind) => services.start(kind)))
  expect(await allReady(all)).toHaveLength(all.length)
  const moves = `${services.archive}/moves`
  await rename(moves, `${moves}-away`)
  // No folder, as when a disk is not mounted or is another one.
  await writeFile(moves, '')
  expect(await allUnready(all, 'the archive can not be used')).toHaveLength(all.length)
  await rm(moves)
  await rename(`${moves}-away`, moves)
  expect(await allReady(all)).toHaveLength(all.length)
})

test('a generator without a city is not ready, and is once there is one', async () => {
  const city = join(await temporaryFolder(), 'city')
  const services = await prepareServices({ FLEET_GENERATOR_CITY_DIR: city })
  await services.start('hub')
  await services.start('collector')
  const all = [await services.start('generator')]
  expect(await allUnready(all, 'the city can not be used')).toHaveLength(1)
  await writeTestCity(city)
  expect(await allReady(all)).toHaveLength(1)
})
