import { expect, test } from 'vitest'
import type { SearchAnswer } from '../../hub/search/search-answer.ts'
import { answerSentence } from './answer-tone.ts'

const outcome: SearchAnswer['outcome'] = {
  status: 'partial',
  reason: 'date=2026-01-05/cell=6cb1d/a.parquet: gone and 1 more',
  rows: 10,
  vehicles: 2,
  stats: {
    query: 'q',
    status: 'partial',
    failed: [
      { path: 'date=2026-01-05/cell=6cb1d/a.parquet', reason: 'gone' },
      { path: 'date=2026-01-05/cell=6cb1d/b.parquet', reason: 'gone' },
    ],
    version: 7,
    files: { total: 3, pruned: 0, read: 1 },
    bytes: { total: 3000, read: 1024 },
    rows: { total: 30, pruned: 0, read: 10, selected: 10 },
    hot: { messages: 0, rows: 0, selected: 0, bytes: 0 },
    tasks: [],
    elapsedMs: 20,
  },
}

test('what failed is counted, whatever else is missing is told', () => {
  expect([answerSentence(outcome), answerSentence({ ...outcome, reason: 'silent', stats: undefined })]).toEqual([
    'Partial: 10 positions of 2 vehicles, some are missing: 2 parts could not be read; 1 of 3 data files read (1.0 KiB) in 20 ms.',
    'Partial: 10 positions of 2 vehicles, some are missing: silent.',
  ])
})
