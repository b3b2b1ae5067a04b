import { createMemoryStore } from '@fleetlake/archive'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRegistry, type Registry } from '../open-registry.ts'
import { addAccount, removeAccount, setAccount, setPassword } from './change-accounts.ts'
import { endSessions, sessionsVersion } from './end-sessions.ts'
import { addToken, digestOfToken, removeToken } from './change-tokens.ts'
import { hashPassword, isPasswordHash, isPasswordOf } from './password-hash.ts'
import { passwordFault } from './password-rules.ts'

const PASSWORD = 'correct horse battery'
const WHO = 'root'

const withAccount = async (name = 'anna'): Promise<Registry> => {
  const registry = await openRegistry(createMemoryStore())
  await addAccount(registry, { name, role: 'viewer', password: PASSWORD }, WHO)
  return registry
}

test('an account is added once, changed, disabled and removed, and only a hash of its password is kept', async () => {
  const registry = await withAccount()
  const account = () => registry.entries('accounts').get('anna')?.value
  expect(account()).toEqual({
    role: 'viewer',
    password: expect.stringMatching(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/),
    disabled: false,
  })
  expect(JSON.stringify(await registry.history())).not.toContain(PASSWORD)
  await expect(addAccount(registry, { name: 'anna', role: 'operator', password: PASSWORD }, WHO)).rejects.toThrow(
    fault('registry.invalid', 'there is an account anna already'),
  )
  await setAccount(registry, { name: 'anna', set: { role: 'operator' } }, WHO)
  await setAccount(registry, { name: 'anna', set: { disabled: true } }, WHO)
  expect(account()).toMatchObject({ role: 'operator', disabled: true })
  await expect(setPassword(registry, { name: 'anna', password: PASSWORD }, WHO)).rejects.toThrow(
    fault('registry.invalid', 'the account anna has this password already'),
  )
  await setPassword(registry, { name: 'anna', password: `${PASSWORD}!` }, WHO)
  const { password } = account()!
  expect([await isPasswordOf(password, `${PASSWORD}!`), await isPasswordOf(password, PASSWORD)]).toEqual([true, false])
  expect(account()).toMatchObject({ role: 'operator', disabled: true })
  expect(await removeAccount(registry, 'anna', WHO)).toEqual([])
  for (const act of [
    removeAccount(registry, 'anna', WHO),
    setAccount(registry, { name: 'anna', set: { role: 'viewer' } }, WHO),
    setPassword(registry, { name: 'anna', password: PASSWORD }, WHO),
    addToken(registry, { name: 't', account: 'anna' }, WHO),
  ]) {
    await expect(act).rejects.toThrow(fault('registry.invalid', 'there is no account anna: see `fleet accounts list`'))
  }
})

test.each(['Anna', '', 'a b', 'a/b', '-a', 'ä', 'a'.repeat(65)])('"%s" is no name', async (name) => {
  const registry = await openRegistry(createMemoryStore())
  await expect(addAccount(registry, { name, role: 'viewer', password: PASSWORD }, WHO)).rejects.toThrow(
    fault('registry.invalid', /is no name of an account: it must be 1 to 64 lower-case letters/),
  )
})

test('a token is 256 random bits of which a digest is kept; it goes with its account', async () => {
  const registry = await withAccount()
  const [one, other] = [
    await addToken(registry, { name: 'import', account: 'anna', expiresMs: Date.UTC(2027, 0, 1) }, WHO),
    await addToken(registry, { name: 'export', account: 'anna' }, WHO),
  ]
  expect(
    [one, other].every(
      (token) => /^flt_[A-Za-z0-9_-]{43}$/.test(token) && Buffer.from(token.slice(4), 'base64url').length === 32,
    ),
  ).toBe(true)
  expect(one).not.toBe(other)
  expect(registry.entries('tokens').get('import')?.value).toEqual({
    account: 'anna',
    sha256: digestOfToken(one),
    expires: '2027-01-01T00:00:00.000Z',
  })
  expect(JSON.stringify(await registry.history())).not.toContain(one.slice(4))
  await expect(addToken(registry, { name: 'import', account: 'anna' }, WHO)).rejects.toThrow(
    fault('registry.invalid', 'there is a token import already'),
  )
  await removeToken(registry, 'export', WHO)
  await expect(removeToken(registry, 'export', WHO)).rejects.toThrow(
    fault('registry.invalid', 'there is no token export: see `fleet tokens list`'),
  )
  const version = registry.version()
  expect(await removeAccount(registry, 'anna', WHO)).toEqual(['import'])
  expect([registry.version(), registry.held()]).toEqual([version + 1, []])
})

test('whoever is faster: no token is left without an account', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const memory = createMemoryStore()
      const first = await openRegistry(memory)
      const account = { role: 'viewer', password: HASH, disabled: false } as const
      await first.put('accounts', 'anna', account, { expected: 0, who: WHO })
      const store = { ...memory, putIfAbsent: scheduler.scheduleFunction(memory.putIfAbsent) }
      const [adder, remover] = [await openRegistry(store), await openRegistry(store)]
      const acts = [addToken(adder, { name: 't', account: 'anna' }, WHO), removeAccount(remover, 'anna', WHO)]
      const [added, removed] = await scheduler.waitFor(Promise.allSettled(acts))
      expect(removed.status).toBe('fulfilled')
      await first.refresh()
      expect(first.held()).toEqual([])
      expect(added.status === 'fulfilled').toBe((await first.history()).length === 4)
    }),
    { numRuns: 30 },
  )
})

/** Of "correct horse battery" with a cost that costs nothing. */
const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$Q0EyPrPyDgRGQYFrQ6n3MA'

test('a hash of another cost is checked by what it says, within bounds', async () => {
  expect(isPasswordHash(await hashPassword(PASSWORD))).toBe(true)
  const costs = [
    'm=8,t=1,p=1',
    'm=1048576,t=16,p=16',
    'm=7,t=1,p=1',
    'm=1048577,t=1,p=1',
    'm=8,t=17,p=1',
    'm=64,t=1,p=17',
    'm=64,t=0,p=1',
    'm=64,t=1,p=0',
  ]
  const withCost = (cost: string): string => HASH.replace('m=8,t=1,p=1', cost)
  expect(costs.map((cost) => isPasswordHash(withCost(cost)))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
    false,
  ])
  expect(['', 'x', HASH.replace('argon2id', 'argon2i'), `${HASH}!`].map(isPasswordHash)).toEqual([
    false,
    false,
    false,
    false,
  ])
  expect(await isPasswordOf('x', PASSWORD)).toBe(false)
})

test('characters that look the same are the same password', async () => {
  const hash = await hashPassword('Müller fährt weg')
  expect(await isPasswordOf(hash, 'Müller fährt weg'.normalize('NFD'))).toBe(true)
})

test.each([
  ['short', 'elf zeichen', /11 characters, and needs 12/],
  ['long', 'ab3 '.repeat(33), /132 characters, and 128 are taken/],
  ['with a line end', 'correct horse\nbattery', /no keyboard types/],
  ['of few characters', 'abababcababc', /fewer than 5 different/],
  ['a repetition', 'tiger!tiger!', /again and again/],
  ['a run of digits', '123456789012', /a run of neighbouring/],
  ['a run of letters, backwards', 'zyxwvutsrqponm', /a run of neighbouring/],
  ['a run of keys', 'QWERTYUIOPASDF', /a run of neighbouring/],
  ['a word and digits', 'Password-2026', /words that everybody tries/],
  ['the name and digits', 'anna.maria-1998!', /name of the account/],
])('a password that is %s is refused', (_, password, message) => {
  expect(passwordFault(password, 'anna.maria')).toMatch(message)
  expect(passwordFault(password, 'anna.maria')).not.toContain(password)
})

test.each([
  PASSWORD,
  'anna.maria loves trains',
  'ÄöüßÄöüßxyz1',
  'x'.repeat(5) + 'Zq7!mnopQ',
  'ab3 xyz 19 '.repeat(11) + 'Q',
])('the password "%s" is taken', (password) => {
  expect(passwordFault(password, 'anna.maria')).toBeUndefined()
})

test('each end of the sessions of a person has a version of its own, also when two end them at once or the entry is removed', async () => {
  const store = createMemoryStore()
  const [one, other] = [await openRegistry(store), await openRegistry(store)]
  expect(sessionsVersion(one, 'anna')).toBe(0)
  await Promise.all([endSessions(one, 'anna', WHO), endSessions(other, 'anna', WHO)])
  await one.refresh()
  expect(sessionsVersion(one, 'anna')).toBe(2)
  await one.put('sessions', 'anna', null, { expected: 2, who: WHO })
  expect(sessionsVersion(one, 'anna')).toBe(3)
  await endSessions(one, 'anna', WHO)
  expect(sessionsVersion(one, 'anna')).toBe(4)
  await expect(endSessions(one, 'No Person', WHO)).rejects.toThrow(fault('registry.invalid', /^sessions No Person: id/))
  await endSessions(one, 'openid:Some Body', WHO)
  expect(one.faults()).toEqual([])
})
