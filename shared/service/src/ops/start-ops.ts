import { checkListening, type Config, isLoopback, type MeteredService } from '@fleetlake/contracts'
import { type Metrics, NO_METRICS } from '../metrics/metrics.ts'
import { readCommit, version } from '../version.ts'
import type { ReadinessWatch } from './readiness.ts'

export interface OpsOptions {
  readonly service: MeteredService
  readonly config: Pick<Config, 'auth' | 'ops'>
  readonly readiness: ReadinessWatch
  /** Why the process ends, once it does. */
  readonly failure: () => string | undefined
}

export interface Ops {
  readonly metrics: Metrics
  /** Undefined where nothing listens. */
  readonly url: string | undefined
  close(): Promise<void>
}

const REQUEST_MS = 10_000
/** Scrapers and probes are few. */
const MOST_CONNECTIONS = 64

/**
 * Lets machines see how a service is: at `ops.port`, and only where that is set.
 * @throws FleetError `config.invalid` where others could read metrics without a token, `ops.port-in-use`
 */
export const startOps = async ({ service, config, readiness, failure }: OpsOptions): Promise<Ops> => {
  const { host, port, token } = config.ops
  if (port === undefined) return { metrics: NO_METRICS, url: undefined, close: async () => {} }
  checkListening('ops', config)
  // Loaded only here, since they take 80 ms and 25 MB.
  const [{ createMetrics }, { tellProcess }, { createOpsApp }, { listen }] = await Promise.all([
    import('../metrics/create-metrics.ts'),
    import('../metrics/process-metrics.ts'),
    import('./ops-app.ts'),
    import('../http/listen.ts'),
  ])
  const metrics = createMetrics(service)
  const stopLooking = tellProcess(metrics)
  metrics.set('fleetlake_build_info', 1, { service, version, commit: readCommit() })
  metrics.onScrape(() => metrics.set('fleetlake_ready', readiness.state().status === 'ready' ? 1 : 0))
  const app = createOpsApp({ metrics, readiness: readiness.state, failure, token, isLocal: isLoopback(host) })
  const server = await listen(app, {
    host,
    port,
    requestTimeoutMs: REQUEST_MS,
    mostConnections: MOST_CONNECTIONS,
    of: { name: 'server of metrics and health', portVariable: 'FLEET_OPS_PORT', inUse: 'ops.port-in-use' },
  })
  return {
    metrics,
    url: server.url,
    close: async () => {
      stopLooking()
      await server.close()
    },
  }
}
