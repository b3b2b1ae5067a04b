import { createMemoryStore } from '@fleetlake/archive'
import { ANYONE, personToken, rightsOf } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openRegistry, type Registry } from '../open-registry.ts'
import { accessOf } from './access.ts'
import type { Account } from './account.ts'
import { addAccount, setAccount } from './change-accounts.ts'
import { membersOf, removeGroup, setGroup } from './change-groups.ts'
import { keepPerson } from './keep-person.ts'

const WHO = 'root'
const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aVw+uxzwdEqVo4tlI8TS7Q'

const withGroups = async (): Promise<Registry> => {
  const registry = await openRegistry(createMemoryStore())
  onTestFinished(() => registry.close())
  await setGroup(registry, { name: 'north', vehicles: ['bus-7', 'tram-*', 'tram-1'] }, WHO)
  await setGroup(registry, { name: 'south', vehicles: ['taxi-*', 'bus-7'] }, WHO)
  await setGroup(registry, { name: 'fleet', vehicles: ['*'] }, WHO)
  return registry
}

const put = (registry: Registry, name: string, some: Partial<Account>): Promise<number> =>
  registry.put(
    'accounts',
    name,
    { role: 'dispatcher', password: HASH, disabled: false, ...some },
    { expected: 0, who: WHO },
  )

const sightOfPerson = (registry: Registry, person: string) => accessOf(registry, personToken(person))?.vehicles

test('an account sees all vehicles, or those of its groups alone', async () => {
  const registry = await withGroups()
  await put(registry, 'all', {})
  await put(registry, 'one', { groups: ['north'] })
  await put(registry, 'two', { groups: ['north', 'south', 'gone'] })
  await put(registry, 'fleet', { groups: ['north', 'fleet'] })
  await put(registry, 'gone', { groups: ['gone'] })
  await put(registry, 'none', { groups: [] })
  const NONE = { ids: [], prefixes: [] }
  expect(
    Object.fromEntries(
      ['all', 'one', 'two', 'fleet', 'gone', 'none'].map((name) => [name, sightOfPerson(registry, name)]),
    ),
  ).toEqual({
    all: 'all',
    one: { ids: ['bus-7'], prefixes: ['tram-'] },
    two: { ids: ['bus-7'], prefixes: ['taxi-', 'tram-'] },
    fleet: 'all',
    gone: NONE,
    none: NONE,
  })
})

test('who is known has the rights of the role; nobody else has any', async () => {
  const registry = await withGroups()
  await put(registry, 'anna', { groups: ['north'] })
  await put(registry, 'ben', { disabled: true })
  await keepPerson(registry, 'openid:anna', { role: 'investigator', issuer: 'https://login.example.com' })
  const of = (person: string) => accessOf(registry, personToken(person))
  expect(['anna', 'openid:anna', 'os:anna'].map(of)).toEqual([
    { person: 'anna', rights: rightsOf('dispatcher'), vehicles: { ids: ['bus-7'], prefixes: ['tram-'] } },
    { person: 'openid:anna', rights: rightsOf('investigator'), vehicles: 'all' },
    { person: 'os:anna', rights: rightsOf('operator'), vehicles: 'all' },
  ])
  expect([...['ben', 'carl', 'openid:ben', ANYONE, 'north'].map(of), accessOf(registry, 'Anna')]).toEqual(
    Array(6).fill(undefined),
  )
})

test('an entry that does not fit gives nothing: the account is unknown, the group has no vehicle', async () => {
  const registry = await withGroups()
  await put(registry, 'anna', { groups: ['odd', 'south'] })
  await registry.change(
    () => [
      { kind: 'groups', id: 'odd', value: { vehicles: ['*-nord'] }, expected: 0, mayNotFit: true },
      {
        kind: 'accounts',
        id: 'ben',
        value: { role: 'operator', password: HASH, disabled: false, only: 'mornings' },
        expected: 0,
        mayNotFit: true,
      },
    ],
    WHO,
  )
  expect([sightOfPerson(registry, 'anna'), sightOfPerson(registry, 'ben')]).toEqual([
    { ids: ['bus-7'], prefixes: ['taxi-'] },
    undefined,
  ])
})

test('a group is changed and removed, and says who had it', async () => {
  const registry = await withGroups()
  await put(registry, 'anna', { groups: ['south'] })
  await keepPerson(registry, 'openid:ben', { role: 'viewer', groups: ['north', 'south'] })
  await setGroup(registry, { name: 'south', vehicles: ['taxi-1', 'taxi-1'] }, WHO)
  expect(registry.entries('groups').get('south')).toMatchObject({ version: 2, value: { vehicles: ['taxi-1'] } })
  expect(membersOf(registry, 'south')).toEqual(['anna', 'openid:ben'])
  expect(await removeGroup(registry, 'south', WHO)).toEqual(['anna', 'openid:ben'])
  expect(sightOfPerson(registry, 'anna')).toEqual({ ids: [], prefixes: [] })
  await expect(removeGroup(registry, 'south', WHO)).rejects.toThrow(
    fault('registry.invalid', 'there is no group south: see `fleet groups list`'),
  )
  await expect(setGroup(registry, { name: 'south', vehicles: ['a*b'] }, WHO)).rejects.toThrow(
    fault('registry.invalid', '"a*b" names no vehicles: it may have a * at its end only'),
  )
})

test('an account is given groups that are there, and all vehicles again', async () => {
  const registry = await withGroups()
  const anna = { name: 'anna', role: 'viewer', password: 'correct horse battery' } as const
  await expect(addAccount(registry, { ...anna, groups: ['nroth'] }, WHO)).rejects.toThrow(
    fault('registry.invalid', 'there is no group nroth: see `fleet groups list`'),
  )
  await expect(addAccount(registry, { ...anna, name: ANYONE }, WHO)).rejects.toThrow(
    fault('registry.invalid', 'anyone is who asks where no login is needed: take another name'),
  )
  await addAccount(registry, { ...anna, groups: ['north'] }, WHO)
  const seen = [sightOfPerson(registry, 'anna')]
  for (const groups of [[], ['fleet', 'north'], undefined]) {
    await setAccount(registry, { name: 'anna', set: { groups } }, WHO)
    seen.push(sightOfPerson(registry, 'anna'))
  }
  expect(seen).toEqual([{ ids: ['bus-7'], prefixes: ['tram-'] }, { ids: [], prefixes: [] }, 'all', 'all'])
  expect(registry.entries('accounts').get('anna')?.value).not.toHaveProperty('groups')
})

test('what a provider says is kept when it says something else', async () => {
  const registry = await withGroups()
  const said = { role: 'viewer', groups: ['north'], issuer: 'https://login.example.com' } as const
  const versions: (number | undefined)[] = []
  for (const now of [said, said, { ...said, groups: ['south'] }]) {
    await keepPerson(registry, 'openid:ben', { ...now, groups: [...now.groups] })
    versions.push(registry.entries('people').get('openid:ben')?.version)
  }
  expect(versions).toEqual([1, 1, 2])
})
