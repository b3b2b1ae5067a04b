import type { StreamMark } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import type { TableOffsets } from './begin-at.ts'
import { furthestMarks, isBroken, isOutdated } from './stream-marks.ts'

const [OLD, NEW] = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z']

const mark = (overrides: Partial<StreamMark> = {}): StreamMark => ({
  partition: 0,
  created: OLD,
  epoch: 0,
  from: 0,
  sequence: 10,
  timestampMs: 1_000,
  last: 12,
  ...overrides,
})

const offsets = (txns: Record<string, number>): TableOffsets => ({
  txns: new Map(Object.entries(txns)),
  txnTimes: new Map(),
})

test('a mark counts until the table holds the stream up to there, or something of what came after that state of it', () => {
  expect(isOutdated(mark(), offsets({}))).toBe(false)
  expect(isOutdated(mark(), offsets({ [`MOVES_0@${OLD}#0`]: 11, [`MOVES_1@${OLD}#0`]: 99 }))).toBe(false)
  expect(isOutdated(mark(), offsets({ [`MOVES_0@${OLD}#0`]: 12 }))).toBe(true)
  expect(isOutdated(mark(), offsets({ [`MOVES_0@${OLD}#0`]: 5, [`MOVES_0@${OLD}#1`]: 1 }))).toBe(true)
  expect(isOutdated(mark(), offsets({ [`MOVES_0@${NEW}#0`]: 1 }))).toBe(true)
  expect(isOutdated(mark({ created: NEW }), offsets({ [`MOVES_0@${OLD}#3`]: 99 }))).toBe(false)
})

test('of what several have seen the most counts: of the latest state of a stream', () => {
  const marks = [
    mark({ sequence: 10, last: 20 }),
    mark({ sequence: 15, last: 15 }),
    mark({ partition: 1, epoch: 1, sequence: 2, last: 2 }),
    mark({ partition: 1, epoch: 0, sequence: 9, last: 9 }),
    mark({ partition: 2, created: OLD, sequence: 9, last: 9 }),
    mark({ partition: 2, created: NEW, sequence: 1, last: 1 }),
  ]
  const expected = [
    [0, mark({ sequence: 15, last: 20 })],
    [1, mark({ partition: 1, epoch: 1, sequence: 2, last: 2 })],
    [2, mark({ partition: 2, created: NEW, sequence: 1, last: 1 })],
  ] as const
  expect(furthestMarks(marks)).toEqual(new Map(expected))
  expect(furthestMarks(marks.toReversed())).toEqual(new Map(expected))
})

test('a stream has not any more what was seen of it when it was made again, ends before, or holds another message there', () => {
  const stream = { created: OLD, first: 1, last: 12, messages: 12, bytes: 1 }
  expect(isBroken(mark(), stream, 1_000)).toBe(false)
  expect(isBroken(mark(), { ...stream, last: 30 }, 1_000)).toBe(false)
  expect(isBroken(mark(), { ...stream, first: 20, last: 30 }, undefined)).toBe(false)
  expect(isBroken(mark(), { ...stream, last: 11 }, 1_000)).toBe(true)
  expect(isBroken(mark(), { ...stream, last: 9 }, undefined)).toBe(true)
  expect(isBroken(mark(), { ...stream, last: 30 }, 1_001)).toBe(true)
  expect(isBroken(mark(), { ...stream, created: NEW }, 1_000)).toBe(true)
})
