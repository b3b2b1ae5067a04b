import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freezeProcess } from '@fleetlake/testing'
import { afterEach, expect, test } from 'vitest'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-watchdog-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const program = `
  import { configSchema } from ${JSON.stringify(new URL('../../contracts/src/index.ts', import.meta.url).href)}
  import { runService } from ${JSON.stringify(new URL('run-service.ts', import.meta.url).href)}
  const spin = () => { for (;;); }
  const backtrack = () => /^(a+)+$/.test('a'.repeat(60) + 'b')
  await runService({ name: 'sample', schema: configSchema, main: ({ ready, onStop }) => {
    setInterval(() => {}, 1000)
    process.on('message', (what) => ({ spin, backtrack })[what]())
    onStop(() => process.env.SAMPLE_STOP === 'spin' && spin())
    ready()
  } })
`

/** A service that hangs when it is told to. */
const start = async (env: Record<string, string>) => {
  const file = join(await makeFolder(), 'sample.ts')
  await writeFile(file, program)
  const child: ChildProcess = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, FLEET_LOG_FORMAT: 'text', ...env },
  })
  cleanups.push(() => child.kill('SIGKILL'))
  let errors = ''
  child.stderr?.on('data', (chunk) => (errors += String(chunk)))
  const ended = Promise.all([once(child, 'exit'), once(child.stderr!, 'end')]).then(([[code, signal]]) => ({
    code: code as number | null,
    signal: signal as string | null,
    errors: errors.replaceAll(/^\d\d:\d\d:\d\d /gm, ''),
  }))
  const alive = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) while (!('alive' in ((await once(child, 'message')) as [object])[0]));
  }
  await alive(1)
  return { child, ended, alive }
}

test('a service whose loop hangs says where and ends, be it in a loop or in native code', async () => {
  const places = { spin: /in spin \(.*\.ts:4\) < /, backtrack: /in backtrack \(.*\.ts:5\) < / }
  for (const [what, place] of Object.entries(places)) {
    const { child, ended } = await start({ FLEET_SERVICE_HANG_MS: '1 s' })
    child.send(what)
    const { signal, errors } = await ended
    expect(signal).toBe('SIGKILL')
    expect(errors).toMatch(/^sample: fatal: the event loop has stood still for 1 s, in .*: ending the process, .*\n$/)
    expect(errors).toMatch(place)
  }
})

test('a stop that hangs ends as well, and in the format of the log', async () => {
  const { child, ended } = await start({
    FLEET_SERVICE_HANG_MS: '1 s',
    FLEET_LOG_FORMAT: 'json',
    SAMPLE_STOP: 'spin',
  })
  child.kill('SIGTERM')
  const { signal, errors } = await ended
  expect(signal).toBe('SIGKILL')
  expect(JSON.parse(errors)).toMatchObject({ level: 60, name: 'sample', pid: child.pid })
})

test('a process that was stopped from outside for longer than that goes on', async () => {
  const { child, alive, ended } = await start({ FLEET_SERVICE_HANG_MS: '2 s' })
  await freezeProcess(child.pid!)
  await delay(3_000)
  child.kill('SIGCONT')
  await alive(5)
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, errors: '' })
})

test('a heartbeat file is as new as the loop has run', async () => {
  const heartbeatFile = join(await makeFolder(), 'beat')
  const { child, alive } = await start({ FLEET_SERVICE_HEARTBEAT_FILE: heartbeatFile })
  const written = async (): Promise<number> => (await stat(heartbeatFile)).mtimeMs
  const first = await written()
  while ((await written()) === first) await alive(1)
  await freezeProcess(child.pid!)
  const last = await written()
  await delay(2_000)
  expect(await written()).toBe(last)
})
