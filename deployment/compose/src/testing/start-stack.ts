import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askHealth, readinessUrl } from '@fleetlake/command'
import { provideNatsServer } from '@fleetlake/nats-server'
import { endWithUs } from '@fleetlake/service'
import { eventually, freePorts, startChildServer, temporaryFolder, type ChildServer } from '@fleetlake/testing'
import { provideCaddy } from './debian-tools.ts'
import { type ComposeService, readCompose, root } from './read-compose.ts'
import { fromSources, type Runner, type Start } from './runner.ts'

/** A container's program as a process of this machine. */
export interface Container {
  readonly name: string
  readonly env: NodeJS.ProcessEnv
  /** Its health check as docker-compose.yml has it; the exit code. */
  checkHealth(): Promise<number | null>
  /** All that it has written. */
  readonly said: () => string
  readonly hasEnded: () => boolean
  /** SIGTERM; its exit code. */
  stop(): Promise<number | null>
}

export interface ComposeStack {
  /** Of the page, through the proxy. */
  readonly url: string
  /** Its certificate's authority. */
  readonly authority: string
  readonly containers: readonly Container[]
  /** The service `fleet` with these words. */
  fleet(words: readonly string[], input?: string): Promise<string>
  stop(): Promise<void>
}

/** What stands in the place of the network and the volumes of docker-compose.yml: ports of the loopback, and a folder. */
interface Machine {
  readonly folder: string
  readonly ports: Readonly<Record<'hub' | 'websocket' | 'monitoring' | 'gateway' | 'viewer' | 'proxy', number>>
}

/** A text of the files with the names of hosts, ports and paths of this machine. */
const here = (text: string, { folder, ports }: Machine): string =>
  text
    .replaceAll('nats:4222', `127.0.0.1:${ports.hub}`)
    .replaceAll('gateway:3100', `127.0.0.1:${ports.gateway}`)
    .replaceAll('localhost:8443', `localhost:${ports.proxy}`)
    .replaceAll('port: 3100', `port: ${ports.gateway}`)
    .replaceAll('port: 3000', `port: ${ports.viewer}`)
    .replaceAll('172.29.64.0/24', '127.0.0.1')
    .replaceAll('/data/', `${folder}/data/`)
    .replaceAll('/etc/fleetlake/', `${folder}/`)

interface Started {
  readonly name: string
  readonly env: NodeJS.ProcessEnv
  /** Of the service, and of its health check. */
  readonly service: Start
  readonly check: Start
}

const startContainer = async ({ name, env, service, check }: Started): Promise<Container> => {
  const child = spawn(service.program, service.args, { env: service.env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(String(text)))
  await once(child, 'spawn')
  const stopWatching = endWithUs(child.pid!)
  child.once('exit', stopWatching)
  return {
    name,
    env,
    said: () => said.join(''),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    checkHealth: () => checkHealth(check),
    stop: () => stopChild(child),
  }
}

const stopChild = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  child.kill('SIGTERM')
  await once(child, 'close')
  return child.exitCode
}

const checkHealth = async ({ program, args, env }: Start): Promise<number | null> => {
  const child = spawn(program, args, { env, stdio: 'ignore' })
  await once(child, 'close')
  return child.exitCode
}

/**
 * Asks as the health check of docker-compose.yml does, in the container's environment.
 * @throws Error with its words when it ends instead
 */
const awaitHealth = async ({ name, env, said, hasEnded }: Container): Promise<void> => {
  const ask = async () => (hasEnded() ? 'ended' : (await askHealth(readinessUrl(env))).isReady && 'ready')
  if ((await eventually(ask, { what: `${name} ready`, seen: said })) === 'ended')
    throw new Error(`${name} ended: ${said()}`)
}

const startHub = async (machine: Machine, { environment }: ComposeService): Promise<ChildServer> => {
  const { folder, ports } = machine
  const text = (await readFile(join(root, 'deployment/compose/nats-server.conf'), 'utf8'))
    .replace('port: 4222', `port: ${ports.hub}`)
    .replace('port: 9222', `port: ${ports.websocket}`)
    .replace('0.0.0.0:8222', `0.0.0.0:${ports.monitoring}`)
    .replace('"/data"', JSON.stringify(join(folder, 'hub')))
  const file = join(folder, 'nats-server.conf')
  await writeFile(file, text)
  const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, here(value, machine)]))
  const hub = await startChildServer({
    program: await provideNatsServer(),
    args: ['-c', file],
    env,
    logFile: join(folder, 'nats-server.log'),
  })
  await eventually(async () => (await fetch(`http://127.0.0.1:${ports.monitoring}/healthz`)).ok, { what: 'the hub' })
  return hub
}

const startProxy = async ({ folder, ports }: Machine): Promise<ChildServer> =>
  startChildServer({
    program: await provideCaddy(),
    args: ['run', '--config', join(root, 'deployment/compose/Caddyfile'), '--adapter', 'caddyfile'],
    env: {
      XDG_DATA_HOME: join(folder, 'caddy'),
      XDG_CONFIG_HOME: join(folder, 'caddy'),
      HOME: folder,
      FLEET_HOST: 'localhost',
      FLEET_PROXY_PORT: String(ports.proxy),
      FLEET_PROXY_HUB: `127.0.0.1:${ports.websocket}`,
      FLEET_PROXY_VIEWER: `127.0.0.1:${ports.viewer}`,
    },
    logFile: join(folder, 'caddy.log'),
  })

/** A certificate, once all of it is written. */
const readWhole = async (file: string): Promise<string | false> => {
  const text = await readFile(file, 'utf8')
  return text.includes('END CERTIFICATE') && text
}

const runFleet = ({ program, args, env }: Start, input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = execFile(program, args, { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${args.join(' ')}: ${stderr}`, { cause: error })),
    )
    child.stdin?.end(input)
  })

/** Our services that start by default, by `depends_on`: those of a wave need only those before it to be healthy. */
const wavesOf = (services: Readonly<Record<string, ComposeService>>): string[][] => {
  const ours = Object.keys(services).filter(
    (name) => services[name].image.startsWith('fleetlake') && services[name].profiles.length === 0,
  )
  const waves: string[][] = []
  for (let left = ours; left.length > 0; left = left.filter((name) => !waves.flat().includes(name))) {
    waves.push(left.filter((name) => Object.keys(services[name].depends_on).every((other) => !left.includes(other))))
  }
  return waves
}

/**
 * Runs what docker-compose.yml says without containers: the same commands with the same environments and files, in the order of
 * `depends_on`, each when the health checks of those before it say that they are ready.
 */
export const startComposeStack = async (runner: Runner = fromSources): Promise<ComposeStack> => {
  const { services } = await readCompose()
  const folder = await temporaryFolder()
  const [hub, websocket, monitoring, gateway, viewer, proxy] = await freePorts(6)
  const machine: Machine = { folder, ports: { hub, websocket, monitoring, gateway, viewer, proxy } }
  for (const volume of ['archive', 'imports', 'gateway']) await mkdir(join(folder, 'data', volume), { recursive: true })
  const settings = await readFile(join(root, 'deployment/compose/fleet.yaml'), 'utf8')
  await writeFile(join(folder, 'fleet.yaml'), here(settings, machine))
  await runner.prepare(folder)
  const environmentOf = ({ environment }: ComposeService, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
    ...runner.imageEnvironment(folder),
    ...Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, here(value, machine)])),
    ...more,
  })
  const servers = [await startHub(machine, services['nats'])]
  const containers: Container[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(containers.map((container) => container.stop()))
    await Promise.all(servers.map((server) => server.stop()))
  }
  try {
    for (const wave of wavesOf(services)) {
      const names = wave.flatMap((name) =>
        Array.from({ length: services[name].scale }, (_, index) => ({ name, index })),
      )
      const ports = await freePorts(names.length)
      const own = await Promise.all(
        names.map(async ({ name, index }, number) => {
          // A container has its ports for itself.
          const env = environmentOf(services[name], { FLEET_OPS_PORT: String(ports[number]) })
          const start = { folder, env }
          return startContainer({
            name: `${name}-${index + 1}`,
            env,
            service: runner.command(services[name].command, start),
            check: runner.command(['health'], start),
          })
        }),
      )
      containers.push(...own)
      for (const container of own) await awaitHealth(container)
    }
    servers.push(await startProxy(machine))
    const certificate = join(folder, 'caddy/caddy/pki/authorities/local/root.crt')
    const authority = await eventually(() => readWhole(certificate), { what: 'the certificate of the proxy' })
    const terminal = environmentOf(services['fleet'], {})
    return {
      url: `https://localhost:${proxy}`,
      authority,
      containers,
      fleet: (words, input) => runFleet(runner.command(['fleet', ...words], { folder, env: terminal }), input),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
