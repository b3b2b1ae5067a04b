import { expect, test } from 'vitest'
import { RIGHTS, rightsOf } from './rights.ts'
import { ROLES } from './role.ts'

test('each role may what is written of it, and what those before it may', () => {
  expect(Object.fromEntries(ROLES.map((role) => [role, [...rightsOf(role)]]))).toEqual({
    viewer: ['live'],
    dispatcher: ['live', 'search-last-day', 'areas'],
    investigator: ['live', 'search-last-day', 'areas', 'search', 'export'],
    operator: ['live', 'search-last-day', 'areas', 'search', 'export', 'generate', 'import', 'audit', 'registry'],
  })
  expect([...rightsOf('operator')].toSorted()).toEqual(Object.keys(RIGHTS).toSorted())
})
