import type { Chunk, VersionChanges } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { dayOfDate, type Forgotten, nextDate, planStep, type StepFacts } from './plan-step.ts'

const DAY_MS = 86_400_000
const [D1, D2, D3] = ['2026-11-18', '2026-11-19', '2026-11-20']

const file = (path: string, date: string): Chunk => ({ path, date }) as Chunk
const version = (number: number, changes: Partial<VersionChanges> = {}): VersionChanges => ({
  version: number,
  commit: number,
  madeMs: 0,
  isRetention: false,
  added: [],
  removed: [],
  ...changes,
})
const facts = (some: Partial<StepFacts>): StepFacts => ({
  offset: { version: 4, commit: 7, frontier: 0 },
  by: [],
  to: 6,
  commitNow: 7,
  changes: [version(5), version(6)],
  newestDayGone: undefined,
  lost: new Set(),
  nowMs: DAY_MS,
  maxLagMs: DAY_MS,
  ...some,
})
const gone = (date: string) => ({ path: 'gone', place: { date, cell: '69y7p' } })

test('files of new rows are folded in the order of the versions', () => {
  const [a, b, c] = [file('a', D1), file('b', D2), file('c', D1)]
  const changes = [version(5, { added: [a, b] }), version(6, { added: [c] })]
  expect(planStep(facts({ changes }), true)).toEqual({ do: 'fold', files: [a, b, c], replaced: [] })
  expect(planStep(facts({ to: 4, changes: [] }), true)).toEqual({ do: 'rest' })
})

test('rows that another program took of a date that retention took as well do not stay last positions, those that retention took do', () => {
  const taken = { offset: { version: 4, commit: 7, frontier: dayOfDate(D3) }, newestDayGone: dayOfDate(D2) }
  const by = (isRetention: boolean) => ({ ...taken, changes: [version(5, { isRetention, removed: [gone(D1)] })] })
  const nothing = { do: 'fold', files: [], replaced: [] }
  expect(planStep(facts(by(true)), false)).toEqual(nothing)
  expect(planStep(facts(by(false)), false)).toMatchObject({ do: 'build', forget: [D1] })
  expect(planStep(facts(by(false)), true)).toEqual(nothing)
  // Also where they are built again for another reason.
  expect(planStep(facts({ ...by(false), by: ['order_id'] }), false)).toMatchObject({ do: 'build', forget: [D1] })
})

test('rows before the frontier are left to the build, and of what retention took presence says nothing', () => {
  const changes = [version(5, { added: [file('a', D1), file('b', D2), file('c', D3)], removed: [gone(D1)] })]
  const offset = { version: 4, commit: 7, frontier: dayOfDate(D2) }
  expect(planStep(facts({ changes, offset }), true)).toMatchObject({
    files: [{ path: 'b' }, { path: 'c' }],
    replaced: [],
  })
  const taken = { changes: [{ ...changes[0], isRetention: true }], newestDayGone: dayOfDate(D2) }
  expect(planStep(facts(taken), true)).toMatchObject({ files: [{ path: 'c' }], replaced: [] })
  // A last position stays, and may come from a date of which something was taken.
  expect(planStep(facts(taken), false)).toMatchObject({ files: [{ path: 'a' }, { path: 'b' }, { path: 'c' }] })
})

test('a date of which rows went, or whose file is gone, is made anew; several, and what has no dates, are built again', () => {
  const added = [file('a', D1), file('b', D2)]
  const removal = [version(5, { added, removed: [gone(D1)] })]
  expect(planStep(facts({ changes: removal }), true)).toEqual({ do: 'fold', files: [added[1]], replaced: [D1] })
  const lost = { changes: [version(5, { added })], lost: new Set(['b']) }
  expect(planStep(facts(lost), true)).toEqual({ do: 'fold', files: [added[0]], replaced: [D2] })
  expect(planStep(facts(lost), false)).toEqual({
    do: 'build',
    forget: [],
    why: 'rows of 2026-11-19 were taken away, or are in other files by now',
  })
})

/** What they are built again without, of what they hold of dates that retention took. */
const FORGOTTEN = new Map<string, Forgotten>([
  ['it is new', 'all'],
  ['the archive is an older copy: it ends at version 3, and version 4 was folded', 'all'],
  ['the archive is another copy: its version 4 is not the one that was folded', 'all'],
  ['version 5 took rows away and does not say of which date', 'all'],
  ['rows of 2 dates were taken away, or are in other files by now', [D1, D2]],
])

test.each<[string, Partial<StepFacts>]>([
  ['it is new', { offset: undefined }],
  ['projector.latestBy was changed: none before, order_id, trip_id now', { by: ['order_id', 'trip_id'] }],
  [
    'projector.latestBy was changed: order_id before, none now',
    { offset: { version: 4, commit: 7, frontier: 0, by: ['order_id'] } },
  ],
  ['the archive is an older copy: it ends at version 3, and version 4 was folded', { to: 3, commitNow: undefined }],
  ['version 4, which was folded last, is not in the log any more', { commitNow: undefined }],
  ['the archive is another copy: its version 4 is not the one that was folded', { commitNow: 8 }],
  ['versions after 4 are not in the log any more', { changes: undefined }],
  ['version 5 has waited for 2.0 days, the limit is 1.0 days', { nowMs: 2 * DAY_MS }],
  [
    'version 5 took rows away and does not say of which date',
    { changes: [version(5, { removed: [{ path: 'x', place: undefined }] })] },
  ],
  [
    'rows of 2 dates were taken away, or are in other files by now',
    { changes: [version(5, { removed: [gone(D1), gone(D2)] })] },
  ],
])('a projection is built again, and why is told: %s', (why, some) => {
  expect(planStep(facts(some), true)).toEqual({ do: 'build', why, forget: FORGOTTEN.get(why) ?? [] })
})

test('what another projector has folded beyond the version that is known stays, unless the log has another commit there', () => {
  const ahead = facts({ to: 3, changes: [] })
  for (const by of [[], ['order_id']]) expect(planStep({ ...ahead, by }, false)).toEqual({ do: 'rest' })
  expect(planStep({ ...ahead, commitNow: 8 }, false)).toMatchObject({ do: 'build', forget: 'all' })
})

test('an idle table whose last commit is not there stays folded', () => {
  expect(planStep(facts({ to: 4, commitNow: undefined, changes: [] }), true)).toEqual({ do: 'rest' })
})

test('a build comes to every date, the newest first, but for those that retention took', () => {
  const dates = [D2, D1, D3]
  const order: string[] = []
  for (let date = nextDate(dates, Infinity); date !== undefined; date = nextDate(dates, dayOfDate(date)))
    order.push(date)
  expect(order).toEqual([D3, D2, D1])
  expect(nextDate(dates, dayOfDate(D2), dayOfDate(D1))).toBeUndefined()
})
