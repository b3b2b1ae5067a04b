import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MeteredService } from '@fleetlake/contracts'
import { freePort, temporaryFolder } from '@fleetlake/testing'
import { onTestFinished } from 'vitest'
import { writeTestCity } from '../../../event-generator/src/testing/city.ts'
import { type ServiceProcess, startServiceProcess } from '../../stack/service-process.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

const PROGRAMS: Readonly<Record<MeteredService, string>> = {
  hub: 'event-hub/src/main.ts',
  generator: 'event-generator/src/main.ts',
  collector: 'event-collector/src/main.ts',
  compactor: 'event-collector/src/compactor.ts',
  projector: 'event-projector/src/main.ts',
  finder: 'event-finder/src/main.ts',
  viewer: 'event-viewer/web/src/main.ts',
  gateway: 'event-gateway/src/main.ts',
}

/** A service as a process of its own. */
export interface RunningService {
  readonly name: string
  readonly process: ServiceProcess
  /** Where its metrics and health are. */
  readonly opsUrl: string
}

export interface Services {
  readonly hubUrl: string
  /** Of the archive. */
  readonly archive: string
  /** Everything that they have said. */
  readonly lines: readonly string[]
  /** Resolves once it is ready. @param name such as `collector-2` */
  start(kind: MeteredService, name?: string): Promise<RunningService>
}

/** For tests: services on one hub and one archive in temporary folders, with a small city and a page of one line. They end with the test. */
export const prepareServices = async (env: Readonly<Record<string, string>> = {}): Promise<Services> => {
  const folder = await temporaryFolder()
  const [city, page, archive] = ['city', 'page', 'archive'].map((name) => join(folder, name))
  await writeTestCity(city)
  await mkdir(join(page, 'public'), { recursive: true })
  await writeFile(join(page, 'public/200.html'), '<!DOCTYPE html>')
  const hubUrl = `nats://127.0.0.1:${await freePort()}`
  const settings = {
    FLEET_LOG_FORMAT: 'text',
    FLEET_CONFIG: '/dev/null',
    FLEET_HUB_URL: hubUrl,
    FLEET_HUB_DATA_DIR: join(folder, 'hub'),
    FLEET_HUB_WEBSOCKET_PORT: '0',
    FLEET_HUB_MAX_BYTES_PER_PARTITION: '64 MiB',
    FLEET_PARTITIONING_COUNT: '4',
    FLEET_ARCHIVE_PATH: archive,
    FLEET_GENERATOR_CITY_DIR: city,
    FLEET_VIEWER_PORT: '0',
    FLEET_VIEWER_IMPORT_DIR: join(folder, 'imports'),
    FLEET_GATEWAY_PORT: '0',
    FLEET_GATEWAY_STATE_DIR: join(folder, 'gateway'),
    FLEET_WEB_OUTPUT_DIR: page,
    FLEET_OPS_PORT: '0',
    ...env,
  }
  const lines: string[] = []
  const { signal } = new AbortController()
  return {
    hubUrl,
    archive,
    lines,
    start: async (kind, name = kind) => {
      const process = await startServiceProcess({
        name,
        file: join(repository, PROGRAMS[kind]),
        args: [],
        cwd: folder,
        env: { ...globalThis.process.env, ...settings },
        say: (line) => lines.push(line),
        readyTimeoutMs: 240_000,
        silenceMs: 240_000,
        signal,
      })
      onTestFinished(() => process.kill('SIGKILL'))
      return { name, process, opsUrl: String(process.details.ops) }
    },
  }
}
