import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { settingsAt } from '../testing/store-race.ts'
import { raceCommits } from '../testing/commit-race.ts'

test('processes that commit the same stream, one of them killed, put every message into the table once', async () => {
  expect(await raceCommits(settingsAt(await temporaryFolder()), 60)).toBeUndefined()
})
