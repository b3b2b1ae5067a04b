import { type Config, DEFAULT_CONFIG, listSettings, type MeteredService } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf, sleep, type Tracer } from '@fleetlake/core'
import type { z } from 'zod'
import { loadConfig } from './config.ts'
import { createLog, type Log } from './log.ts'
import { beatIntoFile, beatToParent } from './heartbeat.ts'
import { type Metrics, NO_METRICS } from './metrics/metrics.ts'
import { createReadiness } from './ops/readiness.ts'
import { startProbe } from './ops/probe.ts'
import { startOps } from './ops/start-ops.ts'
import { startTracer } from './tracing/start-tracer.ts'
import { weighArrays } from './tune-heap.ts'
import { describeVersion, version } from './version.ts'
import { startWatchdog } from './watchdog.ts'

export type ServiceContext<Settings> = {
  name: string
  config: Settings
  log: Log
  /** undefined where `tracing.url` is not set */
  tracer: Tracer | undefined
  /** aborted when stopping begins, before the first hook */
  signal: AbortSignal
  /** hooks run one after the other, the last given first: give each right after what it undoes */
  onStop(hook: () => unknown): void
  /** where it says what it does */
  metrics: Metrics
  /**
   * It is ready only while this has nothing to say: asked now and then, it says in a plain sentence what is missing that the service's work
   * needs. Must not throw.
   */
  requires(check: () => string | undefined): void
  /** tries something that the service's work needs now and then, where somebody can ask whether it is ready; it is not while that fails or takes long */
  probe(what: string, work: () => Promise<unknown>): void
  /** tells the parent process and probes that it does its work now */
  ready(details?: Record<string, unknown>): void
  /** ends the service as a signal does, with exit code 0 */
  stop(): void
  /** ends the service with exit code 1 and the error's line */
  fail(error: unknown): void
}

/** Where what runs in a service says how it is. */
export type OpsContext = Pick<ServiceContext<unknown>, 'metrics' | 'requires' | 'probe'>

/** Where nobody asks. */
export const NO_OPS: OpsContext = { metrics: NO_METRICS, requires: () => {}, probe: () => {} }

export type Service<Schema extends z.ZodObject> = {
  name: string
  /** which metrics it tells */
  metered: MeteredService
  schema: Schema
  /** how long the hooks may take in all, 30 s by default */
  stopTimeoutMs?: number
  /** composes and starts; the service then runs until it is stopped or fails */
  main(context: ServiceContext<z.output<Schema>>): Promise<void> | void
}

/** What a service tells its parent over the IPC channel when it is ready. */
export type ReadyMessage = { ready: true } & Record<string, unknown>

const usualStopTimeoutMs = 30_000
/** npm and the scripts pass on a signal that a terminal has already sent to all: that is one Ctrl-C. */
const sameSignalMs = 1000

/**
 * Runs a service as this process: configuration, log, signals, exit code. SIGINT, SIGTERM, SIGHUP or the end of the parent stop it
 * in order; a second signal ends it at once, or, while it goes on before that, ends only this: nobody who is impatient loses a flush unasked. Invariant: from
 * the first word of a stop on it is not ready; with `service.drainMs` it goes on for that long after SIGTERM.
 */
export const runService = async <Schema extends z.ZodObject>(service: Service<Schema>): Promise<void> => {
  const { name, metered, schema, stopTimeoutMs = usualStopTimeoutMs, main } = service
  if (answerInformation(name, schema, process.argv.slice(2))) return
  weighArrays()
  let log = createLog({ name })
  const hooks: (() => unknown)[] = []
  const aborter = new AbortController()
  const readiness = createReadiness()
  const draining = new AbortController()
  let stoppedAt: number | undefined
  /** When a signal had an effect last. */
  let obeyedAt = -Infinity
  let drainMs = 0
  let failure: string | undefined
  let exitCode = 0

  const end = async (afterMs = 0): Promise<void> => {
    if (afterMs === 0) draining.abort()
    if (stoppedAt !== undefined) return
    stoppedAt = performance.now()
    readiness.stopping()
    await sleep(afterMs, draining.signal)
    draining.abort()
    setTimeout(() => {
      log.fatal(`stopping took longer than ${stopTimeoutMs / 1000} s`)
      process.exit(1)
    }, stopTimeoutMs).unref()
    aborter.abort()
    for (const hook of hooks.toReversed()) {
      try {
        await hook()
      } catch (error) {
        log.error(codeField(error), reasonOf(error))
        exitCode = 1
      }
    }
    if (exitCode === 0) log.info('stopped')
    process.exit(exitCode)
  }
  const fail = (error: unknown): void => {
    log.fatal(codeField(error), error instanceof FleetError ? error.message : reasonOf(error))
    if (!(error instanceof FleetError) && error instanceof Error) log.debug(error.stack)
    failure ??= reasonOf(error)
    exitCode = 1
    void end()
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now()
    const isAnother = stoppedAt !== undefined && now - Math.max(stoppedAt, obeyedAt) > sameSignalMs
    if (isAnother && draining.signal.aborted) process.exit(130)
    if (isAnother || stoppedAt === undefined) obeyedAt = now
    void end(signal === 'SIGTERM' && !isAnother && readiness.state().status !== 'starting' ? drainMs : 0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  // A terminal that is gone takes no more lines: that is no reason to end out of order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.on('disconnect', () => void end())
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)

  try {
    const config = loadConfig(schema)
    const { hangMs = DEFAULT_CONFIG.service.hangMs, heartbeatFile, drainMs: wanted = 0 } = watchingOf(config)
    drainMs = wanted
    startWatchdog({ name, limitMs: hangMs, warn: (fault) => log.warn(fault) })
    const level = levelOf(config)
    if (level !== undefined) log = createLog({ name, level })
    const ops = await startOps({ service: metered, config: opsOf(config), readiness, failure: () => failure })
    hooks.push(ops.close)
    const told = ops.url === undefined ? {} : { ops: ops.url }
    const tracer = await startTracer({ tracing: tracingOf(config) }, name)
    if (tracer !== undefined) hooks.push(tracer.close)
    await main({
      name,
      config,
      log,
      tracer,
      signal: aborter.signal,
      onStop: (hook) => {
        hooks.push(hook)
      },
      metrics: ops.metrics,
      requires: readiness.requires,
      probe: (what, work) => {
        if (ops.metrics.isTold) readiness.requires(startProbe({ what, work, signal: aborter.signal }))
      },
      ready: (details = {}) => {
        readiness.started()
        log.info({ ...details, ...told }, 'ready')
        process.send?.({ ready: true, ...details, ...told } satisfies ReadyMessage)
        beatToParent()
        if (heartbeatFile !== undefined) beatIntoFile(heartbeatFile, (fault) => log.warn(fault))
      },
      stop: () => void end(),
      fail,
    })
  } catch (error) {
    // A connection given up because of the stop is not a fault.
    if (!aborter.signal.aborted) fail(error)
  }
}

/** A schema may have `log.level`. */
const levelOf = (config: { log?: { level?: string } }): string | undefined => config.log?.level

/** A schema may have `service`. */
const watchingOf = (config: { service?: { hangMs?: number; heartbeatFile?: string; drainMs?: number } }) =>
  config.service ?? {}

/** A schema may have `ops`. */
const opsOf = ({
  auth,
  ops = DEFAULT_CONFIG.ops,
}: Partial<Pick<Config, 'auth' | 'ops'>>): Pick<Config, 'auth' | 'ops'> => ({
  auth,
  ops,
})

/** A schema may have `tracing`. */
const tracingOf = (config: { tracing?: Config['tracing'] }): Config['tracing'] =>
  config.tracing ?? DEFAULT_CONFIG.tracing

const answerInformation = (name: string, schema: z.ZodObject, args: readonly string[]): boolean => {
  if (args.includes('--version')) {
    console.log(describeVersion())
    return true
  }
  if (!args.includes('--help')) return false
  console.log(
    `fleetlake ${name} ${version}\n\nSettings: in fleet.yaml (or --config <file>), then variables, then flags.\n`,
  )
  for (const { path, flag, variable, isSecret, description } of listSettings(schema)) {
    console.log(
      `  ${path}\n      ${isSecret ? '' : `${flag}, `}${variable}${description === undefined ? '' : `\n      ${description}`}`,
    )
  }
  return true
}
