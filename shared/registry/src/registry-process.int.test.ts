import { startTestAzure, startTestS3 } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { StoreSettings } from '@fleetlake/archive'
import { settingsAt } from '../../archive/src/testing/store-race.ts'
import { raceRegistries } from './testing/registry-race.ts'

const onS3 = async (): Promise<StoreSettings> => {
  const server = await startTestS3()
  onTestFinished(() => server.stop())
  return settingsAt(`s3://${await server.createBucket()}/registry`, { s3: server.settings })
}

const onAzure = async (): Promise<StoreSettings> => {
  const server = await startTestAzure()
  onTestFinished(() => server.stop())
  return settingsAt(`azure://${await server.createContainer()}/registry`, { azure: server.settings })
}

test.each([
  ['S3', onS3],
  ['Azure', onAzure],
])('processes that set the same entry on %s, one of them killed, give it each version once', async (_, start) => {
  expect(await raceRegistries(await start(), 25)).toBeUndefined()
})
