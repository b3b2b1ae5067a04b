import { type HubService, requestInbox, serviceUser, SYSTEM_USER } from '@fleetlake/contracts'
import { connectHub, type Hub } from '@fleetlake/hub'
import { type HubKeys, readHubKeys } from '@fleetlake/service'
import { startTestHub, type TestHub } from '@fleetlake/testing'

/** A real nats-server that asks everyone who they are. */
export interface KnownHub {
  readonly server: TestHub
  readonly keys: HubKeys
  /** As the user of the system account. */
  connectSystem(): Promise<Hub>
  /** As a service's own user. */
  connectAs(service: HubService): Promise<Hub>
  stop(): Promise<void>
}

export const startKnownHub = async (): Promise<KnownHub> => {
  const server = await startTestHub({ asksEveryone: true })
  const keys = await readHubKeys(server.dataDir, 'nothing')
  const hubs: Hub[] = []
  const connect = async (user: string, password: string): Promise<Hub> => {
    const login = { user, password, requestInbox: requestInbox(user) }
    const hub = await connectHub({ ...login, url: server.url, service: 'test' })
    hubs.push(hub)
    return hub
  }
  return {
    server,
    keys,
    connectAs: (service) => connect(serviceUser(service), keys.passwords[service]),
    connectSystem: () => connect(SYSTEM_USER, keys.systemPassword),
    stop: async () => {
      await Promise.all(hubs.map((hub) => hub.close()))
      await server.stop()
    },
  }
}
