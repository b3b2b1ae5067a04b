import { startTestS3, type TestS3 } from '@fleetlake/testing'
import { openStore } from '../open-store.ts'
import { testStore } from '../../testing/store-conformance.ts'
import { raceProcessesOn, settingsAt } from '../../testing/store-race.ts'

let s3: TestS3

testStore('an S3 bucket as a store', async () => {
  s3 = await startTestS3()
  const settings = settingsAt(`s3://${await s3.createBucket()}/archive/a b/moves`, { s3: s3.settings })
  return { store: await openStore(settings), raceProcesses: raceProcessesOn(settings), close: () => s3.stop() }
})
