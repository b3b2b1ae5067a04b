import { spawn } from 'node:child_process'
import { fault } from '@fleetlake/core/testing'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectHub } from '@fleetlake/hub'
import { eventually, freezeProcess, temporaryFolder } from '@fleetlake/testing'
import { afterEach, expect, test } from 'vitest'
import { isAlive } from '@fleetlake/service'
import { findPort } from '@fleetlake/service/http'
import { startStack, type Stack, type StackOptions } from './stack.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const serviceModule = JSON.stringify(new URL('../shared/service/src/index.ts', import.meta.url).href)
const contractsModule = JSON.stringify(new URL('../shared/contracts/src/index.ts', import.meta.url).href)

/** A service that tells its configuration and its stop, and does what the body says. */
const writeService = async (body = ''): Promise<string> => {
  const file = join(await temporaryFolder(), 'main.ts')
  await writeFile(
    file,
    `import { runService } from ${serviceModule}
    import { configSchema } from ${contractsModule}
    await runService({ name: 'sample', metered: 'hub', schema: configSchema, main: ({ config, log, onStop, ready, fail }) => {
      setInterval(() => {}, 1000)
      onStop(() => log.info('stopping'))
      ${body}
      const { hub, archive, collector, viewer } = config
      ready({ hub: hub.url, archive: archive.path, rows: collector.maxRows, url: 'http://127.0.0.1:' + viewer.port,
        websocketPort: hub.websocketPort })
    } })`,
  )
  return file
}

const start = async (options: Partial<StackOptions> = {}): Promise<{ stack: Stack; lines: string[] }> => {
  const sample = await writeService()
  const lines: string[] = []
  const stack = await startStack({
    dataDir: await temporaryFolder(),
    ...options,
    files: { collector: sample, finder: sample, generator: sample, viewer: sample, ...options.files },
    say: (line) => lines.push(line),
  })
  cleanups.push(() => stack.stop())
  return { stack, lines }
}

/** @returns the first of some that follow each other and were free a moment ago */
const freePorts = async (count: number): Promise<number> => {
  const of = { name: 'test', portVariable: 'none', inUse: 'service.failed' } as const
  for (;;) {
    const first = await findPort({ host: '127.0.0.1', port: 0, of })
    const others = Array.from({ length: count - 1 }, (_, i) => findPort({ host: '127.0.0.1', port: first + 1 + i, of }))
    const found = await Promise.allSettled(others)
    if (found.every(({ status }) => status === 'fulfilled')) return first
  }
}

const stopped = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.endsWith('stopping')).map((line) => line.split(' | ')[0])

test('a stack starts every process with its settings, stops them in order, and leaves none', async () => {
  const { stack, lines } = await start({ env: { FLEET_COLLECTOR_MAX_ROWS: '5' } })
  const processes = stack.processes()
  expect(processes.map(({ name }) => name).toSorted()).toEqual(
    ['hub', 'collector-1', 'collector-2', 'finder-1', 'finder-2', 'generator-1'].toSorted(),
  )
  expect(processes.find(({ name }) => name === 'collector-1')?.details).toMatchObject({
    hub: stack.hubUrl,
    archive: stack.archivePath,
    rows: 5,
  })
  await stack.stop()
  expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([])
  const order = stopped(lines)
  expect(order[0]).toBe('generator-1')
  expect(order.slice(1, 3).toSorted()).toEqual(['collector-1', 'collector-2'])
  expect(order.slice(3).toSorted()).toEqual(['finder-1', 'finder-2'])
})

test('services tell their metrics at one port after the other', async () => {
  const first = await freePorts(4)
  const { stack } = await start({ opsPort: first, collectors: 1, finders: 2, generators: 1, args: ['--ops.port', '1'] })
  const told = stack.processes().flatMap(({ name, details }) => (name === 'hub' ? [] : [[name, details.ops]]))
  expect(told.toSorted()).toEqual([
    ['collector-1', `http://127.0.0.1:${first}`],
    ['finder-1', `http://127.0.0.1:${first + 1}`],
    ['finder-2', `http://127.0.0.1:${first + 2}`],
    ['generator-1', `http://127.0.0.1:${first + 3}`],
  ])
  await eventually(() => stack.faults().length === 0)
  await stack
    .processes()
    .find(({ name }) => name === 'finder-1')!
    .kill('SIGKILL')
  expect(stack.faults()).toEqual(['finder-1 does not run'])
})

test('a gateway is started when asked for only', async () => {
  const sample = await writeService()
  const { stack } = await start({ gateways: 1, collectors: 1, finders: 1, generators: 0, files: { gateway: sample } })
  expect(
    stack
      .processes()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['collector-1', 'finder-1', 'gateway-1', 'hub'])
  expect(stack.gatewayUrl).toBe('http://127.0.0.1:3000')
})

test('a viewer is started when asked for, after what it needs, with the ports that it and the hub have, and stopped last', async () => {
  const { promise: page, resolve } = Promise.withResolvers<void>()
  const lines: string[] = []
  const sample = await writeService()
  const dataDir = await temporaryFolder()
  const starting = startStack({
    dataDir,
    collectors: 1,
    finders: 1,
    viewers: 1,
    after: { viewer: page },
    files: { collector: sample, finder: sample, generator: sample, viewer: sample },
    say: (line) => lines.push(line),
  })
  cleanups.push(async () => (await starting).stop())
  await eventually(() => lines.filter((line) => line.includes('sample: ready')).length === 3)
  expect(lines.some((line) => line.startsWith('viewer-1'))).toBe(false)
  resolve()
  const stack = await starting
  const { details } = stack.processes().find(({ name }) => name === 'viewer-1')!
  expect(stack.viewerUrl).toBe(details.url)
  expect(stack.viewerUrl).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
  expect(stack.hubWebsocketUrl).toBe(`ws://127.0.0.1:${details.websocketPort}`)
  const config = await readFile(join(dataDir, 'hub/nats-server.conf'), 'utf8')
  expect(config).toContain(`"${stack.viewerUrl}"`)
  await stack.stop()
  expect(stopped(lines).at(-1)).toBe('viewer-1')
})

test('when what a viewer needs fails, the stack fails with its words, and nothing is left', async () => {
  const lines: string[] = []
  const sample = await writeService()
  const failing = startStack({
    dataDir: await temporaryFolder(),
    viewers: 1,
    after: { viewer: Promise.reject(new Error('no page')) },
    files: { collector: sample, finder: sample, generator: sample, viewer: sample },
    say: (line) => lines.push(line),
  })
  await expect(failing).rejects.toThrow('no page')
  expect(stopped(lines)).toHaveLength(5)
})

test('a service that fails while starting fails the stack with its own words, and nothing is left', async () => {
  const broken = await writeService(`throw new Error('no good')`)
  const folder = await temporaryFolder()
  await expect(start({ dataDir: folder, files: { finder: broken } })).rejects.toThrow(
    fault('service.failed', /^finder-\d ended with code 1 before it was ready: .*/),
  )
  const { stack } = await start({ dataDir: folder })
  expect(stack.processes()).toHaveLength(6)
})

test('an end that was not asked for is a failure, one that was asked for is not', async () => {
  const { stack } = await start({ collectors: 2, finders: 1 })
  const [first, second] = stack.processes().filter(({ name }) => name.startsWith('collector'))
  await first.kill()
  expect(isAlive(first.pid)).toBe(false)
  expect(stack.processes().map(({ name }) => name)).not.toContain(first.name)
  process.kill(second.pid, 'SIGKILL')
  await expect(stack.failure).rejects.toThrow(fault('service.failed', `${second.name} ended by SIGKILL`))
})

test('with restart, a crashed service and a crashed hub come back', async () => {
  const { stack } = await start({ collectors: 1, finders: 1, restart: true })
  const pidOf = (name: string): number | undefined => stack.processes().find((one) => one.name === name)?.pid
  for (const name of ['collector-1', 'hub']) {
    const before = pidOf(name)!
    process.kill(before, 'SIGKILL')
    await eventually(() => {
      const now = pidOf(name)
      return now !== undefined && now !== before && isAlive(now)
    })
  }
})

const hangOnRequest = `process.on('SIGUSR2', () => { for (;;); })`

test('with restart, a service that hangs is told with where, one that was frozen is told, and both come back', async () => {
  const file = await writeService(hangOnRequest)
  const { stack, lines } = await start({
    collectors: 1,
    finders: 1,
    restart: true,
    files: { collector: file },
    silenceMs: 6_000,
    env: { FLEET_SERVICE_HANG_MS: '2 s' },
  })
  const pidOf = (name: string): number | undefined => stack.processes().find((one) => one.name === name)?.pid
  const [hung, frozen] = [pidOf('collector-1')!, pidOf('finder-1')!]
  process.kill(hung, 'SIGUSR2')
  await freezeProcess(frozen)
  await eventually(
    () => {
      const now = [pidOf('collector-1'), pidOf('finder-1')]
      return now.every((pid) => pid !== undefined && pid !== hung && pid !== frozen)
    },
    { what: 'that both run again' },
  )
  expect([hung, frozen].filter(isAlive)).toEqual([])
  const told = lines.filter((line) => /stood still|no sign of life|ended/.test(line))
  expect(told.map((line) => line.replace(/\| \d\d:\d\d:\d\d /, '| ')).toSorted()).toEqual([
    'collector-1 | ended by SIGKILL, starting it again in 0.5 s',
    expect.stringMatching(
      /^collector-1 \| sample: fatal: the event loop has stood still for 2 s, in .* \(main\.ts:\d+\)/,
    ),
    'finder-1 | ended by SIGKILL, starting it again in 0.5 s',
    'finder-1 | has given no sign of life for 6 s and is killed',
  ])
})

test('with restart, a hub that no longer answers is told and started again with what it holds', async () => {
  const { stack, lines } = await start({ collectors: 1, finders: 1, restart: true, hubSilenceMs: 2_000 })
  const hub = await connectHub({ url: stack.hubUrl, service: 'test' })
  cleanups.push(() => hub.close())
  const { streams } = hub
  await streams.make({ name: 'KEPT', subjects: ['kept'] })
  await streams.append('kept', new TextEncoder().encode('this'), { timeoutMs: 5_000 })
  const pidOf = (): number | undefined => stack.processes().find(({ name }) => name === 'hub')?.pid
  const frozen = pidOf()!
  await freezeProcess(frozen)
  await eventually(() => lines.some((line) => line === 'hub | JetStream has not answered for 2 s'), {
    what: 'that the silence is told',
  })
  expect(await eventually(() => streams.info('KEPT'), { what: 'an answer of the hub' })).toMatchObject({
    messages: 1,
  })
  expect(pidOf()).not.toBe(frozen)
  expect(isAlive(frozen)).toBe(false)
  expect(lines).toContain('hub | ended by the watchdog, starting it again in 0.5 s')
})

test('a stack stops in order while a service hangs, and leaves none', async () => {
  const file = await writeService(hangOnRequest)
  const { stack, lines } = await start({
    collectors: 1,
    finders: 1,
    restart: true,
    files: { collector: file },
    env: { FLEET_SERVICE_HANG_MS: '4 s' },
  })
  const processes = stack.processes()
  process.kill(processes.find(({ name }) => name === 'collector-1')!.pid, 'SIGUSR2')
  await stack.stop()
  expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([])
  expect(stopped(lines)).toEqual(['generator-1', 'finder-1'])
  expect(lines.filter((line) => line.includes('starting it again'))).toEqual([])
})

test('when its owner is killed, every process of a stack ends', async () => {
  const sample = JSON.stringify(await writeService())
  const program = `
    import { startStack } from ${JSON.stringify(new URL('./stack.ts', import.meta.url).href)}
    const files = { collector: ${sample}, finder: ${sample}, generator: ${sample} }
    const stack = await startStack({ dataDir: ${JSON.stringify(await temporaryFolder())}, files })
    console.log(JSON.stringify(stack.processes().map(({ pid }) => pid)))
  `
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(owner.stdout, 'data')
  const pids = JSON.parse(String(line)) as number[]
  expect(pids.filter(isAlive)).toHaveLength(6)
  owner.kill('SIGKILL')
  await eventually(() => pids.every((pid) => !isAlive(pid)))
})
