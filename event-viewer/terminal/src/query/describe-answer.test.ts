import { expect, test } from 'vitest'
import { type AnswerStats, describeAnswer, EXIT_CODES } from './describe-answer.ts'

const stats: AnswerStats = {
  query: 'q',
  status: 'complete',
  failed: [],
  version: 7,
  files: { total: 10, pruned: 8, read: 2 },
  bytes: { total: 10_000, read: 2048 },
  rows: { total: 1000, pruned: 900, read: 100, selected: 1 },
  tasks: [],
  elapsedMs: 1234,
}

test('each ending is a sentence', () => {
  const work = '2 of 10 chunks read (2.0 KiB), 1.2 s'
  const sentence = (some: Partial<AnswerStats>): string => describeAnswer({ ...stats, ...some })
  expect([
    sentence({}),
    sentence({ status: 'limit-reached' }),
    sentence({ status: 'timed-out' }),
    sentence({ status: 'cancelled' }),
    sentence({ status: 'refused', error: 'no' }),
    sentence({ status: 'partial', failed: [{ path: 'a.parquet', reason: 'gone' }] }),
    sentence({ status: 'partial', error: 'the finder is gone' }),
  ]).toEqual([
    `complete: 1 position; ${work}`,
    `limit reached: the first 1 position that were found, there may be more; ${work}`,
    `timed out: 1 position so far, some are missing; ask for less or give it longer with --timeout; ${work}`,
    `cancelled: 1 position so far, some are missing; ${work}`,
    'refused: no',
    `partial: 1 position, some are missing: 1 chunk could not be read: a.parquet (gone); ${work}`,
    `partial: 1 position, some are missing: the finder is gone; ${work}`,
  ])
})

test('only what misses nothing that was asked for ends with 0', () => {
  expect(Object.entries(EXIT_CODES).filter(([, code]) => code === 0).map(([status]) => status)).toEqual(['complete', 'limit-reached'])
})
