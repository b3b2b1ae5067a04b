import { expect, test } from 'vitest'
import { emptyStats, type QueryStats } from '../core/query-course.ts'
import { hideOthersInLosses, hideOthersInProgress, hideOthersInStats } from './hide-others.ts'

const MISSING = {
  path: 'archive',
  reason:
    'a part of what was searched could not be read, with or without vehicles that you may see: who runs Fleetlake can tell what',
}

const STATS: QueryStats = {
  query: 'q',
  status: 'partial',
  hint: 'vehicles were near the area with longitude and latitude swapped',
  unknownBefore: '2026-01-05',
  notes: ['retention has taken dates up to 2026-01-04'],
  failed: [
    { path: 'date=2026-01-05/66mcd-0900.parquet', reason: 'the file is missing' },
    { path: 'MOVES_3', reason: 'messages 7–9 were lost' },
  ],
  version: 12,
  files: { total: 40, pruned: 30, read: 9 },
  bytes: { total: 40_000, read: 9_000 },
  rows: { total: 4_000, pruned: 3_000, read: 900, selected: 7 },
  hot: { messages: 3, rows: 30, selected: 2, bytes: 3_000 },
  tasks: [
    { task: 0, batches: 1, rows: 2 },
    { task: 1, batches: 0, rows: 0 },
    { task: 2, batches: 1, rows: 5 },
  ],
  elapsedMs: 8,
}

test('who does not see all hears of no row, file or message but what the answer has', () => {
  expect(hideOthersInStats(STATS)).toEqual({
    query: 'q',
    status: 'partial',
    unknownBefore: '2026-01-05',
    notes: ['retention has taken dates up to 2026-01-04'],
    failed: [MISSING],
    version: 12,
    files: { total: 0, pruned: 0, read: 0 },
    bytes: { total: 0, read: 0 },
    rows: { total: 0, pruned: 0, read: 7, selected: 7 },
    hot: { messages: 0, rows: 2, selected: 2, bytes: 0 },
    tasks: [
      { task: 0, batches: 1, rows: 2 },
      { task: 2, batches: 1, rows: 5 },
    ],
    elapsedMs: 8,
  })
})

test('an answer of nothing says nothing more', () => {
  const refused = emptyStats('q', 'refused', 'the period is empty')
  expect(hideOthersInStats(refused)).toEqual(refused)
})

test('who does not see all hears how many rows were found, and not how many were looked at', () => {
  const progress = {
    query: 'q',
    tasks: { total: 9, done: 4 },
    rows: { total: 900, read: 400, selected: 3 },
    elapsedMs: 5,
  }
  expect(hideOthersInProgress(progress)).toEqual({
    query: 'q',
    tasks: { total: 0, done: 0 },
    rows: { total: 0, read: 3, selected: 3 },
    elapsedMs: 5,
  })
})

test('that something was lost is told without what', () => {
  expect(hideOthersInLosses({ missing: [...STATS.failed, ...STATS.failed], notes: ['MOVES_3', 'MOVES_4'] })).toEqual({
    missing: [MISSING],
    notes: [
      'positions may have been lost, with or without vehicles that you may see: who runs Fleetlake can tell what',
    ],
  })
  expect(hideOthersInLosses({ missing: [], notes: [] })).toEqual({ missing: [], notes: [] })
})
