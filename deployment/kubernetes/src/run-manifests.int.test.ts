import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { production } from './clusters/production.ts'
import { formatManifests } from './format-manifests.ts'
import { manifestsOf } from './manifests.ts'
import type { FleetlakeProps } from './props.ts'
import { newSecrets } from './secrets/new-secrets.ts'
import { SERVICES, type ServiceName } from './services/service-facts.ts'
import { terminalJob } from './services/terminal-job.ts'
import { readManifests } from './testing/clusters.ts'
import { type ClusterOnLoopback, clusterOnLoopback } from './testing/cluster-on-loopback.ts'

/** Those that a collector makes when it starts; others come with what they are for. */
const STREAMS = ['DEAD_LETTERS', 'MOVES_0', 'MOVES_1', 'MOVES_2', 'MOVES_3', 'SEARCHES']
const PASSWORD = 'correct horse battery'

/** Production, with every service, and its archive in a folder. */
const props: FleetlakeProps = {
  ...production,
  archive: { kind: 'volume', storageGiB: 10, accessMode: 'ReadWriteMany' },
  services: { ...production.services, generator: { ...production.services.generator, replicas: 1 } },
  settings: { ...production.settings, archive: {}, partitioning: { count: 4 } },
}
const objects = [...readManifests(formatManifests(manifestsOf(props))), terminalJob(props, { words: ['doctor'] })]
const secrets = newSecrets(props, {})

let cluster: ClusterOnLoopback
beforeAll(async () => {
  cluster = await clusterOnLoopback(objects, { servers: props.hub.servers, secrets })
  await cluster.startHub()
  for (const service of SERVICES) await cluster.start(service)
})
afterAll(() => cluster.stop())

const statusOf = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(url, { headers })).status

const askHub = async <T>(path: string, server = 0): Promise<T> =>
  (await (await fetch(`http://127.0.0.1:${cluster.hub[server].monitoring}${path}`)).json()) as T

test('three servers of the hub are one, and are healthy by their probes', async () => {
  await eventually(
    async () => {
      const all = await Promise.all(
        cluster.hub.map(({ monitoring }) => statusOf(`http://127.0.0.1:${monitoring}/healthz`)),
      )
      return all.every((status) => status === 200)
    },
    { what: 'three healthy servers' },
  )
  const routesOf = async (server: number): Promise<string[]> => {
    const { routes } = await askHub<{ routes: { remote_name: string }[] }>('/routez', server)
    return [...new Set(routes.map((route) => route.remote_name))].toSorted()
  }
  expect(await Promise.all([0, 1, 2].map(routesOf))).toEqual([
    ['hub-1', 'hub-2'],
    ['hub-0', 'hub-2'],
    ['hub-0', 'hub-1'],
  ])
})

test('every service gets in with its own password, and is ready by its probe', async () => {
  const isReady = async (service: ServiceName): Promise<boolean> => {
    const { opsUrl, child, output } = cluster.services[service]
    if (child.exitCode !== null) expect.fail(`${service} has ended: ${output()}`)
    return (await statusOf(`${opsUrl}/readyz`)) === 200
  }
  for (const service of SERVICES) await eventually(() => isReady(service), { what: `${service}'s readiness` })
  // Every server tells those that are connected to it.
  const { connections } = await askHub<{ connections: { authorized_user: string }[] }>('/connz?auth=true')
  expect([...new Set(connections.map((each) => each.authorized_user))].toSorted()).toEqual([
    'service:collector',
    'service:compactor',
    'service:finder',
    'service:gateway',
    'service:generator',
    'service:projector',
    'service:system',
    'service:viewer',
  ])
})

test('metrics are told to who has the token', async () => {
  const token = secrets.find(({ metadata }) => metadata?.name === 'fleetlake-ops')!.stringData!.FLEET_OPS_TOKEN
  const statuses = await Promise.all(
    SERVICES.map(async (service) => {
      const url = `${cluster.services[service].opsUrl}/metrics`
      return [await statusOf(url), await statusOf(url, { Authorization: `Bearer ${token}` })]
    }),
  )
  expect(statuses).toEqual(SERVICES.map(() => [401, 200]))
})

interface Jetstream {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly { readonly name: string; readonly config: { readonly num_replicas: number } }[]
  }[]
}

test('each stream has three replicas', async () => {
  const replicas = async (): Promise<Record<string, number>> => {
    const { account_details = [] } = await askHub<Jetstream>('/jsz?streams=true&config=true')
    const streams = account_details.flatMap(({ stream_detail = [] }) => stream_detail)
    return Object.fromEntries(streams.map(({ name, config }) => [name, config.num_replicas]))
  }
  // The server that is asked hears of a stream after the one that made it.
  await eventually(
    async () => {
      const there = await replicas()
      return STREAMS.every((name) => name in there)
    },
    { what: 'all streams' },
  )
  expect(await replicas()).toMatchObject(Object.fromEntries(STREAMS.map((name) => [name, 3])))
})

interface Answer {
  readonly status: number
  readonly cookie: string
  readonly body: Readonly<Record<string, string>>
}

/** Asks the viewer as the Ingress controller does, for a browser that has come to the public host. */
const askByIngress = async (path: string, body: unknown, cookie = ''): Promise<Answer> => {
  const asked = request(`${cluster.services.viewer.url}${path}`, {
    method: 'POST',
    headers: {
      host: props.host,
      origin: `https://${props.host}`,
      'content-type': 'application/json',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      cookie,
    },
  })
  asked.end(JSON.stringify(body))
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return {
    status: response.statusCode,
    cookie: ((response.headers['set-cookie'] ?? []) as string[]).map((line) => line.split(';')[0]).join('; '),
    body: text.startsWith('{') ? JSON.parse(text) : {},
  }
}

test('the first account is made by the terminal client in a pod of the gateway', async () => {
  const { code, output } = await cluster.runTerminal(
    'gateway',
    ['accounts', 'add', 'anna', '--role', 'dispatcher', '--password-stdin'],
    PASSWORD,
  )
  expect([code, output]).toEqual([0, expect.stringContaining('anna')])
})

/** What a server says to a page's first words, on the path that the Ingress has for it. */
const knockAt = (server: number, user: string, pass: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${cluster.hub[server].websocket}/hub`)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => {
      const words = { verbose: false, pedantic: false, lang: 'test', version: '1', user, pass }
      socket.send(new TextEncoder().encode(`CONNECT ${JSON.stringify(words)}\r\nPING\r\n`))
    })
    socket.addEventListener('message', ({ data }) => {
      const said = /PONG|-ERR '[^']*'/.exec(new TextDecoder().decode(data as ArrayBuffer))?.[0]
      if (said === undefined) return
      resolve(said)
      socket.close()
    })
  })

test('a person logs in through viewer and gateway, and is let in to the hub on the path of the Ingress, and nobody else is', async () => {
  // The gateway has been told of the account; each failure would count, and after 10 the right password has to wait.
  const login = await askByIngress('/v1/login', { account: 'anna', password: PASSWORD })
  expect(login.status).toBe(200)
  // The hub waits 2 s for the gateway's word, and refuses: a busy machine may be slower, once.
  const answers = (server: number, change: (password: string) => string, wanted: string): Promise<boolean> =>
    eventually(
      async () => {
        const { user, password } = (await askByIngress('/v1/hub-ticket', {}, login.cookie)).body
        return (await knockAt(server, user, change(password))) === wanted
      },
      { what: `the answer ${wanted} of server ${server}` },
    )
  for (const server of [0, 1, 2]) await answers(server, (password) => password, 'PONG')
  await answers(1, (password) => `${password.slice(0, -2)}xx`, "-ERR 'Authorization Violation'")
})

/** Of the checks of `fleet doctor` that ask the hub for its streams. */
const OF_STREAMS = ['streams', 'feeder', 'stream contents', 'lag', 'dead letters']

interface Check {
  readonly check: string
  readonly state: string
}

test('what the streams hold is told to a Job of the terminal, and not in a pod of the gateway', async () => {
  const doctor = async (pods: 'gateway' | 'terminal'): Promise<Record<string, string>> => {
    const { output } = await cluster.runTerminal(pods, ['doctor', '--json'])
    const checks = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Check)
    return Object.fromEntries(
      checks.filter(({ check }) => OF_STREAMS.includes(check)).map(({ check, state }) => [check, state]),
    )
  }
  expect(await doctor('terminal')).toEqual(Object.fromEntries(OF_STREAMS.map((check) => [check, 'ok'])))
  expect(await doctor('gateway')).toEqual({
    streams: 'fault',
    feeder: 'unknown',
    'stream contents': 'unknown',
    lag: 'unknown',
    'dead letters': 'unknown',
  })
  expect((await cluster.runTerminal('terminal', ['dead-letters', 'list'])).code).toBe(0)
})

test('the archive is backed up by a Job of the terminal, with how the streams stand', async () => {
  const { code, output } = await cluster.runTerminal('terminal', ['backup', join(await temporaryFolder(), 'backups')])
  expect([code, output]).toEqual([0, expect.stringContaining('  0 messages of the hub were not archived yet')])
})

test('on SIGTERM every service ends by itself', async () => {
  const codes = await Promise.all(
    SERVICES.map(async (service) => {
      const { child } = cluster.services[service]
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = await exit
      return [service, code]
    }),
  )
  expect(Object.fromEntries(codes)).toEqual(Object.fromEntries(SERVICES.map((service) => [service, 0])))
})
