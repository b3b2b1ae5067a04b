import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { addedText, checkLines, fillExample, missingSettings, newSecrets, placeSettings } from './make-secrets.ts'

const root = join(import.meta.dirname, '../../..')

test('the page is on this machine by default, and at every address for a name of its own', () => {
  expect([
    placeSettings({ host: 'localhost', port: 8443 }),
    placeSettings({ host: 'fleet.example.com', port: 443 }),
  ]).toEqual([
    {
      FLEET_HOST: 'localhost',
      FLEET_BIND: '127.0.0.1',
      FLEET_PORT: '8443',
      FLEET_PUBLIC_URL: 'https://localhost:8443',
      FLEET_PUBLIC_HUB_URL: 'wss://localhost:8443/hub',
    },
    {
      FLEET_HOST: 'fleet.example.com',
      FLEET_BIND: '0.0.0.0',
      FLEET_PORT: '443',
      FLEET_PUBLIC_URL: 'https://fleet.example.com',
      FLEET_PUBLIC_HUB_URL: 'wss://fleet.example.com/hub',
    },
  ])
})

test('every variable of docker-compose.yml is in the example, and each that is empty there gets a secret of its own', async () => {
  const [example, compose] = await Promise.all(
    ['.env.example', 'docker-compose.yml'].map((file) => readFile(join(root, file), 'utf8')),
  )
  const used = new Set([...compose.matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  const named = [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => ({ name, value }))
  expect(named.map(({ name }) => name).toSorted()).toEqual([...used].toSorted())
  const secrets = newSecrets()
  expect(Object.keys(secrets).toSorted()).toEqual(
    named.flatMap(({ name, value }) => (value === '' ? [name] : [])).toSorted(),
  )
  expect(fillExample(example, secrets)).not.toMatch(/^\w+=$/m)
  expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length)
})

/** Compose has a default for them, by which a stack without them runs. */
const LEFT_TO_COMPOSE = ['FLEET_BIND', 'FLEET_PORT']
const KEY_PAIR = ['FLEET_HUB_ISSUER', 'FLEET_GATEWAY_HUB_ISSUER_SECRET']

test('whichever one setting a .env lacks, or has without a value, that one is added and no other', async () => {
  const example = await readFile(join(root, '.env.example'), 'utf8')
  const fresh = (): Record<string, string> => ({ ...placeSettings({ host: 'localhost', port: 8443 }), ...newSecrets() })
  const full = fillExample(example, fresh())
  const names = Object.keys(parseEnv(full)).filter((name) => ![...KEY_PAIR, ...LEFT_TO_COMPOSE].includes(name))
  for (const name of names)
    for (const line of ['', `${name}=`, `${name}=""`]) {
      const env = full.replace(new RegExp(`^${name}=.*$`, 'm'), line)
      const missing = missingSettings(env, example, fresh())
      expect(Object.keys(missing)).toEqual([name])
      expect(parseEnv(env + addedText(env, missing))).toEqual({ ...parseEnv(full), ...missing })
    }
  expect(missingSettings(full, example, fresh())).toEqual({})
  const [bind, port] = LEFT_TO_COMPOSE.map((name) => new RegExp(`^${name}=.*$`, 'm'))
  expect(missingSettings(full.replace(bind, '').replace(port, 'FLEET_PORT='), example, fresh())).toEqual({})
})

test.each(['FLEET_OPS_TOKEN=abc#def', 'FLEET_OPS_TOKEN=#abc', 'FLEET_OPS_TOKEN: abc', 'export FLEET_OPS_TOKEN=a#b'])(
  'the line %s is refused: compose reads it in another way',
  (line) => {
    expect(() => checkLines(`# A comment: with a # in it\nFLEET_HOST=localhost # here\n${line}\n`)).toThrow(
      /^line 3 of \.env /,
    )
  },
)

test('lines that both read alike are taken', async () => {
  const example = await readFile(join(root, '.env.example'), 'utf8')
  const full = fillExample(example, { ...placeSettings({ host: 'localhost', port: 8443 }), ...newSecrets() })
  for (const env of ['', full, 'A=\'x#y\'\nB="x # y"\nC=\nD=x # y: z#\nE=https://x/y\n'])
    expect(checkLines(env)).toBeUndefined()
})

test('a .env with one half of the key pair gets no other, one with neither gets both', async () => {
  const example = await readFile(join(root, '.env.example'), 'utf8')
  const full = fillExample(example, newSecrets())
  const without = (...names: string[]): string => full.replace(new RegExp(`^(${names.join('|')})=.*\n`, 'gm'), '')
  const missing = (env: string): string[] => Object.keys(missingSettings(env, example, newSecrets()))
  const [first, second] = KEY_PAIR as [string, string]
  expect(() => missing(without(first))).toThrow(
    `.env has no ${first}, which belongs to its ${second}: put it back, or remove that one too and have both made anew`,
  )
  expect(() => missing(without(second))).toThrow(`.env has no ${second}, which belongs to its ${first}`)
  expect(missing(without(first, second))).toEqual(KEY_PAIR.toSorted())
})

const run = async (folder: string, ...args: string[]): Promise<{ code: number; said: string }> => {
  const script = join(import.meta.dirname, 'make-secrets.ts')
  const {
    code = 0,
    stdout,
    stderr,
  } = await promisify(execFile)(process.execPath, [script, '--folder', folder, ...args])
    .then((said) => ({ ...said, code: 0 }))
    .catch((error: { code: number; stdout: string; stderr: string }) => error)
  return { code, said: `${stdout}${stderr}` }
}

test('the command makes a .env, adds to one of an earlier release what is missing, and leaves a whole one alone', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, '.env')
  const token = (): Promise<string> => readFile(join(folder, '.fleetlake/compose/ops-token'), 'utf8')
  expect(await run(folder, '--host', 'fleet.example.com')).toEqual({
    code: 0,
    said: 'Made .env for https://fleet.example.com. Keep it: it has the secrets of this stack.\n',
  })
  const made = await readFile(file, 'utf8')
  // Of an earlier release, changed by hand, and without an end of its last line.
  const earlier = made
    .replace(/^FLEET_HUB_PASSWORD_PROJECTOR=.*\n/m, '')
    .replace(/^FLEET_PUBLIC_HUB_URL=.*\n/m, '')
    .trimEnd()
  await writeFile(file, earlier)
  expect(await run(folder)).toEqual({
    code: 0,
    said: 'Added to .env: FLEET_HUB_PASSWORD_PROJECTOR, FLEET_PUBLIC_HUB_URL. All else in it stays as it was.\n',
  })
  const completed = await readFile(file, 'utf8')
  expect(completed.startsWith(`${earlier}\n`)).toBe(true)
  expect(completed.slice(earlier.length)).toMatch(
    /^\n\n# .*\nFLEET_HUB_PASSWORD_PROJECTOR=[a-z]\w{31,}\nFLEET_PUBLIC_HUB_URL=wss:\/\/fleet\.example\.com\/hub\n$/,
  )
  expect(await run(folder)).toEqual({ code: 0, said: '.env has all that it needs, and stays as it was.\n' })
  expect(await run(folder, '--host', 'other.example.com')).toEqual({
    code: 1,
    said: expect.stringContaining('.env is there already, for another host or port'),
  })
  expect(await readFile(file, 'utf8')).toBe(completed)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await token()).toBe(parseEnv(made).FLEET_OPS_TOKEN)
})
