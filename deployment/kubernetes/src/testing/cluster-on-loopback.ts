import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { provideMontevideo } from '@fleetlake/event-generator'
import { HUB_PORTS, type HubPorts, provideNatsServer } from '@fleetlake/nats-server'
import { freePort, freePorts, temporaryFolder } from '@fleetlake/testing'
import type { ISecret } from 'kubernetes-models/v1/Secret'
import type { Objects } from '../checks/objects.ts'
import { PID_FILE, STORE_FOLDER } from '../hub/hub-config.ts'
import { CONFIG_MAP, HUB, HUB_SERVERS, type TERMINAL } from '../names.ts'
import { ARCHIVE_FOLDER } from '../services/archive-volume.ts'
import { IMPORTS, SERVICE_FACTS, type ServiceName } from '../services/service-facts.ts'
import { environmentOf, fileOf, mapped, podsNamed } from './kubelet.ts'

/** Manifests that run as processes of this machine: what nodes would start, with names and ports of the loopback. */
export interface ClusterOnLoopback {
  readonly archive: string
  /** Of each server of the hub. */
  readonly hub: readonly HubPorts[]
  readonly services: Readonly<Record<string, RunningService>>
  startHub(): Promise<void>
  start(service: ServiceName): Promise<void>
  /** As `kubectl exec` in a pod of a service, or as a Job of the terminal. */
  runTerminal(
    pods: ServiceName | typeof TERMINAL,
    words: readonly string[],
    input?: string,
  ): Promise<{ code: number; output: string }>
  stop(): Promise<void>
}

export interface RunningService {
  /** Where its health is asked for. */
  readonly opsUrl: string
  /** Where others come to it. */
  readonly url: string | undefined
  readonly child: ChildProcess
  output(): string
}

/** What the image runs, with what a container or `kubectl exec` gives it. */
const COMMAND = fileURLToPath(new URL('../../../command/src/main.ts', import.meta.url))

/** @param secrets what is in the cluster beside the manifests */
export const clusterOnLoopback = async (
  objects: Objects,
  { servers, secrets }: { servers: number; secrets: readonly ISecret[] },
): Promise<ClusterOnLoopback> => {
  const folder = await temporaryFolder()
  const archive = join(folder, 'archive')
  const hub = await Promise.all(Array.from({ length: servers }, hubPorts))
  const [viewerPort, gatewayPort] = await freePorts(2)
  const services: Record<string, RunningService> = {}
  const children: ChildProcess[] = []
  await mkdir(archive)
  await provideMontevideo(join(folder, 'city'))
  await mkdir(join(folder, 'page/public'), { recursive: true })
  await writeFile(join(folder, 'page/public/200.html'), '<!doctype html><title>Fleetlake</title>')

  const startServer = async (binary: string, index: number): Promise<void> => {
    const own = hub[index]
    const store = join(folder, `${HUB}-${index}`)
    await mkdir(store)
    const config = mapped(fileOf(objects, HUB, 'nats.conf'), {
      '0.0.0.0': '127.0.0.1',
      [`"${STORE_FOLDER}"`]: JSON.stringify(store),
      [PID_FILE]: join(store, 'pid'),
      [`port: ${HUB_PORTS.client}\n`]: `port: ${own.client}\n`,
      [`port: ${HUB_PORTS.websocket}\n`]: `port: ${own.websocket}\n`,
      [`:${HUB_PORTS.monitoring}"`]: `:${own.monitoring}"`,
      ...(servers === 1 ? {} : { [`port: ${HUB_PORTS.cluster}\n`]: `port: ${own.cluster}\n` }),
    })
    await writeFile(join(store, 'nats.conf'), config)
    const routes = Object.fromEntries(
      hub.map(({ cluster }, other) => [`${HUB}-${other}.${HUB_SERVERS}:${HUB_PORTS.cluster}`, `127.0.0.1:${cluster}`]),
    )
    const env = Object.fromEntries(
      Object.entries(environmentOf(podsNamed(objects, HUB), { pod: `${HUB}-${index}`, secrets })).map(
        ([name, value]) => [
          name,
          Object.entries(routes).reduce((text, [inCluster, here]) => text.replace(inCluster, here), value),
        ],
      ),
    )
    children.push(await spawned(binary, ['-c', join(store, 'nats.conf'), '-l', join(store, 'log')], env))
  }

  const settings = join(folder, 'fleet.yaml')
  await writeFile(
    settings,
    mapped(fileOf(objects, CONFIG_MAP, 'fleet.yaml'), {
      'nats://hub:4222': `nats://127.0.0.1:${hub[0].client}`,
      [`path: ${ARCHIVE_FOLDER}`]: `path: ${archive}`,
      [`importDir: ${IMPORTS.path}`]: `importDir: ${join(folder, 'imports')}`,
      [`gatewayUrl: http://gateway:${SERVICE_FACTS.gateway.port}`]: `gatewayUrl: http://127.0.0.1:${gatewayPort}`,
      [`port: ${SERVICE_FACTS.gateway.port}\n`]: `port: ${gatewayPort}\n`,
      [`port: ${SERVICE_FACTS.viewer.port}\n`]: `port: ${viewerPort}\n`,
      // Whoever comes from this machine comes from a pod.
      '10.42.0.0/16': '127.0.0.0/8',
    }),
  )
  const processEnvironment = (pods: ServiceName | typeof TERMINAL): NodeJS.ProcessEnv => ({
    ...environmentOf(podsNamed(objects, pods), { pod: pods, secrets }),
    FLEET_CONFIG: settings,
    FLEET_LOG_FORMAT: 'text',
    FLEET_WEB_OUTPUT_DIR: join(folder, 'page'),
    FLEET_GENERATOR_CITY_DIR: join(folder, 'city'),
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
  })

  const start = async (service: ServiceName): Promise<void> => {
    const opsPort = await freePort()
    const { args = [] } = podsNamed(objects, service).containers[0]
    const child = await spawned(process.execPath, [COMMAND, ...args], {
      ...processEnvironment(service),
      FLEET_OPS_PORT: String(opsPort),
    })
    children.push(child)
    let output = ''
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (output += String(text)))
    const port = { viewer: viewerPort, gateway: gatewayPort }[service as string]
    services[service] = {
      opsUrl: `http://127.0.0.1:${opsPort}`,
      url: port === undefined ? undefined : `http://127.0.0.1:${port}`,
      child,
      output: () => output,
    }
  }

  return {
    archive,
    hub,
    services,
    startHub: async () => {
      const binary = await provideNatsServer()
      await Promise.all(hub.map((_, index) => startServer(binary, index)))
    },
    start,
    runTerminal: async (pods, words, input = '') => {
      const child = spawn(process.execPath, [COMMAND, 'fleet', ...words], { env: processEnvironment(pods) })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
      child.stdin.end(input)
      const [code] = await once(child, 'close')
      return { code, output }
    },
    stop: async () => {
      await Promise.all(children.map(ended))
    },
  }
}

const spawned = async (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  await once(child, 'spawn')
  return child
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

const hubPorts = async (): Promise<HubPorts> => {
  const [client, websocket, monitoring, cluster] = await freePorts(4)
  return { client, websocket, monitoring, cluster }
}
