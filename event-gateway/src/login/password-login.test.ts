import { isPasswordOf } from '@fleetlake/registry'
import { expect, onTestFinished, test } from 'vitest'
import type { KnownAccount } from '../people/directory.ts'
import { HASH, OTHER_HASH, PASSWORD, startTestApp, type TestApp, type TestAppOptions } from '../testing/app.ts'
import { createPasswordLogin, type PasswordLogin } from './password-login.ts'

const start = async (options: TestAppOptions = {}): Promise<TestApp> => {
  const app = await startTestApp(options)
  onTestFinished(() => app.close())
  return app
}

const ANNA: KnownAccount = { name: 'anna', role: 'viewer', password: HASH, disabled: false, version: 1 }

const create = (accounts: readonly KnownAccount[] = [ANNA], verify = isPasswordOf): PasswordLogin =>
  createPasswordLogin({
    directory: { account: (name) => accounts.find((each) => each.name === name) },
    decoy: OTHER_HASH,
    verify,
  })

const repeated = async (
  times: number,
  attempt: (i: number) => Promise<{ readonly kind: string }>,
): Promise<string[]> => {
  const kinds: string[] = []
  for (let i = 0; i < times; i++) kinds.push((await attempt(i)).kind)
  return kinds
}

test('each login is told with how it ended, and what is no login is none', async () => {
  const told: string[] = []
  const client = (await start({ onLogin: (result) => told.push(result) })).client()
  await client.logIn('anna', PASSWORD)
  await client.logIn('anna', 'wrong')
  await client.logIn('nobody', PASSWORD)
  await client.logIn('', '')
  expect(told).toEqual(['ok', 'refused', 'refused'])
})

test('after ten failures of an address for an account even the right password is not looked at, for a while', async () => {
  let compared = 0
  const app = await start({ onCompare: () => compared++ })
  const client = app.client()
  for (let i = 0; i < 10; i++) expect((await client.logIn('anna', `wrong ${i}`)).status).toBe(401)
  const { status, headers, body } = await client.logIn('anna', PASSWORD)
  expect([status, body['title']]).toEqual([429, 'too many logins have failed: try again in 15 min'])
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(800)
  expect(compared).toBe(10)
})

test('an account that is not there is answered and locked as one that is', async () => {
  const app = await start()
  const answers = async (name: string): Promise<unknown[]> => {
    const all: unknown[] = []
    for (let i = 0; i < 11; i++) all.push((await app.client().logIn(name, 'wrong wrong wrong')).body)
    return all
  }
  expect(await answers('anna')).toEqual(await answers('nobody'))
})

test('of many attempts at once no more passwords are compared than may fail', async () => {
  let compared = 0
  const logIn = create([ANNA], async (hash, password) => {
    compared++
    return isPasswordOf(hash, password)
  })
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => logIn('anna', 'wrong', '10.0.0.1')))
  expect(compared).toBe(10)
  expect(outcomes.filter(({ kind }) => kind === 'locked')).toHaveLength(30)
})

test('an address is locked for all accounts after thirty failures, and others are not', async () => {
  const logIn = create()
  const failing = await repeated(31, (i) => logIn(`name-${i}`, 'wrong', '10.0.0.1'))
  expect(failing).toEqual([...Array<string>(30).fill('wrong'), 'locked'])
  expect((await logIn('anna', PASSWORD, '10.0.0.1')).kind).toBe('locked')
  expect((await logIn('anna', PASSWORD, '10.0.0.2')).kind).toBe('in')
})

test('one address can not lock an account for others, however often it tries', async () => {
  const logIn = create()
  await repeated(500, () => logIn('anna', 'wrong', '10.0.0.1'))
  expect((await logIn('anna', PASSWORD, '10.0.0.2')).kind).toBe('in')
})

test('many addresses together are held up after two hundred failures for an account', async () => {
  const logIn = create()
  const failing = await repeated(201, (i) => logIn('anna', 'wrong', `10.0.${Math.floor(i / 9)}.1`))
  expect(failing).toEqual([...Array<string>(200).fill('wrong'), 'locked'])
})

test('attempts that a locked account has kept from being looked at lock no address', async () => {
  const logIn = create([ANNA], async (_, password) => password === PASSWORD)
  const names = ['ben', 'carl', 'dora', 'emil']
  for (const name of names) await repeated(200, (i) => logIn(name, 'wrong', `${name}-${Math.floor(i / 4)}`))
  for (const name of names)
    expect(await repeated(10, () => logIn(name, PASSWORD, '10.9.9.9'))).toEqual(Array<string>(10).fill('locked'))
  expect((await logIn('anna', PASSWORD, '10.9.9.9')).kind).toBe('in')
})

test('for a name that is not there a password is compared, too', async () => {
  const hashes: string[] = []
  const logIn = create([ANNA], async (hash) => {
    hashes.push(hash)
    return true
  })
  expect((await logIn('nobody', PASSWORD, '10.0.0.1')).kind).toBe('wrong')
  expect(hashes).toEqual([OTHER_HASH])
})

test('the right password gives back what was counted', async () => {
  const logIn = create()
  for (let round = 0; round < 5; round++) {
    await repeated(9, () => logIn('anna', 'wrong', `10.0.0.${round}`))
    expect(await repeated(40, () => logIn('anna', PASSWORD, `10.0.0.${round}`))).toEqual(Array<string>(40).fill('in'))
  }
})

test('the password of a disabled account is wrong', async () => {
  const logIn = create([{ ...ANNA, disabled: true }])
  expect((await logIn('anna', PASSWORD, '10.0.0.1')).kind).toBe('wrong')
})

test('only so many wait for their turn', async () => {
  const { promise: verified, resolve } = Promise.withResolvers<boolean>()
  const logIn = create([ANNA], () => verified)
  const outcomes = Array.from({ length: 60 }, (_, i) => logIn('anna', PASSWORD, `10.0.0.${i}`))
  resolve(true)
  const kinds = (await Promise.all(outcomes)).map(({ kind }) => kind)
  expect([kinds.filter((kind) => kind === 'in').length, kinds.filter((kind) => kind === 'busy').length]).toEqual([
    50, 10,
  ])
})

test('neither a password nor what was typed in as a name is logged', async () => {
  const app = await start()
  await app.client().logIn('anna', PASSWORD)
  await app.client().logIn('anna', 'my wrong password')
  await app.client().logIn('My Password As A Name', 'x')
  expect(app.lines).toEqual([
    'anna has logged in from 127.0.0.1',
    'a login as anna from 127.0.0.1 has failed',
    'a login as an unknown account from 127.0.0.1 has failed',
  ])
})
