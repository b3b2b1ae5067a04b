import { MAX_SIGHT_BYTES, type Role, rightsOf, type Sight, sightOf } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { judgeSearch } from './judge-search.ts'

const NOW = Date.parse('2026-01-05T12:00:00Z')
const HOUR = 3_600_000
const NORTH = sightOf(['tram-*', 'bus-7'])

const judge = (role: Role, hoursAgo: number, vehicles: Sight = NORTH): Sight =>
  judgeSearch(
    { person: 'anna', rights: rightsOf(role), vehicles },
    { person: 'anna', from: new Date(NOW - hoursAgo * HOUR).toISOString() },
    NOW,
  )

const NO_SEARCH =
  'anna may see where vehicles are now, and how the services are, and not search: ask who runs Fleetlake for the role dispatcher (the last 24 hours) or investigator (all that is archived)'
const LAST_DAY =
  'anna may search the last 24 hours, and this period begins before them: let it begin at 2026-01-04T12:00:00.000Z or later, or ask who runs Fleetlake for the role investigator (all that is archived)'

test.each([
  ['viewer', NO_SEARCH, NO_SEARCH],
  ['dispatcher', NORTH, LAST_DAY],
  ['investigator', NORTH, NORTH],
  ['operator', NORTH, NORTH],
] as const)('what a %s may search', (role, lastDay, past) => {
  const outcome = (hoursAgo: number): unknown => {
    try {
      return judge(role, hoursAgo)
    } catch (error) {
      return error
    }
  }
  const expected = (said: unknown): unknown => (typeof said === 'string' ? fault('query.denied', said) : said)
  // A clock that is some minutes late is no past.
  expect([-1, 0, 24, 24.05].map(outcome)).toEqual(Array(4).fill(expected(lastDay)))
  expect([24.1, 25, 10_000].map(outcome)).toEqual(Array(3).fill(expected(past)))
})

test('who is not known is refused by name', () => {
  const from = new Date(NOW).toISOString()
  expect(() => judgeSearch(undefined, { person: 'anna_2eb', from }, NOW)).toThrow(
    fault(
      'query.denied',
      'anna.b may not search here: there is no such account, or it is disabled; log in again, or ask who runs Fleetlake',
    ),
  )
})

test('groups that name more than a task takes are refused; what they begin with is short', () => {
  const names = Array.from({ length: 9_000 }, (_, i) => `vehicle-${String(i).padStart(5, '0')}`)
  expect(judge('operator', 0, sightOf(names.slice(0, 7_500)))).toEqual({ ids: names.slice(0, 7_500), prefixes: [] })
  expect(() => judge('operator', 0, sightOf(names))).toThrow(
    fault(
      'query.denied',
      `the groups of anna name more vehicles than a search can take along, 144000 bytes of ids where ${MAX_SIGHT_BYTES} fit: ask who runs Fleetlake to name them by what their ids begin with, as in \`bus-*\``,
    ),
  )
  expect(judge('operator', 0, sightOf([...names, 'vehicle-*']))).toEqual({ ids: [], prefixes: ['vehicle-'] })
})
