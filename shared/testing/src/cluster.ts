import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { provideNatsServer } from '@fleetlake/nats-server'
import { freePorts } from './free-ports.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Another nats-server than the current one, and what its environment has besides. */
export interface ServerProgram {
  readonly binary: string
  readonly env: Readonly<Record<string, string>>
}

export interface TestClusterOptions {
  /** 3 when missing; 1 is a server by itself. */
  readonly nodes?: 1 | 3
  /** Of its files; a temporary one when missing. */
  readonly folder?: string
  /** How often streams are synced to the disk, as nats-server has it: `always`, `10s`; the server's own default when missing. */
  readonly syncInterval?: string
}

export interface TestCluster {
  /** Of the nodes; a client that knows one hears of the others. */
  readonly urls: readonly string[]
  /** Server names, e.g. `node-1`. */
  readonly names: readonly string[]
  /** Where a node keeps its streams. */
  dataDirOf(name: string): string
  /** SIGKILL of a node. */
  kill(name: string): Promise<void>
  /** SIGKILL of all nodes at once. */
  killAll(): Promise<void>
  /** SIGTERM. */
  end(name: string): Promise<void>
  /** Starts it again on its data. */
  restart(name: string, program?: ServerProgram): Promise<void>
  stop(): Promise<void>
}

/** Real nats-servers with JetStream, three as one cluster, on the loopback. Streams of 3 replicas live on all of them. */
export const startTestCluster = async ({
  folder: given,
  nodes: count = 3,
  syncInterval,
}: TestClusterOptions = {}): Promise<TestCluster> => {
  const usual: ServerProgram = { binary: await provideNatsServer(), env: {} }
  const folder = given ?? (await temporaryFolder())
  const syncing = syncInterval === undefined ? '' : `, sync_interval: ${JSON.stringify(syncInterval)}`
  const ports = await freePorts(2 * count)
  const nodes = Array.from({ length: count }, (_, i) => ({
    name: `node-${i + 1}`,
    port: ports[2 * i],
    routePort: ports[2 * i + 1],
  }))
  const routes = nodes.map(({ routePort }) => `nats://127.0.0.1:${routePort}`).join(', ')
  const running = new Map<string, ChildProcess>()

  const dataDirOf = (name: string): string => join(folder, name)
  const start = async ({ name, port, routePort }: (typeof nodes)[number], { binary, env } = usual): Promise<void> => {
    const dataDir = dataDirOf(name)
    await mkdir(dataDir, { recursive: true })
    await writeFile(
      join(dataDir, 'nats.conf'),
      `server_name: ${name}
host: 127.0.0.1
port: ${port}
jetstream { store_dir: "${dataDir}", max_mem: 67108864, max_file: 1073741824${syncing} }
${count === 1 ? '' : `cluster { name: test, listen: "127.0.0.1:${routePort}", routes: [${routes}] }`}
`,
    )
    const child = spawn(binary, ['-c', join(dataDir, 'nats.conf'), '-l', join(dataDir, 'log')], {
      stdio: 'ignore',
      env: { ...process.env, ...env },
    })
    await once(child, 'spawn')
    running.set(name, child)
  }
  const end = async (name: string, signal: NodeJS.Signals): Promise<void> => {
    const child = running.get(name)
    if (child === undefined) return
    running.delete(name)
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  const nodeOf = (name: string): (typeof nodes)[number] => nodes.find((node) => node.name === name)!

  const killAll = async (): Promise<void> => void (await Promise.all(nodes.map(({ name }) => end(name, 'SIGKILL'))))

  await Promise.all(nodes.map((node) => start(node)))
  return {
    urls: nodes.map(({ port }) => `nats://127.0.0.1:${port}`),
    names: nodes.map(({ name }) => name),
    dataDirOf,
    kill: (name) => end(name, 'SIGKILL'),
    killAll,
    end: (name) => end(name, 'SIGTERM'),
    restart: (name, program) => start(nodeOf(name), program),
    stop: killAll,
  }
}
