import { expect, test } from 'vitest'
import { type Member, newestVersion, serviceGroups } from './service-groups.ts'

const member = (group: Member['group'], name: string, state: Member['state'] = 'alive'): Member => ({
  group,
  member: name,
  version: '0.1.0',
  upMs: 1000,
  memoryBytes: 1,
  lagMs: null,
  state,
})

test('every kind of service is listed, also one that is not running', () => {
  const heard = [member('finders', 'f1'), member('collectors', 'c1'), member('collectors', 'c2', 'silent')]
  expect(
    serviceGroups(heard).map(({ group, members, alive }) => [group, members.map((each) => each.member), alive]),
  ).toEqual([
    ['generators', [], 0],
    ['collectors', ['c1', 'c2'], 1],
    ['compactors', [], 0],
    ['projectors', [], 0],
    ['finders', ['f1'], 1],
  ])
  expect(serviceGroups([member('gateways', 'g1')]).at(-1)).toMatchObject({ group: 'gateways', alive: 1 })
})

test('versions are compared as numbers', () => {
  expect(newestVersion(['0.9.0', '0.10.0', '0.2.1'].map((version) => ({ version })))).toBe('0.10.0')
  expect(newestVersion([])).toBeUndefined()
})
