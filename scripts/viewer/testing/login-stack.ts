import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegistryStore } from '@fleetlake/archive'
import { configSchema, ROLES } from '@fleetlake/contracts'
import { findPort } from '@fleetlake/event-viewer-web'
import { addAccount, openRegistry, type Registry } from '@fleetlake/registry'
import { freePort, temporaryFolder } from '@fleetlake/testing'
import { CLIENT, startProvider } from '../../../event-gateway/src/testing/provider.ts'
import { startTestViewer, type TestViewer } from './viewer.ts'

export const PASSWORD = 'correct horse battery'

export interface LoginStack extends TestViewer {
  /** Of the accounts, as an operator changes them. */
  readonly registry: Registry
}

/** A stack that people log in to: an account for each role, named as the role, and a provider of OpenID Connect. */
export const startLoginStack = async (): Promise<LoginStack> => {
  const folder = await temporaryFolder()
  const port = await findPort({ host: '127.0.0.1', port: 0 })
  const url = `http://localhost:${port}`
  const provider = await startProvider({ callback: `${url}/v1/login/openid/callback` })
  const file = join(folder, 'fleet.yaml')
  const settings = {
    auth: 'required',
    gateway: {
      port: await freePort(),
      publicUrl: url,
      stateDir: join(folder, 'gateway'),
      openid: {
        issuer: provider.issuer,
        clientId: CLIENT.id,
        clientSecret: CLIENT.secret,
        scope: 'openid fleet',
        roles: { 'fleet-dispatch': 'dispatcher', 'fleet-investigate': 'investigator' },
      },
    },
  }
  await writeFile(file, JSON.stringify(settings))
  const viewer = await startTestViewer({
    gateways: 1,
    restart: true,
    hubSilenceMs: 600_000,
    hub: { asksEveryone: true },
    viewer: { host: '127.0.0.1', port },
    env: { FLEET_CONFIG: file },
  })
  const store = await openRegistryStore(configSchema.parse({ archive: { path: viewer.archivePath } }).archive)
  const registry = await openRegistry(store, { hub: viewer.hub })
  for (const role of ROLES) await addAccount(registry, { name: role, role, password: PASSWORD }, 'test')
  return {
    ...viewer,
    url,
    registry,
    stop: async () => {
      provider.close()
      await registry.close()
      await viewer.stop()
    },
  }
}
