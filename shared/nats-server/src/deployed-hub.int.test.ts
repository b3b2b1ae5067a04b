import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectNats } from '@fleetlake/broker/nats'
import { HUB_SERVICES, type HubService, requestInbox, serviceUser } from '@fleetlake/contracts'
import { eventually, freePorts, temporaryFolder } from '@fleetlake/testing'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  formatDeployedHub,
  type HubPorts,
  newHubSecrets,
  passwordVariable,
  routeAddress,
  routeVariable,
  SERVER_NAME_VARIABLE,
} from './deployed-hub.ts'
import { provideNatsServer } from './find-binary.ts'

const MIB = 1024 ** 2
const HOSTS = ['127.0.0.1', '127.0.0.1', '127.0.0.1']
const secrets = newHubSecrets()

let binary: string
beforeAll(async () => {
  binary = await provideNatsServer()
})

const hubPorts = async (): Promise<HubPorts> => {
  const [client, websocket, monitoring, cluster] = await freePorts(4)
  return { client, websocket, monitoring, cluster }
}

const run = async (
  ports: HubPorts,
  env: Readonly<Record<string, string>>,
  cluster?: { name: string; hosts: readonly string[] },
): Promise<ChildProcess> => {
  const folder = await temporaryFolder()
  const file = join(folder, 'nats.conf')
  await writeFile(
    file,
    formatDeployedHub({
      host: '127.0.0.1',
      ports,
      storeDir: join(folder, 'store'),
      maxFileBytes: 256 * MIB,
      maxMemoryBytes: 64 * MIB,
      syncInterval: 'always',
      websocketOrigins: ['https://fleet.example.com'],
      ...(cluster === undefined ? {} : { cluster }),
    }),
  )
  const child = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'], env })
  await once(child, 'spawn')
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return child
}

const connect = async (port: number, service: HubService, password: string) => {
  const user = serviceUser(service)
  const broker = await connectNats({
    url: `nats://127.0.0.1:${port}`,
    name: service,
    user,
    password,
    inbox: requestInbox(user),
  })
  onTestFinished(() => broker.control.close())
  return broker
}

test('a server that takes its secrets from its environment lets each service in with its own, and nobody with another', async () => {
  const ports = await hubPorts()
  await run(ports, secrets)
  for (const service of HUB_SERVICES) await connect(ports.client, service, secrets[passwordVariable(service)])
  await expect(connect(ports.client, 'finder', secrets[passwordVariable('collector')])).rejects.toMatchObject({
    code: 'hub.refused',
  })
})

test('a server without one of them does not start', async () => {
  const { FLEET_HUB_PASSWORD_FINDER: _, ...others } = secrets
  const child = await run(await hubPorts(), others)
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
  expect(code).toBe(1)
})

test('three of them are one cluster, which a server with another password does not join', async () => {
  const ports = await Promise.all(HOSTS.map(hubPorts))
  const routes = (password: string): Record<string, string> =>
    Object.fromEntries(
      ports.map(({ cluster }, index) => [routeVariable(index), routeAddress(HOSTS[index], password, cluster)]),
    )
  const cluster = { name: 'fleetlake', hosts: HOSTS }
  for (const [index, own] of ports.entries())
    await run(
      own,
      { ...secrets, ...routes(secrets[passwordVariable('route')]), [SERVER_NAME_VARIABLE]: `nats-${index}` },
      cluster,
    )
  const routesOf = async ({ monitoring }: HubPorts): Promise<string[]> => {
    const response = await fetch(`http://127.0.0.1:${monitoring}/routez`)
    const { routes: others } = (await response.json()) as { routes: { remote_name: string }[] }
    return [...new Set(others.map((route) => route.remote_name))].toSorted()
  }
  await eventually(async () => (await routesOf(ports[0])).length === 2, { what: 'both other servers' })
  await expect(connect(ports[1].client, 'finder', 'guessed')).rejects.toMatchObject({ code: 'hub.refused' })
  await connect(ports[1].client, 'finder', secrets[passwordVariable('finder')])
  const stranger = await hubPorts()
  const { stderr } = await run(
    stranger,
    { ...secrets, ...routes('guessed'), [passwordVariable('route')]: 'guessed', [SERVER_NAME_VARIABLE]: 'nats-3' },
    cluster,
  )
  let said = ''
  stderr?.on('data', (text) => (said += String(text)))
  await eventually(() => /Router connection closed: Authentication|Authorization Violation/i.test(said), {
    what: 'a refusal',
  })
  expect({ of0: await routesOf(ports[0]), ofStranger: await routesOf(stranger) }).toEqual({
    of0: ['nats-1', 'nats-2'],
    ofStranger: [],
  })
})
