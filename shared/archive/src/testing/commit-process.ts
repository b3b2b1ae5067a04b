/**
 * For a test: `commit-process.ts <settings> <messages>` commits a stream's messages one by one, against others that do the same. The
 * store's settings are JSON.
 */
import { openStore, type StoreSettings } from '../store/open-store.ts'
import { openTable } from '../table.ts'
import { SETTINGS, someRows, writeRows } from './log-table.ts'

const [settings, messages] = process.argv.slice(2)
const store = await openStore(JSON.parse(settings) as StoreSettings)
const table = await openTable(store, { create: SETTINGS, checkpointEvery: 10 })
for (;;) {
  const from = (await table.refresh()).txn('P1')
  if (from >= Number(messages)) break
  const [row] = someRows(1)
  const add = await writeRows(store, [{ ...row, vehicleId: `message-${from + 1}` }], Date.now())
  await table.commit({ parts: [{ add, offset: { appId: 'P1', from, to: from + 1 } }], operation: 'WRITE' })
}
await table.close()
