import { startTestAzure, type TestAzure } from '@fleetlake/testing'
import { openStore } from '../open-store.ts'
import { testStore } from '../../testing/store-conformance.ts'
import { raceProcessesOn, settingsAt } from '../../testing/store-race.ts'

let azure: TestAzure

testStore('an Azure container as a store', async () => {
  azure = await startTestAzure()
  const settings = settingsAt(`azure://${await azure.createContainer()}/archive/a b/moves`, { azure: azure.settings })
  return { store: await openStore(settings), raceProcesses: raceProcessesOn(settings), close: () => azure.stop() }
})
