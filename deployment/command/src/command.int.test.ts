import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describeVersion } from '@fleetlake/service/version'
import { expect, onTestFinished, test } from 'vitest'
import { readinessUrl } from './ask-health.ts'
import { PROGRAMS } from './programs.ts'

const program = join(import.meta.dirname, 'main.ts')

const run = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, out, err }
}

test('each word is a program that tells its version and commit', async () => {
  const said = await Promise.all([...PROGRAMS.keys()].map((word) => run([word, '--version'])))
  expect(said).toEqual([...PROGRAMS].map(() => ({ code: 0, out: `${describeVersion()}\n`, err: '' })))
  expect(await run(['--version'])).toEqual({ code: 0, out: `fleetlake ${describeVersion()}\n`, err: '' })
})

test('a word that is none is told, with those that are', async () => {
  expect(await run(['colector'])).toEqual({
    code: 2,
    out: '',
    err: "fleetlake knows no 'colector': say one of hub, generator, collector, compactor, projector, finder, viewer, gateway, fleet, health, or --help\n",
  })
  const help = await run([])
  expect([help.code, help.out.match(/^ {2}\w+/gm)]).toEqual([
    0,
    [...PROGRAMS.keys(), 'health'].map((word) => `  ${word}`),
  ])
})

test('words and flags go on to the program', async () => {
  expect(await run(['fleet', 'query', '--bbox'])).toMatchObject({ code: 2, out: '' })
  expect((await run(['fleet', 'accounts', '--help'])).out).toMatch(/^Usage: fleet accounts /)
})

test('health is what the service says of itself, and none where nothing answers', async () => {
  let status = 200
  const server = createServer(({ headers: { authorization = 'nobody' } }, response) =>
    response.writeHead(status).end(`${status} for ${authorization}`),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const env = { FLEET_OPS_HOST: '0.0.0.0', FLEET_OPS_PORT: String(port) }
  expect(await run(['health'], env)).toEqual({ code: 0, out: '200 for nobody\n', err: '' })
  status = 503
  expect(await run(['health'], { ...env, FLEET_OPS_TOKEN: 'a-token' })).toEqual({
    code: 1,
    out: '503 for Bearer a-token\n',
    err: '',
  })
  server.close()
  server.closeAllConnections()
  const gone = await run(['health'], env)
  expect([gone.code, gone.out]).toEqual([
    1,
    expect.stringContaining(`nothing answers at http://127.0.0.1:${port}/readyz: `),
  ])
})

test('a service is asked where it listens', () => {
  expect([
    readinessUrl({}),
    readinessUrl({ FLEET_OPS_HOST: '::', FLEET_OPS_PORT: '1' }),
    readinessUrl({ FLEET_OPS_HOST: '10.0.0.7', FLEET_OPS_PORT: '2' }),
  ]).toEqual(['http://127.0.0.1:9464/readyz', 'http://127.0.0.1:1/readyz', 'http://10.0.0.7:2/readyz'])
})
