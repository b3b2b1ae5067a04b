import { expect, test } from 'vitest'
import { type CommitStats, createFleetBoard, type Heartbeat } from './fleet-board.ts'

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

test('commits are summed up, and the rate is that of the last minute', () => {
  const board = createFleetBoard()
  board.addCommit(commit(6000, 1), NOW)
  board.addCommit(commit(3000, 3), NOW + 30_000)
  board.addCommit(commit(1000, 2), NOW + 50_000)
  expect(board.state(NOW + 60_000)).toEqual({
    time: '2026-01-05T08:01:00.000Z',
    commits: 3,
    rows: 10_000,
    bytes: 120_000,
    files: 6,
    deadRows: 3,
    rowsPerSecond: 67,
    bytesPerRow: 12,
    version: 3,
    lagMs: 500,
    members: [],
  })
})

test('who leaves is gone at once, who falls silent is shown as such and then forgotten', () => {
  const board = createFleetBoard()
  board.addHeartbeat(beat('a'), NOW)
  board.addHeartbeat(beat('b', { lagMs: 20 }), NOW)
  board.addHeartbeat(beat('c'), NOW)
  board.addHeartbeat(beat('a'), NOW + 4_000)
  board.addHeartbeat(beat('c', { leaving: true }), NOW + 4_000)
  const states = (atMs: number): [string, string][] =>
    board.state(atMs).members.map(({ member, state }) => [member, state])
  expect(states(NOW + 4_000)).toEqual([
    ['a', 'alive'],
    ['b', 'silent'],
  ])
  expect(states(NOW + 61_000)).toEqual([['a', 'silent']])
})
