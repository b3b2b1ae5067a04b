import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { provideNatsServer } from '@fleetlake/nats-server'
import { temporaryFolder } from './temporary-folder.ts'

export interface TestCluster {
  /** Of the nodes; a client that knows one hears of the others. */
  readonly urls: readonly string[]
  /** SIGKILL of a node by its server name, e.g. `node-1`. */
  kill(name: string): Promise<void>
  /** Starts it again on its data. */
  restart(name: string): Promise<void>
  stop(): Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Three real nats-servers with JetStream as one cluster on the loopback. Streams of 3 replicas live on all of them. */
export const startTestCluster = async (): Promise<TestCluster> => {
  const binary = await provideNatsServer()
  const folder = await temporaryFolder()
  const nodes = await Promise.all(
    [1, 2, 3].map(async (n) => ({ name: `node-${n}`, port: await freePort(), routePort: await freePort() })),
  )
  const routes = nodes.map(({ routePort }) => `nats://127.0.0.1:${routePort}`).join(', ')
  const running = new Map<string, ChildProcess>()

  const start = async ({ name, port, routePort }: (typeof nodes)[number]): Promise<void> => {
    const dataDir = join(folder, name)
    await mkdir(dataDir, { recursive: true })
    await writeFile(
      join(dataDir, 'nats.conf'),
      `server_name: ${name}
host: 127.0.0.1
port: ${port}
jetstream { store_dir: "${dataDir}", max_mem: 67108864, max_file: 1073741824 }
cluster { name: test, listen: "127.0.0.1:${routePort}", routes: [${routes}] }
`,
    )
    const child = spawn(binary, ['-c', join(dataDir, 'nats.conf'), '-l', join(dataDir, 'log')], { stdio: 'ignore' })
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

  await Promise.all(nodes.map(start))
  return {
    urls: nodes.map(({ port }) => `nats://127.0.0.1:${port}`),
    kill: (name) => end(name, 'SIGKILL'),
    restart: (name) => start(nodeOf(name)),
    stop: async () => void (await Promise.all(nodes.map(({ name }) => end(name, 'SIGKILL')))),
  }
}
