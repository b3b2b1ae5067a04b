import { startTestAzure, startTestS3 } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { StoreSettings } from '../store/open-store.ts'
import { settingsAt } from '../testing/store-race.ts'
import { raceCommits } from '../testing/commit-race.ts'

const onS3 = async (): Promise<StoreSettings> => {
  const server = await startTestS3()
  onTestFinished(() => server.stop())
  return settingsAt(`s3://${await server.createBucket()}/moves`, { s3: server.settings })
}

const onAzure = async (): Promise<StoreSettings> => {
  const server = await startTestAzure()
  onTestFinished(() => server.stop())
  return settingsAt(`azure://${await server.createContainer()}/moves`, { azure: server.settings })
}

test.each([
  ['S3', onS3],
  ['Azure', onAzure],
])(
  'processes that commit the same stream to a table on %s, one of them killed, put every message into it once',
  async (_, start) => {
    expect(await raceCommits(await start(), 30)).toBeUndefined()
  },
)
