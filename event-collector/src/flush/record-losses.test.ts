import { expect, test } from 'vitest'
import { lostWithStreams, partitionsByCell } from './record-losses.ts'

test('a partition is known to hold cells of its own only where rows have always been spread so', () => {
  const count = (some: Partial<Parameters<typeof partitionsByCell>[0]>): number | undefined =>
    partitionsByCell({ by: 'cell', partitions: [1, 0, 2], appIds: ['MOVES_2@c#0', 'fleetlake.losses'], ...some })
  expect(count({})).toBe(3)
  expect(count({ by: 'vehicle' })).toBeUndefined()
  expect(count({ partitions: [0, 2] })).toBeUndefined()
  expect(count({ appIds: ['MOVES_3@2026-01-01T00:00:00Z#1'] })).toBeUndefined()
})

test('of streams that the hub does not have what lies beyond the table is told as possibly lost; of its own nothing', () => {
  const created = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z']
  const txns = new Map([
    [`MOVES_0@${created[0]}#0`, 5],
    [`MOVES_0@${created[1]}#0`, 7],
    [`MOVES_1@${created[0]}#0`, 3],
    [`MOVES_1@${created[0]}#1`, 4],
    [`MOVES_2@${created[0]}#0`, 9],
    ['fleetlake.losses', 1],
  ])
  const txnTimes = new Map([[`MOVES_1@${created[0]}#1`, 77]])
  const stateOf = (one: string) => ({ created: one, first: 1, last: 9, messages: 9, bytes: 9 })
  const live = new Map([
    [0, stateOf(created[1])],
    [1, stateOf(created[2])],
  ])
  const common = { to: undefined, lastStored: 100 }
  expect(lostWithStreams({ txns, txnTimes }, live, 100)).toEqual([
    { partition: 1, created: created[0], epoch: 1, from: 5, firstStored: 77, ...common },
    { partition: 2, created: created[0], epoch: 0, from: 10, firstStored: Date.parse(created[0]), ...common },
  ])
})
