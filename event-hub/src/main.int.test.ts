import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { isAlive } from '@fleetlake/service'
import { startNatsServer } from '@fleetlake/nats-server'

const start = (dataDir: string, port: number, host = '127.0.0.1') =>
  spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      FLEET_LOG_FORMAT: 'text',
      FLEET_HUB_DATA_DIR: dataDir,
      FLEET_HUB_URL: `nats://${host}:${port}`,
      FLEET_HUB_WEBSOCKET_PORT: '0',
    },
  })

/** One that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const server = await startNatsServer({ dataDir: await temporaryFolder() })
  await server.stop()
  return server.port
}

test('the hub runs until it is stopped, and its server ends with it', async () => {
  const port = await freePort()
  const hub = start(await temporaryFolder(), port)
  const [message] = await once(hub, 'message')
  expect(message).toEqual({
    ready: true,
    url: `nats://127.0.0.1:${port}`,
    websocketUrl: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+$/),
    pid: expect.any(Number),
  })
  hub.kill('SIGTERM')
  expect(await once(hub, 'exit')).toEqual([0, null])
  expect(isAlive((message as { pid: number }).pid)).toBe(false)
})

test('where other machines can reach it the hub does not start', async () => {
  const hub = start(await temporaryFolder(), 0, '0.0.0.0')
  let output = ''
  hub.stdout!.on('data', (chunk) => (output += String(chunk)))
  expect(await once(hub, 'close')).toEqual([1, null])
  expect(output).toContain(
    'set auth: required (FLEET_AUTH=required), so that people log in, or auth: none (FLEET_AUTH=none)',
  )
})

test('the hub fails when its server ends by itself', async () => {
  const hub = start(await temporaryFolder(), await freePort())
  const [message] = await once(hub, 'message')
  process.kill((message as { pid: number }).pid, 'SIGKILL')
  expect(await once(hub, 'exit')).toEqual([1, null])
})
