import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { isAlive } from '@fleetlake/service'

const scriptsFolder = fileURLToPath(new URL('..', import.meta.url))

/** Records its call, and does what an installation does as far as the bootstrap can see. */
const installingNpx = `echo "$@" >> "$ROOT/calls"; sleep 0.3; mkdir -p "$ROOT/node_modules/.bin"; ln -sf "$NODE" "$ROOT/node_modules/.bin/node"`

/** A small repository with the real bootstrap, and an npx of ours in front of the real one. */
const makeRepository = async (npx: string = installingNpx) => {
  const root = await temporaryFolder()
  const bin = join(root, 'fake-bin')
  await mkdir(join(root, 'scripts'))
  await mkdir(join(root, 'shared/core'), { recursive: true })
  await mkdir(bin)
  await cp(join(scriptsFolder, 'run.mjs'), join(root, 'scripts/run.mjs'))
  await cp(join(scriptsFolder, 'bootstrap'), join(root, 'scripts/bootstrap'), { recursive: true })
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  await writeFile(join(root, 'shared/core/package.json'), '{}')
  await writeFile(join(root, 'pnpm-workspace.yaml'), 'packages:\n  - shared/*\n\ncatalog:\n  zod: 4\n')
  await writeFile(join(root, 'pnpm-lock.yaml'), 'lockfileVersion: 9\n')
  await writeFile(join(root, 'scripts/start.ts'), `console.log('started', process.argv.slice(2).join(' '))`)
  await writeFile(join(bin, 'npx'), `#!/bin/sh\n${npx}\n`)
  await chmod(join(bin, 'npx'), 0o755)
  const env = { ...process.env, PATH: bin + delimiter + process.env.PATH, ROOT: root, NODE: process.execPath }
  const start = (args: string[] = ['start'], overrides: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), ...args], {
      cwd: '/',
      env: { ...env, ...overrides },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => (stdout += String(chunk)))
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number, stdout, stderr })) }
  }
  const countCalls = async (): Promise<number> =>
    (await readFile(join(root, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean).length
  return { root, start, countCalls }
}

test('the first run installs by the lockfile and then runs the script with its arguments', async () => {
  const { root, start } = await makeRepository()
  const { code, stdout, stderr } = await start(['start', '--a', 'b']).ended
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'started --a b\n' })
  expect(stderr).toMatch(/^Installing packages, this is needed only once …\nInstalled in \d+ s\n$/)
  expect(await readFile(join(root, 'calls'), 'utf8')).toBe('--yes pnpm@12.21.0 install --frozen-lockfile\n')
})

test('the second run installs nothing and prints nothing of its own', async () => {
  const { start, countCalls } = await makeRepository()
  await start().ended
  expect(await start().ended).toEqual({ code: 0, stdout: 'started \n', stderr: '' })
  expect(await countCalls()).toBe(1)
})

test('a change of the lockfile, the workspace file or any package.json installs again', async () => {
  const { root, start, countCalls } = await makeRepository()
  await start().ended
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'shared/core/package.json']
  for (const [index, file] of files.entries()) {
    await appendFile(join(root, file), '\n')
    await start().ended
    expect(await countCalls()).toBe(index + 2)
  }
})

test('of two first runs at once, one installs and both run', async () => {
  const { start, countCalls } = await makeRepository()
  const results = await Promise.all([start().ended, start().ended])
  expect(results.map(({ code, stdout }) => ({ code, stdout }))).toEqual([
    { code: 0, stdout: 'started \n' },
    { code: 0, stdout: 'started \n' },
  ])
  expect(await countCalls()).toBe(1)
})

test('an interrupted installation is done again', async () => {
  const { root, start, countCalls } = await makeRepository(
    `[ -f "$ROOT/calls" ] || HANG=60; ${installingNpx}; sleep \${HANG:-0}`,
  )
  const interrupted = start()
  await eventually(async () => (await countCalls()) === 1)
  interrupted.child.kill('SIGINT')
  expect(await interrupted.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Interrupted') })
  expect(await start().ended).toMatchObject({ code: 0, stdout: 'started \n' })
  expect(await countCalls()).toBe(2)
  await expect(readFile(join(root, '.fleetlake/install.lock'))).rejects.toThrow('ENOENT')
})

test('a lock left behind by a killed run is taken over', async () => {
  const { root, start } = await makeRepository()
  const gone = spawn('true')
  await once(gone, 'exit')
  await mkdir(join(root, '.fleetlake'))
  await writeFile(join(root, '.fleetlake/install.lock'), String(gone.pid))
  expect(await start().ended).toMatchObject({ code: 0, stdout: 'started \n' })
})

test('without a registry one line says what to do', async () => {
  const { root, start } = await makeRepository('exec "$REAL_NPX" "$@"')
  const realNpx = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'npx'))
  const found = (
    await Promise.all(
      realNpx.map((path) =>
        readFile(path).then(
          () => path,
          () => '',
        ),
      ),
    )
  ).find(Boolean)
  const { code, stderr } = await start(['start'], {
    REAL_NPX: found!,
    npm_config_registry: 'http://127.0.0.1:1',
    npm_config_cache: join(root, 'cache'),
  }).ended
  expect(code).toBe(1)
  expect(stderr.split('\n')).toEqual([
    'Installing packages, this is needed only once …',
    'No package registry can be reached: connect to the network, ' +
      'or name a registry with `npm config set registry <url>`, and run this again.',
    '',
  ])
})

test('an installation that fails for another reason shows why', async () => {
  const { start } = await makeRepository('echo ERR_PNPM_OUTDATED_LOCKFILE; exit 1')
  expect(await start().ended).toMatchObject({ code: 1, stderr: expect.stringContaining('ERR_PNPM_OUTDATED_LOCKFILE') })
})

test('the exit code of the script is the exit code of the run, and an unknown script is told', async () => {
  const { root, start } = await makeRepository()
  await writeFile(join(root, 'scripts/start.ts'), 'process.exit(7)')
  expect(await start().ended).toMatchObject({ code: 7 })
  expect(await start(['strat']).ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Say which script to run: start, demo, .*fleet\n$/),
  })
})

test('signals reach the script, and a script whose run was killed notices', async () => {
  const { root, start } = await makeRepository()
  await writeFile(
    join(root, 'scripts/start.ts'),
    `process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(3) })
    process.on('disconnect', () => process.exit(0))
    setInterval(() => {}, 1000)
    console.log(process.pid)`,
  )
  const asked = start()
  await once(asked.child.stdout, 'data')
  asked.child.kill('SIGTERM')
  expect(await asked.ended).toMatchObject({ code: 3, stdout: expect.stringContaining('asked to stop') })

  const killed = start()
  const [line] = await once(killed.child.stdout, 'data')
  killed.child.kill('SIGKILL')
  await eventually(() => !isAlive(Number(line)))
})

test('the terminal client runs where its user is, with the settings of the repository', async () => {
  const { root, start } = await makeRepository()
  const folder = await temporaryFolder()
  await mkdir(join(root, 'event-viewer/terminal/src'), { recursive: true })
  await writeFile(join(root, 'fleet.yaml'), '')
  await writeFile(
    join(root, 'event-viewer/terminal/src/main.ts'),
    'console.log(JSON.stringify([process.cwd(), process.env.FLEET_CONFIG]))',
  )
  const { stdout } = await start(['fleet'], { INIT_CWD: folder }).ended
  expect(JSON.parse(stdout)).toEqual([folder, join(root, 'fleet.yaml')])
})
