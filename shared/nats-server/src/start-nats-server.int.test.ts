import { spawn } from 'node:child_process'
import { fault } from '@fleetlake/core/testing'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { syncIntervalOf } from '@fleetlake/contracts'
import { isAlive } from '@fleetlake/service'
import { freePort, freezeProcess } from '@fleetlake/testing'
import { startNatsServer } from './start-nats-server.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-hub-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const start = async (options: Parameters<typeof startNatsServer>[0]) => {
  const server = await startNatsServer(options)
  cleanups.push(() => server.stop())
  return server
}

const readInfo = async (port: number): Promise<Record<string, unknown>> => {
  const socket = connect({ host: '127.0.0.1', port })
  const [greeting] = await once(socket, 'data')
  socket.destroy()
  return JSON.parse(
    String(greeting)
      .replace(/^INFO /, '')
      .split('\r\n')[0],
  ) as Record<string, unknown>
}

test('a started server greets on the port it names, with JetStream and its limits', async () => {
  const server = await start({ dataDir: await makeFolder() })
  expect(server.url).toBe(`nats://127.0.0.1:${server.port}`)
  expect(await readInfo(server.port)).toMatchObject({
    server_name: 'fleetlake',
    jetstream: true,
    max_payload: 1024 ** 2,
    port: server.port,
  })
})

test('a restart after SIGKILL keeps the port and has another process', async () => {
  const server = await start({ dataDir: await makeFolder() })
  const { port, websocketUrl, pid } = server
  const ended = server.ended()
  await server.kill()
  expect(isAlive(pid)).toBe(false)
  expect(await ended).toMatchObject({ asked: true })
  await server.restart()
  expect([server.port, server.websocketUrl]).toEqual([port, websocketUrl])
  expect(server.pid).not.toBe(pid)
  expect(await readInfo(port)).toMatchObject({ jetstream: true })
})

test('a server that ends by itself is told from one that was asked to', async () => {
  const server = await start({ dataDir: await makeFolder() })
  process.kill(server.pid, 'SIGKILL')
  expect(await server.ended()).toMatchObject({ asked: false })
})

test('a port in use is one line that says what to do', async () => {
  const first = await start({ dataDir: await makeFolder() })
  await expect(startNatsServer({ dataDir: await makeFolder(), port: first.port })).rejects.toThrow(
    fault(
      'hub.port-in-use',
      `127.0.0.1:${first.port} is in use: stop the program that has it, ` +
        'or choose another port with FLEET_HUB_URL=nats://127.0.0.1:<port>',
    ),
  )
})

test('so is a websocket port in use', async () => {
  const first = await start({ dataDir: await makeFolder() })
  await expect(startNatsServer({ dataDir: await makeFolder(), websocketPort: first.port })).rejects.toThrow(
    fault(
      'hub.port-in-use',
      `127.0.0.1:${first.port} is in use: stop the program that has it, ` +
        'or choose another port with FLEET_HUB_WEBSOCKET_PORT=<port>',
    ),
  )
})

test('no other user may read the configuration, also where an older one could be read', async () => {
  const dataDir = await makeFolder()
  const path = join(dataDir, 'nats-server.conf')
  await writeFile(path, 'old', { mode: 0o644 })
  await start({ dataDir })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('of two origins of one host it is told which may be kept out', async () => {
  const said: string[] = []
  const websocketOrigins = ['http://localhost:1', 'http://localhost:2', 'https://fleet.example.com']
  await start({ dataDir: await makeFolder(), websocketOrigins, say: (line) => said.push(line) })
  expect(said.filter((line) => !line.startsWith('the disk'))).toEqual([
    'pages of http://localhost:1 may be kept from the hub: nats-server allows one port a host, the last that is named',
  ])
})

test('a configuration that the server refuses is told in its own words', async () => {
  await expect(startNatsServer({ dataDir: await makeFolder(), maxPayloadBytes: 10 ** 12 })).rejects.toThrow(
    fault('hub.failed', /^nats-server ended while starting: .*max_payload/),
  )
})

const program = (dataDir: string): string => `
  import { startNatsServer } from ${JSON.stringify(new URL('./start-nats-server.ts', import.meta.url).href)}
  const server = await startNatsServer({ dataDir: ${JSON.stringify(dataDir)} })
  console.log(server.pid)
  setInterval(() => {}, 1000)
`

const startOwner = async (dataDir: string) => {
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(dataDir)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  cleanups.push(async () => owner.kill('SIGKILL'))
  const [line] = await once(owner.stdout, 'data')
  return { owner, serverPid: Number(line) }
}

test('a data folder in use by a living process is refused', async () => {
  const dataDir = await makeFolder()
  const { owner, serverPid } = await startOwner(dataDir)
  await expect(startNatsServer({ dataDir })).rejects.toThrow(
    fault('hub.data-in-use', `process ${owner.pid} runs the hub`),
  )
  expect(isAlive(serverPid)).toBe(true)
})

test('the server ends when its owner is killed, and its folder can be used again', async () => {
  const dataDir = await makeFolder()
  const { owner, serverPid } = await startOwner(dataDir)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  while (isAlive(serverPid)) await delay(10)
  const server = await start({ dataDir })
  expect(await readInfo(server.port)).toMatchObject({ jetstream: true })
})

test('a server left over by a killed owner is ended by the next start', async () => {
  const dataDir = await makeFolder()
  const { owner, serverPid } = await startOwner(dataDir)
  // A stopped server does not react to the watcher's SIGTERM, as if the watcher had been killed as well.
  await freezeProcess(serverPid)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  expect(isAlive(serverPid)).toBe(true)
  const said: string[] = []
  const say = (line: string): void => {
    said.push(line)
    process.kill(serverPid, 'SIGCONT')
  }
  // Small, so that nothing is said of the disk.
  await start({ dataDir, partitionMaxBytes: 16 * 1024 ** 2, say })
  expect(isAlive(serverPid)).toBe(false)
  expect(said).toEqual([`ending nats-server ${serverPid}, left over by a start that was killed`])
})

test.each([
  ['always', 'always'],
  [2_000, 2_000],
  [undefined, 10_000],
] as const)('a server that is told to sync %s does so, as its monitoring says', async (syncInterval, expected) => {
  const monitoringPort = await freePort()
  await start({
    dataDir: await makeFolder(),
    monitoringPort,
    ...(syncInterval === undefined ? {} : { syncInterval }),
  })
  const answer = await fetch(`http://127.0.0.1:${monitoringPort}/jsz?config=true`)
  expect(syncIntervalOf(await answer.json())).toBe(expected)
})
