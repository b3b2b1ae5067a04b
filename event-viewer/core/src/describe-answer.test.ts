import type { VehicleOutcome } from '@fleetlake/hub'
import { expect, test } from 'vitest'
import { describeAnswer } from './describe-answer.ts'

const outcome: VehicleOutcome = {
  status: 'complete',
  reason: undefined,
  rows: 1234,
  vehicles: 1,
  stats: {
    query: 'q',
    status: 'complete',
    failed: [],
    version: 7,
    files: { total: 10, pruned: 8, read: 2 },
    bytes: { total: 10_000, read: 2048 },
    rows: { total: 1000, pruned: 900, read: 100, selected: 1 },
    hot: { messages: 0, rows: 0, selected: 0, bytes: 0 },
    tasks: [],
    elapsedMs: 1234,
  },
}

test('an answer says what it was made from: data files, and reports that are not archived yet', () => {
  const stats = { ...outcome.stats!, hot: { messages: 3, rows: 2_500, selected: 7, bytes: 100_000 } }
  expect(describeAnswer({ ...outcome, stats })).toBe(
    'complete: 1,234 positions of 1 vehicle; 2 of 10 data files read (2.0 KiB), 2,500 positions that are not archived yet, in 1.2 s',
  )
})

test('of last positions, which are found in memory, and of an archive without files no file is told of', () => {
  const stats = { ...outcome.stats!, files: { total: 0, pruned: 0, read: 0 } }
  expect(describeAnswer({ ...outcome, stats })).toBe('complete: 1,234 positions of 1 vehicle in 1.2 s')
  expect(
    describeAnswer({ ...outcome, stats: { ...stats, hot: { messages: 1, rows: 2, selected: 1, bytes: 9 } } }),
  ).toBe('complete: 1,234 positions of 1 vehicle; 2 positions that are not archived yet, in 1.2 s')
})

test('each ending is a sentence', () => {
  const sentence = (some: Partial<VehicleOutcome>): string => describeAnswer({ ...outcome, ...some })
  const [found, work] = ['1,234 positions of 1 vehicle', '2 of 10 data files read (2.0 KiB) in 1.2 s']
  expect([
    sentence({}),
    sentence({ stats: { ...outcome.stats!, hint: 'swapped?' } }),
    sentence({ stats: { ...outcome.stats!, hint: 'swapped?', notes: ['one note', 'another'] } }),
    sentence({ stats: { ...outcome.stats!, unknownBefore: '2026-01-05' } }),
    sentence({ rows: 0, vehicles: 0, stats: { ...outcome.stats!, unknownBefore: '2026-01-05' } }),
    sentence({ status: 'limit-reached' }),
    sentence({ status: 'timed-out' }),
    sentence({ status: 'timed-out', reason: 'no finder has answered', rows: 0, stats: undefined }),
    sentence({ status: 'cancelled', stats: undefined }),
    sentence({ status: 'refused', reason: 'no', rows: 0 }),
    sentence({ status: 'partial', reason: 'a.parquet: gone' }),
  ]).toEqual([
    `complete: ${found}; ${work}`,
    `complete: ${found}; ${work}; swapped?`,
    `complete: ${found}; ${work}; swapped?; one note; another`,
    `complete: ${found}; ${work}`,
    `complete: 0 positions of 0 vehicles; ${work}; the archive begins on 2026-01-05: earlier positions are not known`,
    `limit reached: ${found}, there may be more; ${work}`,
    `timed out: ${found} so far, some are missing; search a smaller area or period, or raise the time limit; ${work}`,
    'timed out: no finder has answered',
    `cancelled: ${found} so far, some are missing`,
    'refused: no',
    `partial: ${found}, some are missing: a.parquet: gone; ${work}`,
  ])
})
