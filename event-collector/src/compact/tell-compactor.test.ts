import { createMemoryStore, openLossTable, openTable } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { createMetrics } from '../../../shared/service/src/metrics/create-metrics.ts'
import { tellCompactor } from './tell-compactor.ts'

const NOTHING_DONE = {
  dropped: [],
  kept: undefined,
  vacuum: undefined,
  compaction: {
    version: 1,
    commits: 1,
    rows: 0,
    filesBefore: 7,
    filesAfter: 2,
    bytesBefore: 0,
    bytesAfter: 0,
    duplicates: 0,
    lost: 0,
    skipped: [],
    isDone: true,
  },
}

test('only the compactor that works tells how the table stands, and each tells its runs', async () => {
  const table = await openTable(createMemoryStore(), { create: { geohashLength: 5, windowMs: 600_000 } })
  const lossStore = createMemoryStore()
  const losses = (await openLossTable(lossStore, { create: true }))!
  await losses.record([
    {
      partition: 0,
      stream: 'MOVES_0',
      created: '2026-01-05T00:00:00Z',
      epoch: 0,
      from: 1,
      to: 9,
      firstStored: 0,
      lastStored: 1,
      partitions: 1,
      geohashLength: 5,
      toldAt: 2,
    },
  ])
  const metrics = createMetrics('compactor')
  let isOwner = true
  const told = tellCompactor({ table: () => table, lossStore, isOwner: () => isOwner }, metrics)
  const read = async (): Promise<string[]> =>
    (await metrics.text())
      .split('\n')
      .filter((line) => /^fleetlake_(table|open|compacted|compaction_seconds_count)/.test(line))
  await told.readLosses()
  told.ran(NOTHING_DONE, 3)
  const runs = ['fleetlake_compacted_files_total 7', 'fleetlake_compaction_seconds_count 1']
  const stands = ['files', 'bytes', 'rows'].map((what) => `fleetlake_table_${what} 0`)
  expect(await read()).toEqual([...runs, ...stands, 'fleetlake_open_losses 1'])
  isOwner = false
  expect(await read()).toEqual(runs)
})
