import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configSchema } from '@fleetlake/contracts'
import { connectHub, provision } from '@fleetlake/hub'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { ViewerConfig } from '../api/viewer-config.ts'

const nowhere = 'nats://127.0.0.1:9'

/** The service as a process of its own, with a page that is one line. */
const start = async ({
  hubUrl = nowhere,
  port = 0,
  hasPage = true,
  host = '127.0.0.1',
}: {
  hubUrl?: string
  port?: number
  hasPage?: boolean
  host?: string
}) => {
  const folder = await temporaryFolder()
  if (hasPage) {
    await mkdir(join(folder, 'public'))
    await writeFile(join(folder, 'public/200.html'), '<!DOCTYPE html>')
  }
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      FLEET_LOG_FORMAT: 'text',
      FLEET_HUB_URL: hubUrl,
      FLEET_VIEWER_PORT: String(port),
      FLEET_VIEWER_HOST: host,
      FLEET_WEB_OUTPUT_DIR: folder,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout!.on('data', (chunk) => (output += String(chunk)))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  const url = async (): Promise<string> => {
    const [message] = await once(child, 'message')
    return (message as { url: string }).url
  }
  return { child, ended, url, folder }
}

const partitionsOf = async (url: string): Promise<readonly number[] | null> =>
  ((await (await fetch(`${url}/api/config`)).json()) as ViewerConfig).partitions

test('the page is told of the partitions that exist, also when they come later', async () => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const viewer = await start({ hubUrl: server.url })
  const url = await viewer.url()
  expect(await partitionsOf(url)).toBe(null)
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(() => hub.close())
  await provision(hub, configSchema.parse({ partitioning: { count: 3 }, hub: { maxBytesPerPartition: '16 MiB' } }))
  await eventually(async () => JSON.stringify(await partitionsOf(url)) === '[0,1,2]')
  viewer.child.kill('SIGTERM')
  expect(await viewer.ended).toMatchObject({ code: 0 })
})

test('without a hub the page is served all the same, and the service stops at once', async () => {
  const viewer = await start({})
  const url = await viewer.url()
  expect(await partitionsOf(url)).toBe(null)
  expect((await fetch(`${url}/search`)).status).toBe(200)
  viewer.child.kill('SIGINT')
  expect(await viewer.ended).toMatchObject({ code: 0 })
})

/** Lines but for those on the hub, which may or may not have been found missing by then. */
const faultsIn = (output: string): string[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))
    .filter((line) => !line.startsWith('event-viewer: warning: connecting: '))

test('a port in use is one line that says what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const { code, output } = await (await start({ port })).ended
  expect([code, faultsIn(output)]).toEqual([
    1,
    [
      `event-viewer: fatal: 127.0.0.1:${port} is in use: stop the program that has it, ` +
        'or choose another port with FLEET_VIEWER_PORT=<port> code=viewer.port-in-use',
    ],
  ])
})

test('a page that is not built is one line with the command that builds it', async () => {
  const viewer = await start({ hasPage: false })
  const { code, output } = await viewer.ended
  expect([code, faultsIn(output)]).toEqual([
    1,
    [
      `event-viewer: fatal: the page is not built, ${viewer.folder}/public/200.html is missing: ` +
        'run `npm run build` code=viewer.page-missing',
    ],
  ])
})

test('where other machines can reach it the viewer does not start', async () => {
  const viewer = await start({ host: '0.0.0.0' })
  const { code, output } = await viewer.ended
  expect([code, faultsIn(output)]).toEqual([
    1,
    [expect.stringMatching(/set auth: required .* or auth: none \(FLEET_AUTH=none\) if .* code=config\.invalid$/)],
  ])
})
