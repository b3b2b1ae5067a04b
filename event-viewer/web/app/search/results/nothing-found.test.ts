import { expect, test } from 'vitest'
import type { SearchAnswer } from '../../hub/search/search-answer.ts'
import { nothingFound } from './nothing-found.ts'

const input: SearchAnswer['input'] = {
  from: '2026-01-05T07:00:00.000Z',
  to: '2026-01-05T08:00:00.000Z',
  limit: 1,
  timeoutMs: 1,
}
const stats: NonNullable<SearchAnswer['outcome']['stats']> = {
  query: 'q',
  status: 'complete',
  failed: [],
  version: 7,
  files: { total: 10, pruned: 10, read: 0 },
  bytes: { total: 10, read: 0 },
  rows: { total: 10, pruned: 10, read: 0, selected: 0 },
  hot: { messages: 0, rows: 0, selected: 0, bytes: 0 },
  tasks: [],
  elapsedMs: 1,
}
const outcome = { status: 'complete' as const, reason: undefined, rows: 0, vehicles: 0, stats }

test('that no vehicle was there is said only where it is known', () => {
  const empty = { ...stats, files: { total: 0, pruned: 0, read: 0 } }
  const answers: Pick<SearchAnswer, 'input' | 'outcome'>[] = [
    { input, outcome },
    { input: { ...input, vehicleTypes: ['bus'] }, outcome },
    { input: { ...input, vehicleIds: ['v-1'] }, outcome },
    { input: { ...input, vehicleIds: ['v-1', 'v-2'] }, outcome },
    { input, outcome: { ...outcome, stats: { ...stats, unknownBefore: '2026-01-06' } } },
    { input, outcome: { ...outcome, stats: empty } },
    { input, outcome: { ...outcome, stats: undefined } },
    ...(['partial', 'timed-out', 'cancelled', 'limit-reached'] as const).map((status) => ({
      input,
      outcome: { ...outcome, status },
    })),
  ]
  expect(answers.map((answer) => nothingFound(answer).title)).toEqual([
    'No vehicle was there',
    'No vehicle of this type was there',
    'No position of this vehicle was found',
    'No position of these vehicles was found',
    'No position was found',
    'No position was found',
    'No position was found',
    ...Array.from({ length: 4 }, () => 'Nothing was found'),
  ])
})
