import { createMemoryStore } from '@fleetlake/archive'
import { ALL_BUCKETS, describeProjection, openProjectionTable, PRESENCE, presenceOfRows } from '@fleetlake/projections'
import { expect, test } from 'vitest'
import { linesOfProjections } from './table-text.ts'

test('a derived table says how far it is, in figures and in a line', async () => {
  const table = (await openProjectionTable(createMemoryStore(), PRESENCE, { create: true }))!
  const nothing = { table: 'presence', files: 0, bytes: 0, rows: 0 }
  const made = describeProjection(table)
  expect(made).toEqual({ ...nothing, version: 0, folded: null, buckets: 0, from: null })
  const row = { vehicleId: 'v-1', day: 20_787, cell: 'u33d8', first: 0, last: 0, rows: 1, intervals: new Map() }
  const to = { version: 41, commit: 7, frontier: 20_787 }
  await table.commit({ buckets: [0], from: undefined, to, add: presenceOfRows([row]), operation: 'WRITE' })
  const begun = describeProjection(table)
  const { bytes } = begun
  expect(begun).toEqual({ ...nothing, version: 1, files: 1, bytes, rows: 1, folded: null, buckets: 1, from: null })
  const newer = { version: 42, commit: 8, frontier: 20_786 }
  await table.commit({ buckets: ALL_BUCKETS.slice(1), from: undefined, to: newer, operation: 'WRITE' })
  const whole = describeProjection(table)
  expect(whole).toEqual({ ...begun, version: 2, folded: 41, buckets: 64, from: '2026-11-30' })
  expect(linesOfProjections([{ ...made }, begun, { ...whole, bytes: 2_048 }])).toEqual([
    'presence     is being made: 0 of 64 shares have begun; 0 files, 0 B',
    `presence     is being made: 1 of 64 shares have begun; 1 file, ${(bytes / 1024).toFixed(1)} KiB`,
    'presence     of version 41, dates from 2026-11-30 on; 1 file, 2.0 KiB',
  ])
})
