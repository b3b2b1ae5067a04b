import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFolder } from '@fleetlake/archive'
import { DEFAULT_CONFIG, pageOrigins } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import {
  type JetStreamWatch,
  startNatsServer,
  watchJetStream,
  type NatsServer,
  type NatsServerOptions,
} from '@fleetlake/nats-server'
import { findPort } from '@fleetlake/event-viewer-web'
import { keepRunning } from './stack/keep-running.ts'
import { startServiceProcess, type ServiceProcess } from './stack/service-process.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

export type ServiceKind = 'collector' | 'compactor' | 'projector' | 'finder' | 'generator' | 'viewer' | 'gateway'

export type StackOptions = {
  /** the hub's streams go to `<dataDir>/hub`, the archive to `<dataDir>/archive`, unless said otherwise; the latter may be a URL */
  dataDir: string
  hubDataDir?: string
  archivePath?: string
  collectors?: number
  /** none by default */
  compactors?: number
  /** none by default */
  projectors?: number
  finders?: number
  generators?: number
  /** none by default */
  viewers?: 0 | 1
  /** where it is served; a free port of the loopback by default */
  viewer?: { host: string; port: number }
  /** none by default; where it listens is among its settings */
  gateways?: 0 | 1
  /** 0, the default, takes a free one */
  hubPort?: number
  /** a hub that runs already and is not ours to start or stop */
  hubUrl?: string
  /** `websocketOrigins` are those beside the viewer's */
  hub?: Omit<NatsServerOptions, 'dataDir' | 'port' | 'say'>
  /** settings of every service, e.g. `{ FLEET_COLLECTOR_MAX_ROWS: '5' }` */
  env?: Record<string, string>
  /** flags of every service, e.g. `['--collector.max-rows', '5']` */
  args?: readonly string[]
  /** starts again what ends unasked; else that is a failure */
  restart?: boolean
  /** a service's program by kind, when it is not the one of this repository */
  files?: Partial<Record<ServiceKind, string>>
  /** services of a kind are started only after this; the others meanwhile */
  after?: Partial<Record<ServiceKind, Promise<unknown>>>
  /** called with every line of every process, with the process's name in front */
  say?: (line: string) => void
  readyTimeoutMs?: number
  /** a service that gives no sign of life for this long is killed: it hangs or was frozen */
  silenceMs?: number
  /** how long JetStream may not answer before nats-server is started again */
  hubSilenceMs?: number
  /** aborted: services that are not ready yet end at once */
  signal?: AbortSignal
  graceMs?: number
  /** port at which the first service tells its metrics and health, each other one at the next; 0 takes free ones; none by default */
  opsPort?: number
}

export type StackProcess = {
  readonly name: string
  readonly pid: number
  /** what the service sent when it was ready */
  readonly details: Record<string, unknown>
  /** an end that was asked for here is neither a failure nor a reason to start it again */
  kill(signal?: NodeJS.Signals): Promise<void>
}

export type Stack = {
  readonly hubUrl: string
  /** where browsers come to it; undefined when the hub is not ours */
  readonly hubWebsocketUrl: string | undefined
  /** the page's address */
  readonly viewerUrl: string | undefined
  /** undefined when there is no gateway */
  readonly gatewayUrl: string | undefined
  readonly archivePath: string
  /** what runs now and is ours, nats-server first */
  processes(): StackProcess[]
  /** what does not run, or not as it should; a sentence each */
  faults(): string[]
  /** rejects with FleetError `service.failed` when a process ends unasked and is not started again */
  readonly failure: Promise<never>
  /** generators, collectors, compactors, projectors, finders, viewer, gateway, hub: what is produced is archived, and what is asked is answered, before the hub goes */
  stop(): Promise<void>
}

const stopOrder: readonly ServiceKind[] = [
  'generator',
  'collector',
  'compactor',
  'projector',
  'finder',
  'viewer',
  'gateway',
]

const programs: Readonly<Record<ServiceKind, string>> = {
  generator: 'event-generator/src/main.ts',
  collector: 'event-collector/src/main.ts',
  compactor: 'event-collector/src/compactor.ts',
  projector: 'event-projector/src/main.ts',
  finder: 'event-finder/src/main.ts',
  viewer: 'event-viewer/web/src/main.ts',
  gateway: 'event-gateway/src/main.ts',
}
/** Longer than a service takes to notice by itself that it hangs. */
const usualSilenceMs = 60_000
const usualViewer = { host: '127.0.0.1', port: 0 }

/**
 * Starts the hub and, once it can be reached, the services, each as a process of its own; resolves when all are ready.
 * @throws FleetError of the hub, or `service.failed`; nothing is left running then
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { args = [], restart = false, say = () => {}, readyTimeoutMs = 60_000, graceMs = 35_000 } = options
  const { silenceMs = usualSilenceMs } = options
  const givenPath = options.archivePath ?? join(options.dataDir, 'archive')
  const archivePath = isFolder(givenPath) ? resolve(givenPath) : givenPath
  // The caller that waits for it reports its failure.
  for (const awaited of Object.values(options.after ?? {})) awaited.catch(() => {})
  const aborter = new AbortController()
  const signal = AbortSignal.any([aborter.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const viewerPort = options.viewers === 1 ? await findPort(options.viewer ?? usualViewer) : undefined
  const hub = options.hubUrl === undefined ? await startHub(options, viewerPort, say) : undefined
  const hubUrl = hub?.url ?? options.hubUrl!
  const settings = {
    FLEET_HUB_URL: hubUrl,
    FLEET_ARCHIVE_PATH: archivePath,
    ...(viewerPort === undefined ? {} : { FLEET_VIEWER_PORT: String(viewerPort) }),
    ...websocketOf(hub),
    // Services find the hub's keys there.
    ...(hub === undefined ? {} : { FLEET_HUB_DATA_DIR: hub.dataDir }),
    ...limitOf(hub, options),
  }
  const env = { FLEET_LOG_FORMAT: 'text', ...process.env, ...settings, ...options.env }
  const services = listServices(options)
  const indexOf = (wanted: string): number => services.findIndex(({ name }) => name === wanted)
  let jetStream: JetStreamWatch | undefined
  const running = new Map<string, { kind: ServiceKind; process: ServiceProcess }>()
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_, reject) => {
    fail = reject
  })
  failure.catch(() => {})

  const startService = async (kind: ServiceKind, name: string): Promise<void> => {
    const file = options.files?.[kind] ?? join(repository, programs[kind])
    await options.after?.[kind]
    const times = { readyTimeoutMs, silenceMs }
    const own = [...args, ...opsArgs(options.opsPort, indexOf(name))]
    const process = await startServiceProcess({ name, file, args: own, cwd: repository, env, say, ...times, signal })
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

  const started = await Promise.allSettled(services.map(({ kind, name }) => startService(kind, name)))
  const broken = started.find((result) => result.status === 'rejected')
  if (broken !== undefined) {
    await stop()
    throw broken.reason
  }
  if (hub !== undefined)
    void watch(
      'hub',
      () => endOfHub(hub, options.hubSilenceMs, { say, onWatch: (begun) => (jetStream = begun) }),
      hub.restart,
    )
  for (const { kind, name } of services) {
    void watch(
      name,
      () => running.get(name)?.process.ended ?? Promise.resolve({ asked: false, how: 'early' }),
      () => startService(kind, name),
    )
  }
  return {
    hubUrl,
    hubWebsocketUrl: hub?.websocketUrl,
    viewerUrl: running.get('viewer-1')?.process.details.url as string | undefined,
    gatewayUrl: running.get('gateway-1')?.process.details.url as string | undefined,
    archivePath,
    processes: () => [
      ...(hub === undefined ? [] : [{ name: 'hub', pid: hub.pid, details: {}, kill: hub.kill }]),
      ...[...running.values()].map(({ process }) => describe(process)),
    ],
    faults: () => [
      ...(jetStream === undefined || jetStream.isAnswering() ? [] : ['JetStream does not answer']),
      ...services.filter(({ name }) => !running.has(name)).map(({ name }) => `${name} does not run`),
    ],
    failure,
    stop,
  }
}

/** Of one service, after those of all: the later flag counts. */
const opsArgs = (first: number | undefined, index: number): string[] =>
  first === undefined ? [] : ['--ops.port', String(first === 0 ? 0 : first + index)]

type End = { asked: boolean; how: string }

const listServices = (options: StackOptions) => {
  const {
    collectors = 2,
    compactors = 0,
    projectors = 0,
    finders = 2,
    generators = 1,
    viewers = 0,
    gateways = 0,
  } = options
  const named = (kind: ServiceKind, count: number): { kind: ServiceKind; name: string }[] =>
    Array.from({ length: count }, (_, index) => ({ kind, name: `${kind}-${index + 1}` }))
  return [
    ...named('collector', collectors),
    ...named('compactor', compactors),
    ...named('finder', finders),
    ...named('generator', generators),
    ...named('viewer', viewers),
    ...named('gateway', gateways),
    ...named('projector', projectors),
  ]
}

const startHub = (
  options: StackOptions,
  viewerPort: number | undefined,
  say: (line: string) => void,
): Promise<NatsServer> =>
  startNatsServer({
    ...options.hub,
    ...(viewerPort === undefined ? {} : { websocketOrigins: pageOrigins(viewerPort, options.hub?.websocketOrigins) }),
    dataDir: options.hubDataDir ?? join(options.dataDir, 'hub'),
    port: options.hubPort ?? 0,
    say: (line) => say(`hub | ${line}`),
  })

/** Known only now when a free one was asked for. */
const websocketOf = (hub: NatsServer | undefined): Record<string, string> =>
  hub === undefined ? {} : { FLEET_HUB_WEBSOCKET_PORT: new URL(hub.websocketUrl).port }

/** A small disk makes the streams smaller than what is configured. */
const limitOf = (hub: NatsServer | undefined, options: StackOptions): Record<string, string> =>
  hub !== undefined &&
  hub.partitionMaxBytes < (options.hub?.partitionMaxBytes ?? DEFAULT_CONFIG.hub.maxBytesPerPartition)
    ? { FLEET_HUB_MAX_BYTES_PER_PARTITION: String(hub.partitionMaxBytes) }
    : {}

/** A server whose JetStream does not do its work any more is ended here, which counts as an end that was not asked for. */
const endOfHub = async (
  hub: NatsServer,
  silenceMs: number | undefined,
  { say, onWatch }: { say: (line: string) => void; onWatch: (watch: JetStreamWatch) => void },
): Promise<End> => {
  const tell = (line: string): void => say(`hub | ${line}`)
  const watch = watchJetStream(hub, { ...(silenceMs === undefined ? {} : { silenceMs }), say: tell })
  onWatch(watch)
  const end = await Promise.race([hub.ended(), watch.failed])
  watch.stop()
  if (typeof end !== 'string') return { asked: end.asked, how: `(${end.lastLines})` }
  tell(end)
  await hub.stop()
  return { asked: false, how: 'by the watchdog' }
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
