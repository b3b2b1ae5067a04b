import { type CommitStats, createFleetBoard, type Heartbeat } from '@fleetlake/viewer-core'
import { expect, test } from 'vitest'
import { renderBoard } from './render-board.ts'

const NOW = Date.UTC(2026, 0, 5, 8)

const commit = (rows: number, version: number): CommitStats => ({
  collector: 'c1',
  version,
  committedAt: '2026-01-05T08:00:00Z',
  partitions: [0],
  rows,
  bytes: rows * 12,
  files: 2,
  deadRows: 1,
  lagMs: 500,
  windows: [],
})

const beat = (member: string, some: Partial<Heartbeat> = {}): Heartbeat => ({
  member,
  group: 'collectors',
  version: '0.1.0',
  startedAt: new Date(NOW - 60_000).toISOString(),
  memoryBytes: 100 * 1024 * 1024,
  ...some,
})

test('the board is a line of totals and a table', () => {
  const board = createFleetBoard()
  expect(renderBoard(board.state(NOW))).toEqual([
    'nothing has been archived since this command was started',
    '',
    'no service is running',
  ])
  board.addHeartbeat(beat('a', { lagMs: 20 }), NOW)
  board.addCommit(commit(6000, 1), NOW)
  expect(renderBoard(board.state(NOW + 1000))).toEqual([
    'archived 6,000 positions · 6,000/s · 70.3 KiB in 2 files · 12 B each · 1 commit, table version 1 · lag 500 ms · 1 invalid row',
    '',
    'service    member  state  up         memory   lag    version',
    'collector  a       alive  1 min 1 s  100 MiB  20 ms  0.1.0',
  ])
})

test('what a service says of itself stays in its cell, and a terminal does not obey it', () => {
  const board = createFleetBoard()
  board.addHeartbeat(beat('a', { version: '1\x1b[2J\n\u202e', group: 'collectors' }), NOW)
  expect(renderBoard(board.state(NOW)).at(-1)).toMatch(/ 1\\u001b\[2J\\u000a\\u202e$/)
})
