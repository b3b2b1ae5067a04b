import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFolder } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import { startNatsServer, type NatsServer, type NatsServerOptions } from '@fleetlake/event-hub'
import { keepRunning } from './stack/keep-running.ts'
import { startServiceProcess, type ServiceProcess } from './stack/service-process.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

export type ServiceKind = 'collector' | 'finder' | 'generator'

export type StackOptions = {
  /** the hub's streams go to `<dataDir>/hub`, the archive to `<dataDir>/archive`, unless said otherwise; the latter may be a URL */
  dataDir: string
  hubDataDir?: string
  archivePath?: string
  collectors?: number
  finders?: number
  generators?: number
  /** 0, the default, takes a free one */
  hubPort?: number
  /** a hub that runs already and is not ours to start or stop */
  hubUrl?: string
  hub?: Omit<NatsServerOptions, 'dataDir' | 'port' | 'say'>
  /** settings of every service, e.g. `{ FLEET_COLLECTOR_MAX_ROWS: '5' }` */
  env?: Record<string, string>
  /** flags of every service, e.g. `['--collector.max-rows', '5']` */
  args?: readonly string[]
  /** starts again what ends unasked; else that is a failure */
  restart?: boolean
  /** a service's program by kind, when it is not the one of this repository */
  files?: Partial<Record<ServiceKind, string>>
  /** told every line of every process, with the process's name in front */
  say?: (line: string) => void
  readyTimeoutMs?: number
  /** aborted: services that are not ready yet end at once */
  signal?: AbortSignal
  graceMs?: number
}

export type StackProcess = {
  readonly name: string
  readonly pid: number
  /** what the service told when it was ready */
  readonly details: Record<string, unknown>
  /** an end that was asked for here is neither a failure nor a reason to start it again */
  kill(signal?: NodeJS.Signals): Promise<void>
}

export type Stack = {
  readonly hubUrl: string
  readonly archivePath: string
  /** what runs now and is ours, nats-server first */
  processes(): StackProcess[]
  /** rejects with FleetError `service.failed` when a process ends unasked and is not started again */
  readonly failure: Promise<never>
  /** generators, collectors, finders, hub: what is produced is archived, and what is asked is answered, before the hub goes */
  stop(): Promise<void>
}

const stopOrder: readonly ServiceKind[] = ['generator', 'collector', 'finder']

/**
 * Starts the hub and, once it can be reached, the services, each as a process of its own; resolves when all are ready.
 * @throws FleetError of the hub, or `service.failed`; nothing is left running then
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { args = [], restart = false, say = () => {}, readyTimeoutMs = 60_000, graceMs = 35_000 } = options
  const givenPath = options.archivePath ?? join(options.dataDir, 'archive')
  const archivePath = isFolder(givenPath) ? resolve(givenPath) : givenPath
  const aborter = new AbortController()
  const signal = AbortSignal.any([aborter.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const hub = options.hubUrl === undefined ? await startHub(options, say) : undefined
  const hubUrl = hub?.url ?? options.hubUrl!
  const settings = { FLEET_HUB_URL: hubUrl, FLEET_ARCHIVE_PATH: archivePath, ...limitOf(hub, options) }
  const env = { FLEET_LOG_FORMAT: 'text', ...process.env, ...settings, ...options.env }
  const running = new Map<string, { kind: ServiceKind; process: ServiceProcess }>()
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_, reject) => {
    fail = reject
  })
  failure.catch(() => {})

  const startService = async (kind: ServiceKind, name: string): Promise<void> => {
    const file = options.files?.[kind] ?? join(repository, `event-${kind}/src/main.ts`)
    const process = await startServiceProcess({ name, file, args, cwd: repository, env, say, readyTimeoutMs, signal })
    running.set(name, { kind, process })
    void process.ended.then(() => running.get(name)?.process === process && running.delete(name))
    // Ready only after stopping had begun.
    if (aborter.signal.aborted) await process.stop(graceMs)
  }
  const watch = async (name: string, awaitEnd: () => Promise<End>, again: () => Promise<void>): Promise<void> => {
    if (restart) return keepRunning({ name, awaitEnd, restart: again, signal: aborter.signal, say })
    const { asked, how } = await awaitEnd()
    if (!asked) fail(new FleetError('service.failed', `${name} ended ${how}`))
  }
  const stop = async (): Promise<void> => {
    aborter.abort()
    for (const kind of stopOrder) {
      const group = [...running.values()].filter((entry) => entry.kind === kind)
      await Promise.all(group.map(({ process }) => process.stop(graceMs)))
    }
    await hub?.stop()
  }

  const services = listServices(options)
  const started = await Promise.allSettled(services.map(({ kind, name }) => startService(kind, name)))
  const broken = started.find((result) => result.status === 'rejected')
  if (broken !== undefined) {
    await stop()
    throw broken.reason
  }
  if (hub !== undefined) void watch('hub', () => endOfHub(hub), hub.restart)
  for (const { kind, name } of services) {
    void watch(
      name,
      () => running.get(name)?.process.ended ?? Promise.resolve({ asked: false, how: 'early' }),
      () => startService(kind, name),
    )
  }
  return {
    hubUrl,
    archivePath,
    processes: () => [
      ...(hub === undefined ? [] : [{ name: 'hub', pid: hub.pid, details: {}, kill: hub.kill }]),
      ...[...running.values()].map(({ process }) => describe(process)),
    ],
    failure,
    stop,
  }
}

type End = { asked: boolean; how: string }

const listServices = ({ collectors = 2, finders = 2, generators = 1 }: StackOptions) => {
  const named = (kind: ServiceKind, count: number): { kind: ServiceKind; name: string }[] =>
    Array.from({ length: count }, (_, index) => ({ kind, name: `${kind}-${index + 1}` }))
  return [...named('collector', collectors), ...named('finder', finders), ...named('generator', generators)]
}

const startHub = (options: StackOptions, say: (line: string) => void): Promise<NatsServer> =>
  startNatsServer({
    ...options.hub,
    dataDir: options.hubDataDir ?? join(options.dataDir, 'hub'),
    port: options.hubPort ?? 0,
    say: (line) => say(`hub | ${line}`),
  })

const usualPartitionBytes = 2 * 1024 ** 3

/** A small disk makes the streams smaller than what is configured. */
const limitOf = (hub: NatsServer | undefined, options: StackOptions): Record<string, string> =>
  hub !== undefined && hub.partitionMaxBytes < (options.hub?.partitionMaxBytes ?? usualPartitionBytes)
    ? { FLEET_HUB_MAX_BYTES_PER_PARTITION: String(hub.partitionMaxBytes) }
    : {}

const endOfHub = async (hub: NatsServer): Promise<End> => {
  const { asked, lastLines } = await hub.ended()
  return { asked, how: `(${lastLines})` }
}

const describe = ({ name, pid, details, ended, kill }: ServiceProcess): StackProcess => ({
  name,
  pid,
  details,
  kill: async (signal = 'SIGKILL') => {
    kill(signal)
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await ended
  },
})
