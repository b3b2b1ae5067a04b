import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRegistryStore } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { findPort } from '@fleetlake/event-viewer-web'
import type { Hub } from '@fleetlake/hub'
import { addAccount, openRegistry } from '@fleetlake/registry'
import { temporaryFolder } from '@fleetlake/testing'
import { type PrometheusServer, startPrometheus } from '@fleetlake/testing/prometheus'
import { startTestViewer } from '../viewer/testing/viewer.ts'
import { scrapeConfig, type Target } from './scrape-config.ts'

export const ACCOUNT = { name: 'operator', role: 'operator', password: 'correct horse battery' } as const

/** A stack with every service, and a Prometheus that scrapes them all and knows the alarms. */
export interface ScrapedStack {
  /** Of the page. */
  readonly url: string
  readonly hub: Hub
  readonly prometheus: PrometheusServer
  readonly targets: readonly Target[]
  stop(): Promise<void>
}

const RULES = fileURLToPath(new URL('../../deployment/monitoring/prometheus/alerts.yml', import.meta.url))

/** `collector-2` is a collector. */
const jobOf = (name: string): string => name.replace(/-\d+$/, '')

/** Flushes and compactions come often, so that minutes show what else takes hours. */
const OFTEN = {
  FLEET_COLLECTOR_MAX_AGE_MS: '10s',
  FLEET_COMPACTOR_EVERY_MS: '15s',
  FLEET_COMPACTOR_QUIET_MS: '1s',
}

export const startScrapedStack = async (): Promise<ScrapedStack> => {
  const folder = await temporaryFolder()
  const port = await findPort({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${port}`
  const file = join(folder, 'fleet.yaml')
  const gateway = {
    port: await findPort({ host: '127.0.0.1', port: 0 }),
    publicUrl: url,
    stateDir: join(folder, 'gateway'),
  }
  await writeFile(file, JSON.stringify({ auth: 'required', gateway }))
  const viewer = await startTestViewer({
    collectors: 2,
    compactors: 1,
    projectors: 1,
    finders: 2,
    gateways: 1,
    hub: { asksEveryone: true },
    viewer: { host: '127.0.0.1', port },
    opsPort: 0,
    env: { FLEET_CONFIG: file, ...OFTEN },
  })
  const store = await openRegistryStore(configSchema.parse({ archive: { path: viewer.archivePath } }).archive)
  const registry = await openRegistry(store, { hub: viewer.hub })
  await addAccount(registry, ACCOUNT, 'test')
  await registry.close()
  const targets = viewer.stack
    .processes()
    .flatMap(({ name, details }) =>
      typeof details.ops === 'string' ? [{ job: jobOf(name), address: new URL(details.ops).host }] : [],
    )
  const prometheus = await startPrometheus(scrapeConfig(targets, RULES))
  return {
    url,
    hub: viewer.hub,
    prometheus,
    targets,
    stop: async () => {
      await prometheus.stop()
      await viewer.stop()
    },
  }
}
