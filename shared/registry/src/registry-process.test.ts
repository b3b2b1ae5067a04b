import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { settingsAt } from '../../archive/src/testing/store-race.ts'
import { raceRegistries } from './testing/registry-race.ts'

test('processes that set the same entry in a folder, one of them killed, give it each version once', async () => {
  expect(await raceRegistries(settingsAt(`${await temporaryFolder()}/registry`), 40)).toBeUndefined()
})
