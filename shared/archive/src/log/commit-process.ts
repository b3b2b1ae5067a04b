/** For a test: `commit-process.ts <root> <messages>` commits a stream's messages one by one, against others that do the same. */
import { createFileStore } from '../store/file-store.ts'
import { openTable } from '../table.ts'
import { SETTINGS, someRows, writeRows } from './test-table.ts'

const [root, messages] = process.argv.slice(2)
const store = createFileStore(root)
const table = await openTable(store, { create: SETTINGS, checkpointEvery: 10 })
for (;;) {
  const from = (await table.refresh()).txn('P1')
  if (from >= Number(messages)) break
  const [row] = someRows(1)
  const add = await writeRows(store, [{ ...row, vehicleId: `message-${from + 1}` }], Date.now())
  await table.commit({ parts: [{ add, offset: { appId: 'P1', from, to: from + 1 } }], operation: 'WRITE' })
}
await table.close()
