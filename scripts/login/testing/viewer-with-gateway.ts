import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegistryStore } from '@fleetlake/archive'
import { configSchema, type Role, ROLES } from '@fleetlake/contracts'
import { addAccount, openRegistry } from '@fleetlake/registry'
import { temporaryFolder } from '@fleetlake/testing'
import { createClient, type Client } from '../../../event-gateway/src/testing/client.ts'
import { startKnownHub } from '../../../event-gateway/src/testing/known-hub.ts'
import { startGateway } from '../../../event-gateway/src/start-gateway.ts'
import { createAreaStore } from '../../../event-viewer/web/src/areas/area-store.ts'
import { createCityPack } from '../../../event-viewer/web/src/city/city-pack.ts'
import { findPort, listen } from '../../../event-viewer/web/src/http/listen.ts'
import { createPageImports } from '../../../event-viewer/web/src/imports/page-imports.ts'
import { createAskGateway } from '../../../event-viewer/web/src/login/ask-gateway.ts'
import { openMapSource } from '../../../event-viewer/web/src/map/map-source.ts'
import { openBuiltPage } from '../../../event-viewer/web/src/page/built-page.ts'
import { createViewerApp } from '../../../event-viewer/web/src/viewer-app.ts'

export const PASSWORD = 'correct horse battery'

export interface ViewerWithGateway {
  readonly url: string
  /** What the gateway has logged. */
  readonly lines: readonly string[]
  /** Of a browser at the viewer's address. */
  client(): Client
  /** The same, after the account named as the role has logged in. */
  clientOf(role: Role): Promise<Client>
  stopGateway(): Promise<void>
  close(): Promise<void>
}

/** A gateway with an account for each role, named as the role, and the viewer's server before it; the page is one line. */
export const startViewerWithGateway = async (settings: object = {}): Promise<ViewerWithGateway> => {
  const folder = await temporaryFolder()
  const known = await startKnownHub()
  const hub = await known.connectAs('gateway')
  const port = await findPort({ host: '127.0.0.1', port: 0 })
  const config = configSchema.parse({
    auth: 'required',
    hub: { url: known.server.url, dataDir: known.server.dataDir },
    archive: { path: join(folder, 'archive') },
    viewer: { port, importDir: join(folder, 'imports') },
    gateway: { port: 0, stateDir: join(folder, 'gateway'), ...settings },
  })
  const registry = await openRegistry(await openRegistryStore(config.archive), { hub })
  for (const role of ROLES) await addAccount(registry, { name: role, role, password: PASSWORD }, 'test')
  await registry.close()
  const lines: string[] = []
  const say = (...parts: unknown[]): void => void lines.push(parts.map(String).join(' '))
  const log = { info: say, warn: say, error: say }
  const gateway = await startGateway(hub, { config, version: '0', log })
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page/200.html'), '<!DOCTYPE html>')
  const imports = createPageImports({ config })
  const areas = createAreaStore(await openRegistryStore(config.archive), () => undefined)
  const app = createViewerApp({
    version: '0',
    config,
    page: openBuiltPage(join(folder, 'page')),
    city: createCityPack(join(folder, 'city')),
    map: await openMapSource(config.viewer, { warn: say }),
    partitions: async () => [0],
    archive: async () => undefined,
    imports,
    searches: { read: async () => ({ entries: (async function* () {})(), note: undefined }) },
    areas,
    gateway: createAskGateway(new URL(gateway.url)),
    log: log as never,
  })
  const viewer = await listen(app, { host: '127.0.0.1', port })
  const url = `http://localhost:${port}`
  let isGatewayUp = true
  const stopGateway = async (): Promise<void> => {
    if (isGatewayUp) await gateway.stop()
    isGatewayUp = false
  }
  return {
    url,
    lines,
    client: () => createClient(url, { Origin: url }),
    clientOf: async (role) => {
      const client = createClient(url, { Origin: url })
      await client.logIn(role, PASSWORD)
      return client
    },
    stopGateway,
    close: async () => {
      await viewer.close()
      await imports.close()
      await areas.close()
      await stopGateway()
      await known.stop()
    },
  }
}
