import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '@fleetlake/testing'
import { afterEach, expect, test } from 'vitest'
import { findPort } from './http/listen.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Runs a service whose main has the given body, as a process with an IPC channel. */
const start = (body: string, args: string[] = []) => {
  const program = `
    import { z } from 'zod'
    import { FleetError } from '@fleetlake/core'
    import { runService } from ${JSON.stringify(new URL('./run-service.ts', import.meta.url).href)}
    const schema = z.strictObject({
      ops: z.strictObject({ host: z.string().default('127.0.0.1'), port: z.number().optional() }).prefault({}),
      service: z.strictObject({ drainMs: z.number().default(0) }).prefault({}),
      a: z.strictObject({ maxRows: z.number().default(1).describe('rows') }).prefault({}),
    })
    await runService({ name: 'sample', metered: 'hub', schema, main: async ({ config, log, onStop, ready, requires, signal, fail, stop }) => {
      const keepAlive = setInterval(() => {}, 1000)
      ${body}
    } })
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'sample', ...args], {
    cwd: new URL('.', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, FLEET_LOG_FORMAT: 'text' },
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  // Not 'close', which never comes after a disconnect.
  const ended = Promise.all([once(child, 'exit'), once(child.stdout!, 'end'), once(child.stderr!, 'end')]).then(
    ([[code]]) => ({
      code: code as number,
      lines: output
        .replaceAll(/^\d\d:\d\d:\d\d /gm, '')
        .trimEnd()
        .split('\n'),
    }),
  )
  return { child, ended, ready: once(child, 'message').then(([message]) => message as unknown) }
}

const twoHooks = `
  onStop(() => console.log('first opened, last closed'))
  onStop(async () => { await null; console.log('aborted', signal.aborted) })
  ready({ port: 5 })
`

test('a signal stops a service: the abort, then the hooks from last to first, then code 0', async () => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const { child, ended, ready } = start(twoHooks)
    expect(await ready).toEqual({ ready: true, port: 5 })
    child.kill(name)
    expect(await ended).toEqual({
      code: 0,
      lines: ['sample: ready port=5', 'aborted true', 'first opened, last closed', 'sample: stopped'],
    })
  }
})

test('a service whose terminal is gone stops in order all the same', async () => {
  const { child, ready } = start(`
    onStop(() => process.send({ closed: 'last' }))
    onStop(() => { console.log('a line that is not read'); log.warn('another'); process.send({ closed: 'first' }) })
    ready()
  `)
  await ready
  const told: unknown[] = []
  child.on('message', (message) => told.push(message))
  for (const stream of [child.stdout!, child.stderr!]) stream.destroy()
  child.kill('SIGHUP')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(told).toEqual([{ closed: 'first' }, { closed: 'last' }])
})

test('a service stops when its parent is gone', async () => {
  const { child, ended, ready } = start(twoHooks)
  await ready
  child.disconnect()
  expect(await ended).toMatchObject({ code: 0 })
})

test('one Ctrl-C that arrives three times is one stop', async () => {
  const { child, ended, ready } = start(`onStop(() => new Promise((r) => setTimeout(r, 200))); ready()`)
  await ready
  child.kill('SIGINT')
  child.kill('SIGINT')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0 })
})

const readiness = async (url: string): Promise<unknown> => (await fetch(`${url}/readyz`)).json()

test('what a service says of itself can be asked from before it is ready until it has stopped', async () => {
  const port = await findPort({
    host: '127.0.0.1',
    port: 0,
    of: { name: 'test', portVariable: 'none', inUse: 'service.failed' },
  })
  const url = `http://127.0.0.1:${port}`
  const { child, ended, ready } = start(
    `
      let isMissing = true
      requires(() => (isMissing ? 'the cup is empty' : undefined))
      process.on('message', (message) => (message === 'begin' ? ready() : message === 'fill' ? (isMissing = false) : undefined))
      onStop(() => new Promise((resolve) => process.on('message', (message) => message === 'end' && resolve())))
      process.send('open')
    `,
    ['--ops.port', String(port)],
  )
  await ready
  expect(await readiness(url)).toEqual({ status: 'starting', reasons: ['it is starting', 'the cup is empty'] })
  child.send('begin')
  await eventually(async () => ((await readiness(url)) as { status: string }).status === 'not ready')
  expect(await readiness(url)).toEqual({ status: 'not ready', reasons: ['the cup is empty'] })
  child.send('fill')
  await eventually(async () => ((await readiness(url)) as { status: string }).status === 'ready')
  const { status, headers } = await fetch(`${url}/metrics`)
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  child.kill('SIGTERM')
  await eventually(async () => ((await readiness(url)) as { status: string }).status === 'stopping')
  expect(await readiness(url)).toEqual({ status: 'stopping', reasons: ['it is stopping'] })
  child.send('end')
  expect(await ended).toMatchObject({ code: 0 })
})

test('after SIGTERM a service goes on as long as it is to, and no longer once it fails', async () => {
  const body = `
    onStop(() => log.info('closed'))
    process.on('message', () => fail(new FleetError('hub.unreachable', 'no hub there')))
    signal.addEventListener('abort', () => log.info('stopping'))
    setTimeout(() => log.info('went on'), 50)
    ready()
  `
  const patient = start(body, ['--service.drain-ms', '2000'])
  await patient.ready
  patient.child.kill('SIGTERM')
  expect(await patient.ended).toEqual({
    code: 0,
    lines: ['sample: ready', 'sample: went on', 'sample: stopping', 'sample: closed', 'sample: stopped'],
  })
  const failing = start(body, ['--service.drain-ms', '600000'])
  await failing.ready
  failing.child.kill('SIGTERM')
  failing.child.send('fail')
  expect(await failing.ended).toMatchObject({ code: 1 })
  const interrupted = start(body, ['--service.drain-ms', '600000'])
  await interrupted.ready
  interrupted.child.kill('SIGINT')
  expect(await interrupted.ended).toMatchObject({ code: 0 })
})

test('a second signal ends a service whose stop hangs', async () => {
  const { child, ended, ready } = start(`onStop(() => new Promise(() => {})); ready()`)
  await ready
  const insist = setInterval(() => child.kill('SIGINT'), 100)
  expect(await ended).toMatchObject({ code: 130 })
  clearInterval(insist)
})

test('while a service goes on before it stops, a second signal ends only this, and a third one the service', async () => {
  const insisting = async (onStop: string) => {
    const { child, ended, ready } = start(`onStop(${onStop}); ready()`, ['--service.drain-ms', '600000'])
    await ready
    const insist = setInterval(() => child.kill('SIGTERM'), 100)
    try {
      return await ended
    } finally {
      clearInterval(insist)
    }
  }
  expect(await insisting(`() => console.log('flushed')`)).toEqual({
    code: 0,
    lines: ['sample: ready', 'flushed', 'sample: stopped'],
  })
  expect(await insisting(`() => { console.log('flushing'); return new Promise(() => {}) }`)).toEqual({
    code: 130,
    lines: ['sample: ready', 'flushing'],
  })
})

test('a fault is one line and code 1, and what was opened is closed', async () => {
  const closing = `onStop(() => console.log('closed')); `
  const faults = [
    `throw new FleetError('hub.unreachable', 'no hub there')`,
    `fail(new FleetError('hub.unreachable', 'no hub there'))`,
    `setTimeout(() => { throw new FleetError('hub.unreachable', 'no hub there') })`,
    `void Promise.reject(new FleetError('hub.unreachable', 'no hub there'))`,
  ]
  for (const fault of faults) {
    expect(await start(closing + fault).ended).toEqual({
      code: 1,
      lines: ['sample: fatal: no hub there code=hub.unreachable', 'closed'],
    })
  }
})

test('a hook that fails is told, the others still run, and the code is 1', async () => {
  const { ended } = start(`onStop(() => console.log('closed')); onStop(() => { throw new Error('stuck') }); stop()`)
  expect(await ended).toEqual({ code: 1, lines: ['sample: error: stuck', 'closed'] })
})

test('a bad setting is one line and code 1', async () => {
  expect(await start('', ['--a.max-row', '5']).ended).toEqual({
    code: 1,
    lines: [
      'sample: fatal: --a.max-row (from the command line) is not a known key, did you mean --a.max-rows? code=config.invalid',
    ],
  })
})

test('--help lists every setting under its three names', async () => {
  const { code, lines } = await start('', ['--help']).ended
  expect(code).toBe(0)
  expect(lines.slice(-3)).toEqual(['  a.maxRows', '      --a.max-rows, FLEET_A_MAX_ROWS', '      rows'])
})
