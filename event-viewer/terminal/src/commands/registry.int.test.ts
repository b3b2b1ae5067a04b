import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { subjects } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { type FleetRun, runFleetProcess, runIntoClosedPipe } from '../testing/fleet.ts'

const PASSWORD = 'correct horse battery'
/** No hub is there. */
const NOWHERE = 'nats://127.0.0.1:9'

interface Archive {
  readonly folder: string
  readonly config: string
  fleet(args: string, input?: string): Promise<FleetRun>
}

const makeArchive = async (hub = NOWHERE): Promise<Archive> => {
  const folder = await temporaryFolder()
  const config = join(folder, 'fleet.yaml')
  await writeFile(config, `archive:\n  path: ${folder}\nhub:\n  url: ${hub}\n`)
  return {
    folder,
    config,
    fleet: (args, input) => runFleetProcess([...args.split(' '), '--config', config], input),
  }
}

const addAnna = ({ fleet }: Archive, role = 'investigator'): Promise<FleetRun> =>
  fleet(`accounts add anna --role ${role} --password-stdin`, `${PASSWORD}\n`)

const USER = userInfo().username
const TIME = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`

/** All that is stored, as text. */
const storedIn = async (folder: string): Promise<string> => {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const read = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1'))
  return (await Promise.all(read)).join('\n')
}

test('accounts and tokens are made, listed, changed and removed, and no secret of them is stored or shown', async () => {
  const archive = await makeArchive()
  const { fleet, folder } = archive
  expect((await fleet('accounts')).err).toBe('no accounts: add one with `fleet accounts add <name> --role operator`\n')
  expect(await addAnna(archive)).toEqual({ code: 0, out: '', err: 'the account anna was added\n' })
  expect((await addAnna(archive)).err).toBe('error: there is an account anna already\n')
  const added = await fleet('tokens add importer --account anna --expires 90d')
  expect(added).toEqual({
    code: 0,
    out: expect.stringMatching(/^flt_[A-Za-z0-9_-]{43}\n$/),
    err: 'keep the token: it is not shown again, and only its SHA-256 is stored\n',
  })
  expect((await fleet('accounts')).out).toMatch(
    new RegExp(
      `^name  role          state    groups  tokens  last changed\nanna  investigator  enabled  all     1       ${TIME} by ${USER}\n$`,
    ),
  )
  expect((await fleet('tokens')).out).toMatch(
    new RegExp(
      `^name      account  state    expires +added\nimporter  anna     enabled  ${TIME}  ${TIME} by ${USER}\n$`,
    ),
  )
  expect((await fleet('accounts disable anna')).err).toBe('the account anna is disabled\n')
  expect(JSON.parse((await fleet('tokens --json')).out)).toMatchObject({ name: 'importer', state: 'disabled' })
  expect((await fleet('accounts enable anna')).err).toBe('the account anna is enabled\n')
  expect((await fleet('accounts set-role anna --role operator')).err).toBe('the account anna is operator now\n')
  expect((await fleet('accounts set-password anna --password-stdin', `${PASSWORD}!`)).err).toBe(
    'the account anna has a new password\n',
  )
  const history = await fleet('registry show accounts anna --history --json')
  expect(
    history.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([
    { version: 1, who: USER, value: { role: 'investigator', disabled: false }, isRemoved: false },
    { version: 2, value: { role: 'investigator', disabled: true } },
    { version: 3, value: { role: 'investigator', disabled: false } },
    { version: 4, value: { role: 'operator', disabled: false } },
    { version: 5, value: { role: 'operator', disabled: false } },
  ])
  const [shown, stored] = [history.out + (await fleet('registry show tokens')).out, await storedIn(folder)]
  for (const secret of [PASSWORD, added.out.trim().slice(4)]) {
    expect(shown).not.toContain(secret)
    expect(stored).not.toContain(secret)
  }
  expect(shown).not.toMatch(/argon2|[0-9a-f]{64}/)
  expect((await fleet('accounts remove anna')).err).toBe('the account anna was removed, with 1 token: importer\n')
  expect((await fleet('tokens remove importer')).err).toBe(
    'error: there is no token importer: see `fleet tokens list`\n',
  )
  expect((await fleet('registry')).out).toMatch(
    new RegExp(
      '^kind      entries  changes  last changed +what it is\n' +
        `accounts  0        6        ${TIME} by ${USER}  who may log in\n` +
        'areas     0        0        – +polygons that searches name\n' +
        'groups    0        0        – +which vehicles are seen together\n' +
        'people    0        0        – +whom a provider has let in, with what it said\n' +
        'sessions  0        0        – +whose sessions have ended\n' +
        `tokens    0        2        ${TIME} by ${USER}  what programs log in with\n$`,
    ),
  )
})

test('groups are made, given to accounts, listed, changed and removed', async () => {
  const { fleet } = await makeArchive()
  const add = (name: string, more: string): Promise<FleetRun> =>
    fleet(`accounts add ${name} --role dispatcher --password-stdin${more}`, PASSWORD)
  expect((await fleet('groups')).err).toMatch(/^no groups, everybody sees all vehicles: /)
  expect((await fleet('groups set north bus-7 tram-* bus-7')).err).toBe(
    'the group north has 2 ids and beginnings of vehicles now\n',
  )
  const south = Array.from({ length: 2_000 }, (_, i) => `vehicle ${i}`)
  expect((await fleet('groups set south --file -', `${south.join('\n')}\n\n`)).err).toBe(
    'the group south has 2,000 ids and beginnings of vehicles now\n',
  )
  expect((await add('anna', ' --groups north,south')).err).toBe('the account anna was added\n')
  expect((await add('ben', '')).err).toBe('the account ben was added\n')
  const groups = async (): Promise<unknown> =>
    (await fleet('accounts --json')).out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { groups: unknown }).groups)
  expect(await groups()).toEqual([['north', 'south'], null])
  expect((await fleet('groups')).out).toMatch(
    new RegExp(
      '^name   vehicles +who has it  last changed\n' +
        `north  bus-7, tram-\\* +anna        ${TIME} by ${USER}\n` +
        `south  vehicle 0, vehicle 1, .* and 1995 more  anna        ${TIME} by ${USER}\n$`,
    ),
  )
  const said = []
  for (const args of ['anna --none', 'anna --all', 'ben --groups north'])
    said.push((await fleet(`accounts set-groups ${args}`)).err)
  expect(said).toEqual([
    'the account anna sees no vehicle now\n',
    'the account anna sees all vehicles now\n',
    'the account ben sees the vehicles of north now\n',
  ])
  expect(await groups()).toEqual([null, ['north']])
  expect((await fleet('groups remove north')).err).toBe('the group north was removed; who had it: ben\n')
  expect(JSON.parse((await fleet('groups --json')).out)).toMatchObject({ name: 'south', vehicles: south, people: [] })
})

test('the sessions of an account, and of who a provider names, are ended, again and again', async () => {
  const archive = await makeArchive()
  const { fleet } = archive
  await addAnna(archive)
  for (const person of ['anna', 'openid:Ben', 'openid:Ben']) {
    expect((await fleet(`accounts log-out ${person}`)).err).toBe(`all sessions of ${person} have ended\n`)
  }
  const shown = (await fleet('registry show sessions --json')).out.trimEnd().split('\n')
  expect(shown.map((line) => JSON.parse(line) as object)).toMatchObject([
    { id: 'anna', version: 1 },
    { id: 'openid:Ben', version: 2 },
  ])
})

test.each([
  [
    'accounts add Anna --role viewer --password-stdin',
    PASSWORD,
    1,
    /^error: "Anna" is no name of an account: it must be 1 to 64/,
  ],
  [
    'accounts add anna --role viewer --password-stdin',
    'short\nno more',
    1,
    /^error: the password has 5 characters, and needs 12/,
  ],
  ['accounts add anna --role viewer --password-stdin', 'x'.repeat(5_000), 2, /more than 4096 bytes/],
  [
    'accounts add anna --role viewer',
    PASSWORD,
    2,
    /^error: there is no terminal to ask for the password: .*--password-stdin/,
  ],
  ['accounts add anna --role admin', '', 2, /'admin' is invalid.*viewer, dispatcher, investigator, operator/],
  ['accounts set-password anna --password-stdin', PASSWORD, 1, /^error: there is no account anna/],
  ['accounts log-out anna', '', 1, /^error: there is no account anna: .* openid:<name>/],
  ['accounts add anna --role viewer --password-stdin --groups north', PASSWORD, 1, /^error: there is no group north/],
  ['accounts set-groups anna', '', 2, /^error: say which vehicles it sees: --groups <names>, --all or --none/],
  ['accounts set-groups anna --all --none', '', 2, /'--all' cannot be used with option '--none'/],
  ['groups set north', '', 2, /^error: name the vehicles of the group/],
  ['groups set north bus-*-7', '', 1, /^error: "bus-\*-7" names no vehicles: it may have a \* at its end only/],
  ['groups set North bus-*', '', 1, /^error: "North" is no name of a group/],
  ['groups remove north', '', 1, /^error: there is no group north: see `fleet groups list`/],
  ['tokens add t --account anna', '', 1, /^error: there is no account anna/],
  ['registry show accounts anna', '', 2, /^error: there is no accounts anna/],
  ['registry import nowhere.ndjson', '', 2, /^error: nowhere\.ndjson can't be read/],
  ['registry import -', 'x', 1, /^error: line 1 is not JSON/],
])('fleet %s is refused', async (args, input, code, message) => {
  const { fleet, folder } = await makeArchive()
  const run = await fleet(args, input)
  expect([run.code, run.out]).toEqual([code, ''])
  expect(run.err).toMatch(message)
  expect(await readdir(folder)).toEqual(['fleet.yaml'])
})

test('an export is put back elsewhere, and by itself changes nothing of what is there', async () => {
  const [from, to] = [await makeArchive(), await makeArchive()]
  await addAnna(from)
  const exported = await from.fleet('registry export')
  expect([exported.code, exported.err]).toEqual([
    0,
    expect.stringMatching(/^an export has the hashes of passwords and tokens/),
  ])
  expect(JSON.parse(exported.out)).toEqual({
    kind: 'accounts',
    id: 'anna',
    version: 1,
    value: { role: 'investigator', password: expect.stringMatching(/^\$argon2id\$/), disabled: false },
    who: USER,
    at: expect.stringMatching(new RegExp(`^${TIME}$`)),
  })
  const file = join(to.folder, 'registry.ndjson')
  await writeFile(file, `${exported.out}{"kind":"zones","id":"depot","value":[1]}\n`)
  const imported = await to.fleet(`registry import ${file}`)
  expect(imported).toEqual({
    code: 3,
    out: '',
    err: 'zones depot is kept and does not count: this release does not know the kind\n2 entries added, 0 replaced, 0 there already\n',
  })
  expect((await to.fleet('registry export')).out.split('\n')[0]).toContain(
    JSON.stringify(JSON.parse(exported.out).value),
  )
  await to.fleet('accounts disable anna')
  const again = await to.fleet('registry import -', exported.out)
  expect([again.code, again.err]).toEqual([
    1,
    expect.stringMatching(/error: accounts anna is there with another value, by /),
  ])
  expect((await to.fleet('registry import - --replace', exported.out)).err).toMatch(
    /0 entries added, 1 replaced, 0 there already\n$/,
  )
})

test('a change is announced on a hub that is there', async () => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(() => hub.close())
  const heard: unknown[] = []
  hub.listen('registryChanged', subjects.registryChanged('*'), ({ data }) => void heard.push(data))
  await hub.flush()
  await addAnna(await makeArchive(server.url))
  await eventually(() => heard.length > 0)
  expect(heard).toEqual([{ kind: 'accounts', id: 'anna', version: 1, table: 1 }])
})

test('a damaged registry is told, and nothing is written to it', async () => {
  const archive = await makeArchive()
  await addAnna(archive)
  await archive.fleet('accounts disable anna')
  await rm(join(archive.folder, 'registry', '_delta_log', `${'1'.padStart(20, '0')}.json`))
  for (const args of ['registry', 'accounts enable anna']) {
    const { code, err } = await archive.fleet(args)
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^error: the table registry is damaged: .* Put back what is missing/),
    ])
  }
})

/** A command in a terminal of its own. */
const inTerminal = (args: readonly string[]) => {
  const command = [process.execPath, join(import.meta.dirname, '..', 'main.ts'), ...args]
  const script =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', ...command]
      : ['-qec', command.map((word) => `'${word}'`).join(' '), '/dev/null']
  const child = spawn('script', script, { stdio: ['pipe', 'pipe', 'inherit'] })
  let screen = ''
  child.stdout.on('data', (part: Buffer) => (screen += part.toString()))
  return {
    screen: () => screen,
    /** Types once the terminal shows something. */
    type: async (text: string, after: string) => {
      await eventually(() => screen.includes(after), { what: `"${after}" on the screen` })
      child.stdin.write(text)
    },
    ended: once(child, 'close').then(([code]: unknown[]) => code),
  }
}

test('a terminal asks for a password twice, and does not show it', async () => {
  const { config, fleet } = await makeArchive()
  const add = inTerminal(['accounts', 'add', 'anna', '--role', 'viewer', '--config', config])
  await add.type(`${PASSWORD}x\u007f\r`, 'new password of anna: ')
  await add.type(`${PASSWORD}\r`, 'again: ')
  expect([await add.ended, add.screen()]).toEqual([
    0,
    expect.stringMatching(/^new password of anna: \r\nagain: \r\n.*the account anna was added/s),
  ])
  expect(add.screen()).not.toContain('correct')
  expect((await fleet('accounts set-password anna --password-stdin', PASSWORD)).err).toBe(
    'error: the account anna has this password already\n',
  )
  const differing = inTerminal(['accounts', 'set-password', 'anna', '--config', config])
  await differing.type(`${PASSWORD}!\r`, 'new password of anna: ')
  await differing.type(`${PASSWORD}?\r`, 'again: ')
  expect([await differing.ended, differing.screen()]).toEqual([
    2,
    expect.stringContaining('these are two different passwords'),
  ])
  const ended = inTerminal(['accounts', 'set-password', 'anna', '--config', config])
  await ended.type('\u0003', 'new password of anna: ')
  expect(await ended.ended).toBe(130)
})

test.each(['registry', 'registry export', 'accounts'])(
  'fleet %s ends quietly when the reader of its answer has gone',
  async (args) => {
    const archive = await makeArchive()
    await addAnna(archive)
    const { code, err } = await runIntoClosedPipe([...args.split(' '), '--config', archive.config])
    expect([code, err]).toEqual([0, expect.not.stringMatching(/error|EPIPE|at \//i)])
  },
)
