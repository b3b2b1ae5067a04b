import { type HubService, requestInbox, serviceUser } from '@fleetlake/contracts'
import { connectHub, type Hub } from '@fleetlake/hub'
import { type HubKeys, readHubKeys } from '@fleetlake/service'
import { startTestHub, type TestHub } from '@fleetlake/testing'

/** A real nats-server that asks everyone who they are. */
export interface KnownHub {
  readonly server: TestHub
  readonly keys: HubKeys
  /** As a service's own user. */
  connectAs(service: HubService): Promise<Hub>
  stop(): Promise<void>
}

export const startKnownHub = async (): Promise<KnownHub> => {
  const server = await startTestHub({ asksEveryone: true })
  const keys = await readHubKeys(server.dataDir, 'nothing')
  const hubs: Hub[] = []
  return {
    server,
    keys,
    connectAs: async (service) => {
      const hub = await connectHub({
        url: server.url,
        service: `test-${service}`,
        user: serviceUser(service),
        password: keys.passwords[service],
        requestInbox: requestInbox(serviceUser(service)),
      })
      hubs.push(hub)
      return hub
    },
    stop: async () => {
      await Promise.all(hubs.map((hub) => hub.close()))
      await server.stop()
    },
  }
}
