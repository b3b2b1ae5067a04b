import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  ANYONE,
  DEFAULT_CONFIG,
  describeOldServer,
  describeServerFaults,
  isLoopback,
  isLoopbackOrigin,
  pageOrigins,
  personPermissions,
  rightsOfAnyone,
} from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import {
  claimDataFolder,
  layOutDataFolder,
  measureAvailableBytes,
  removeOwner,
  writeOwner,
  writeServerConfig,
  type DataFolder,
} from './data-folder.ts'
import { provideNatsServer, readServerVersion } from './find-binary.ts'
import { describeLostOrigins } from './lost-origins.ts'
import { endWithUs, type HubKeys, provideHubKeys } from '@fleetlake/service'
import { publicKeyOf } from '@fleetlake/broker/nats/logins'
import { PROBE_INBOX, PROBE_SUBJECT, type ProbeLogin } from './probe-jet-stream.ts'
import { knownUsers } from './known-users.ts'
import { formatServerConfig, type KnownUsers, type OpenUsers } from './server-config.ts'
import { sizeStore } from './store-size.ts'
import { type SyncInterval, syncSettingFor } from './sync-interval.ts'

export type NatsServerOptions = {
  /** configuration, log and JetStream's files live here; made when absent */
  dataDir: string
  /** 0, the default, takes a free one, which a restart keeps */
  port?: number
  host?: string
  monitoringPort?: number
  /** where browsers come in, on the loopback; 0, the default, takes a free one, which a restart keeps */
  websocketPort?: number
  /** whose pages may; those of a viewer on its usual port by default */
  websocketOrigins?: readonly string[]
  /** whether they may have vehicles generated; only where all of them and `host` are on the loopback when missing */
  pagesMayGenerate?: boolean
  /** whether everyone has to log in: services with the keys that are made in `dataDir`, people and programs at a gateway */
  asksEveryone?: boolean
  /** sizes the store; partitions as the configuration has them by default */
  partitions?: number
  partitionMaxBytes?: number
  /** how often the streams are synced to the disk; that of the configuration by default */
  syncInterval?: SyncInterval
  /** fixes the store's size in bytes instead, e.g. to test a full one */
  maxFileBytes?: number
  maxMemoryBytes?: number
  maxPayloadBytes?: number
  /** found or provided when absent */
  binary?: string
  /** how long SIGTERM may take before SIGKILL */
  graceMs?: number
  /** told about warnings and whatever takes long */
  say?: (line: string) => void
}

export type NatsServer = {
  readonly url: string
  readonly port: number
  /** for browsers, who are the viewer's user there */
  readonly websocketUrl: string
  /** of the process that runs now; a restart changes it */
  readonly pid: number
  readonly dataDir: string
  /** as whom a server that asks everyone lets itself be probed */
  readonly probeLogin?: ProbeLogin | undefined
  /** what a partition's stream may hold on this disk; smaller than wished on a small disk */
  readonly partitionMaxBytes: number
  /** SIGTERM, then SIGKILL after the grace; resolves when the process is gone */
  stop(): Promise<void>
  /** sends a signal; with SIGKILL, the default, or SIGTERM resolves when the process is gone */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** starts again on the same port and store, stopping first what still runs */
  restart(): Promise<void>
  /** resolves when the present process has ended, with `asked: false` when this process had not asked for it */
  ended(): Promise<{ asked: boolean; lastLines: string }>
}

type Ports = { port: number; websocketPort: number }

type Running = { child: ChildProcess; pid: number; asked: boolean; ended: Promise<void> }

const loopback = '127.0.0.1'
const defaults = {
  host: loopback,
  port: 0,
  websocketPort: 0,
  websocketOrigins: pageOrigins(DEFAULT_CONFIG.viewer.port),
  asksEveryone: false,
  partitions: DEFAULT_CONFIG.partitioning.count,
  partitionMaxBytes: DEFAULT_CONFIG.hub.maxBytesPerPartition,
  syncInterval: DEFAULT_CONFIG.hub.syncInterval,
  maxMemoryBytes: 256 * 1024 ** 2,
  maxPayloadBytes: 1024 ** 2,
  graceMs: 5000,
}
const pollMs = 10
const startTimeoutMs = 60_000
const longestLogBytes = 8 * 1024 ** 2

/**
 * Starts nats-server with JetStream and waits until clients can connect. The server ends with this process.
 * @throws FleetError `hub.server-missing`, `hub.server-old`, `hub.port-in-use`, `hub.data-in-use`, or `hub.failed` with the server's last words
 */
export const startNatsServer = async (options: NatsServerOptions): Promise<NatsServer> => {
  const settings = { ...defaults, say: (): void => {}, ...options, dataDir: resolve(options.dataDir) }
  const binary = settings.binary ?? (await provideNatsServer({ say: settings.say }))
  const version = await readServerVersion(binary)
  const faults = describeServerFaults(version)
  if (faults !== undefined) keepToLoopback(faults, settings.websocketOrigins)
  const sync = syncSettingFor(version, settings.syncInterval)
  const folder = layOutDataFolder(settings.dataDir)
  await mkdir(settings.dataDir, { recursive: true })
  await claimDataFolder(folder, settings.say)
  const size = sizeStore({
    availableBytes: await measureAvailableBytes(folder),
    partitions: settings.partitions,
    partitionMaxBytes: settings.partitionMaxBytes,
  })
  const lostOrigins = describeLostOrigins(settings.websocketOrigins)
  for (const warning of [describeOldServer(version), sync.warning, size.warning, lostOrigins])
    if (warning !== undefined) settings.say(warning)
  const generation = settings.pagesMayGenerate ?? isOnLoopback(settings)
  const keys = settings.asksEveryone ? await provideHubKeys(settings.dataDir) : undefined
  const probeLogin = keys === undefined ? undefined : { user: 'service:watchdog', pass: newPassword() }

  const start = async (wished: Ports): Promise<{ running: Running; ports: Ports }> => {
    const config = formatServerConfig({
      host: settings.host,
      port: wished.port === 0 ? -1 : wished.port,
      ...(settings.monitoringPort === undefined ? {} : { monitoringPort: settings.monitoringPort }),
      storeDir: folder.storeDir,
      portsDir: folder.portsDir,
      maxFileBytes: settings.maxFileBytes ?? size.maxFileBytes,
      maxMemoryBytes: settings.maxMemoryBytes,
      maxPayloadBytes: settings.maxPayloadBytes,
      ...(sync.value === undefined ? {} : { syncInterval: sync.value }),
      users: keys === undefined ? openUsers(generation) : bundledUsers(keys, probeLogin!),
      websocket: {
        host: loopback,
        port: wished.websocketPort === 0 ? -1 : wished.websocketPort,
        origins: settings.websocketOrigins,
      },
    })
    await writeServerConfig(folder, config)
    const running = await spawnServer(binary, folder)
    try {
      return { running, ports: await awaitReady(running, folder, { host: settings.host, ...wished }) }
    } catch (error) {
      await end(running, 'SIGKILL')
      throw error
    }
  }

  const first = await start(settings)
  const { ports } = first
  let { running } = first

  const stop = async (): Promise<void> => {
    const stopping = running
    const timer = setTimeout(() => signal(stopping, 'SIGKILL'), settings.graceMs)
    await end(stopping, 'SIGTERM')
    clearTimeout(timer)
  }
  return {
    url: `nats://${settings.host}:${ports.port}`,
    port: ports.port,
    websocketUrl: `ws://${loopback}:${ports.websocketPort}`,
    get pid() {
      return running.pid
    },
    dataDir: settings.dataDir,
    probeLogin,
    partitionMaxBytes: size.partitionMaxBytes,
    stop,
    kill: (name = 'SIGKILL') =>
      name === 'SIGKILL' || name === 'SIGTERM' ? end(running, name) : Promise.resolve(signal(running, name)),
    restart: async () => {
      await stop()
      const again = await start(ports)
      running = again.running
    },
    ended: async () => {
      const watched = running
      await watched.ended
      return { asked: watched.asked, lastLines: await readLastLines(folder) }
    },
  }
}

const spawnServer = async (binary: string, folder: DataFolder): Promise<Running> => {
  const log = await open(folder.logPath, (await isLong(folder.logPath)) ? 'w' : 'a')
  try {
    // A group of its own: a terminal's Ctrl-C must reach the hub last, through us.
    const child = spawn(binary, ['-c', folder.configPath], { stdio: ['ignore', log.fd, log.fd], detached: true })
    await once(child, 'spawn')
    const pid = child.pid as number
    const stopWatching = endWithUs(pid)
    const ended = once(child, 'exit').then(() => {
      stopWatching()
      return removeOwner(folder)
    })
    await writeOwner(folder, { ownerPid: process.pid, serverPid: pid })
    return { child, pid, asked: false, ended }
  } catch (cause) {
    throw new FleetError('hub.failed', `${binary} can't be run`, { cause })
  } finally {
    await log.close()
  }
}

const isLong = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ size }) => size > longestLogBytes,
    () => false,
  )

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const signal = ({ child }: Running, name: NodeJS.Signals): void => {
  child.kill(name)
}

const end = async (running: Running, name: NodeJS.Signals): Promise<void> => {
  running.asked = true
  if (!hasEnded(running.child)) signal(running, name)
  await running.ended
}

/** The server writes its ports once its listener is open, which is after its streams are recovered. */
const awaitReady = async (
  { child, pid, ended }: Running,
  folder: DataFolder,
  asked: { host: string } & Ports,
): Promise<Ports> => {
  const deadline = performance.now() + startTimeoutMs
  while (performance.now() < deadline) {
    if (hasEnded(child)) {
      await ended
      throw failure(await readLastLines(folder), asked)
    }
    const ports = await readPorts(folder, pid)
    if (ports !== undefined && (await answers(asked.host, ports.port))) return ports
    await delay(pollMs)
  }
  throw new FleetError(
    'hub.failed',
    `nats-server was not ready after ${startTimeoutMs / 1000} s, see ${folder.logPath}`,
  )
}

const readPorts = async (folder: DataFolder, pid: number): Promise<Ports | undefined> => {
  const name = (await readdir(folder.portsDir)).find((file) => file.endsWith(`_${pid}.ports`))
  if (name === undefined) return undefined
  const text = await readFile(join(folder.portsDir, name), 'utf8')
  const [port, websocketPort] = ['nats', 'ws'].map((scheme) =>
    Number(new RegExp(`"${scheme}://[^"]*:(\\d+)"`).exec(text)?.[1]),
  )
  return port > 0 && websocketPort > 0 ? { port, websocketPort } : undefined
}

/** @returns whether a server greets there with JetStream switched on */
const answers = async (host: string, port: number): Promise<boolean> => {
  const socket = connect({ host, port })
  try {
    const [greeting] = await once(socket, 'data')
    return /^INFO .*"jetstream":true/.test(String(greeting))
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const failure = (lastLines: string, asked: { host: string } & Ports): FleetError => {
  if (!lastLines.includes('address already in use')) {
    return new FleetError('hub.failed', `nats-server ended while starting: ${lastLines || 'it said nothing'}`)
  }
  const [where, choice] = lastLines.includes('listen for websocket')
    ? [`${loopback}:${asked.websocketPort}`, 'FLEET_HUB_WEBSOCKET_PORT=<port>']
    : [`${asked.host}:${asked.port}`, `FLEET_HUB_URL=nats://${asked.host}:<port>`]
  return new FleetError(
    'hub.port-in-use',
    `${where} is in use: stop the program that has it, or choose another port with ${choice}`,
  )
}

const isOnLoopback = ({ host, websocketOrigins }: { host: string; websocketOrigins: readonly string[] }): boolean =>
  isLoopback(host) && websocketOrigins.every(isLoopbackOrigin)

/** An origin elsewhere means a proxy before the websocket port, behind which others come to it. */
const keepToLoopback = (faults: string, origins: readonly string[]): void => {
  const elsewhere = origins.filter((origin) => !isLoopbackOrigin(origin))
  if (elsewhere.length === 0) return
  throw new FleetError(
    'hub.server-old',
    `pages of ${elsewhere.join(', ')} (hub.websocketOrigins) are not allowed on this server: ${faults}, or allow pages of this machine only`,
  )
}

const openUsers = (generation: boolean): OpenUsers => ({
  kind: 'open',
  servicesPassword: newPassword(),
  viewerPassword: newPassword(),
  viewer: personPermissions(ANYONE, rightsOfAnyone({ generation })),
})

const bundledUsers = ({ passwords, systemPassword, issuerSeed }: HubKeys, probe: ProbeLogin): KnownUsers => {
  const users = knownUsers({ passwords, systemPassword, issuer: publicKeyOf(issuerSeed) })
  const prober = {
    name: probe.user,
    password: probe.pass,
    publish: [PROBE_SUBJECT],
    subscribe: [`${PROBE_INBOX}.>`],
    answers: false,
  }
  return { ...users, services: [...users.services, prober] }
}

const newPassword = (): string => randomBytes(32).toString('base64url')

const readLastLines = async (folder: DataFolder): Promise<string> => {
  const lines = (await readFile(folder.logPath, 'utf8').catch(() => '')).trimEnd().split('\n')
  return lines.slice(-3).join('; ')
}
