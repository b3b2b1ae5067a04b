import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { isAlive } from '@fleetlake/service'
import type { ViewerConfig } from '../event-viewer/web/api/viewer-config.ts'
import { providePage } from './page/provide-page.ts'

// Once, and not in each test's time.
beforeAll(async () => void (await providePage()))

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const listen = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

const findFreePort = async (): Promise<number> => {
  const { port, close } = await listen()
  close()
  return port
}

/** `npm start` without npm, on a folder and a port of its own. */
const start = (folder: string, port: number, env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./start.ts', import.meta.url))], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      FLEET_HUB_URL: `nats://127.0.0.1:${port}`,
      FLEET_HUB_WEBSOCKET_PORT: '0',
      FLEET_VIEWER_PORT: '0',
      ...env,
      FLEET_HUB_DATA_DIR: join(folder, 'hub'),
      FLEET_ARCHIVE_PATH: join(folder, 'archive'),
    },
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += String(chunk)))
  return { child, readOutput: () => output, ended: once(child, 'exit').then(([code]) => code as number | null) }
}

/** Every process that was started, by whomever, with the folder in its environment. */
const findProcesses = async (folder: string): Promise<number[]> => {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')))
  return pids.filter((pid, index) => environments[index].includes(folder) && isAlive(pid))
}

const isUp = (output: string): boolean => output.includes('Ctrl-C stops it all.')

test('start tells where everything is, and Ctrl-C stops it in order and leaves no process', async () => {
  const folder = await temporaryFolder()
  const port = await findFreePort()
  const { child, readOutput, ended } = start(folder, port)
  await eventually(() => isUp(readOutput()))
  expect(readOutput()).toContain(`hub      nats://127.0.0.1:${port}\n`)
  expect(readOutput()).toContain(`archive  ${join(folder, 'archive/moves')}`)
  const url = /^  (http:\/\/localhost:\d+)$/m.exec(readOutput())![1]
  expect(await (await fetch(url, { headers: { Accept: 'text/html' } })).text()).toContain('<title>Fleetlake</title>')
  const { city } = (await (await fetch(`${url}/api/config`)).json()) as ViewerConfig
  expect(city?.name).toBe('Montevideo')
  expect((await fetch(`${url}/api/city/streets.geojson`)).status).toBe(200)
  expect((await findProcesses(folder)).length).toBeGreaterThanOrEqual(8)
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  // The shells that watch over servers end once they are told, a moment after them.
  await eventually(async () => (await findProcesses(folder)).length === 0, { what: 'the end of every process' })
  const stopped = [...readOutput().matchAll(/^(\w+)-\d \| .*stopped$/gm)].map(([, kind]) => kind)
  expect(stopped).toEqual([
    'generator',
    'collector',
    'collector',
    'compactor',
    'projector',
    'finder',
    'finder',
    'viewer',
  ])
})

test('when start is killed, everything that it started ends, and it can be started again', async () => {
  const folder = await temporaryFolder()
  const port = await findFreePort()
  const first = start(folder, port)
  await eventually(() => isUp(first.readOutput()))
  first.child.kill('SIGKILL')
  await eventually(async () => (await findProcesses(folder)).length === 0)
  const second = start(folder, port)
  await eventually(() => isUp(second.readOutput()))
  second.child.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})

test('Ctrl-C while starting leaves no process either', async () => {
  const folder = await temporaryFolder()
  const { child, readOutput, ended } = start(folder, await findFreePort())
  await eventually(() => readOutput().includes('ready'))
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(await findProcesses(folder)).toEqual([])
})

test('a port in use is one line that says what to do', async () => {
  const folder = await temporaryFolder()
  const { port, close } = await listen()
  // Small, so that nothing is said of the disk.
  const { readOutput, ended } = start(folder, port, { FLEET_HUB_MAX_BYTES_PER_PARTITION: '16 MiB' })
  expect(await ended).toBe(1)
  expect(readOutput().replace(/^\d\d:\d\d:\d\d /, '')).toBe(
    `fleetlake: fatal: 127.0.0.1:${port} is in use: stop the program that has it, ` +
      'or choose another port with FLEET_HUB_URL=nats://127.0.0.1:<port> code=hub.port-in-use\n',
  )
  close()
})

test('a port of the page that is in use is one line that says what to do, before anything is started', async () => {
  const folder = await temporaryFolder()
  const { port, close } = await listen()
  const { readOutput, ended } = start(folder, await findFreePort(), { FLEET_VIEWER_PORT: String(port) })
  expect(await ended).toBe(1)
  expect(readOutput().replace(/^\d\d:\d\d:\d\d /, '')).toBe(
    `fleetlake: fatal: 127.0.0.1:${port} is in use: stop the program that has it, ` +
      'or choose another port with FLEET_VIEWER_PORT=<port> code=viewer.port-in-use\n',
  )
  expect(await findProcesses(folder)).toEqual([])
  close()
})
