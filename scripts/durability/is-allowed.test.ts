import { expect, test } from 'vitest'
import { isAllowed, type MayLose } from './is-allowed.ts'

const MAY_LOSE: readonly MayLose[] = ['nothing', 'what is told', 'anything']

test.each([
  { what: 'nothing lost', report: { lost: 0, told: 0, perhaps: 0 }, allowedBy: MAY_LOSE },
  { what: 'all lost ones told', report: { lost: 7, told: 4, perhaps: 3 }, allowedBy: ['what is told', 'anything'] },
  { what: 'one lost without a word', report: { lost: 7, told: 4, perhaps: 2 }, allowedBy: ['anything'] },
  {
    what: 'a stream that does not come back',
    report: { lost: NaN, told: NaN, perhaps: NaN, isStuck: true },
    allowedBy: ['anything'],
  },
  { what: 'nothing acknowledged', report: { acknowledged: 0, lost: 0, told: 0, perhaps: 0 }, allowedBy: [] },
])('$what is allowed by $allowedBy alone', ({ report, allowedBy }) => {
  expect(MAY_LOSE.filter((mayLose) => isAllowed({ acknowledged: 10, ...report }, mayLose))).toEqual(allowedBy)
})
