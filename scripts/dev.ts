import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * The page of the viewer as it is written: a change shows at once. Its data come from a stack that runs (`npm start`), whose hub must let
 * this page in. Arguments go to `nuxt dev`.
 */
const web = fileURLToPath(new URL('../event-viewer/web', import.meta.url))
const origin = 'http://localhost:3001'

console.log(`The stack that it shows is started with:  FLEET_HUB_WEBSOCKET_ORIGINS=${origin} npm start\n`)
const child = spawn('nuxt', ['dev', '--port', '3001', '--host', 'localhost', ...process.argv.slice(2)], {
  cwd: web,
  stdio: 'inherit',
  env: {
    ...process.env,
    NUXT_TELEMETRY_DISABLED: '1',
    PATH: `${web}/node_modules/.bin:${process.env.PATH}`,
  },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
process.on('disconnect', () => child.kill())
const [code] = await once(child, 'exit')
process.exit((code as number | null) ?? 0)
