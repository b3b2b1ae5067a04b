import { startTestHub, type TestHub, type TestHubOptions } from '@fleetlake/testing'
import { onTestFinished } from 'vitest'
import { connectHub } from '../connection/connect.ts'
import type { Hub, HubOptions } from '../connection/hub.ts'
import { provision, type ProvisionConfig } from '../streams/provision.ts'

const MIB = 1024 * 1024

export interface Fixture {
  readonly server: TestHub
  connect(options?: Partial<HubOptions>): Promise<Hub>
}

/** A server for one test, and connections that end with it. */
export const startFixture = async (options: TestHubOptions = {}): Promise<Fixture> => {
  const server = await startTestHub(options)
  onTestFinished(() => server.stop())
  return {
    server,
    connect: async (overrides = {}) => {
      const hub = await connectHub({ url: server.url, service: 'test', ...overrides })
      onTestFinished(() => hub.close())
      return hub
    },
  }
}

export interface Sizes {
  readonly count?: number
  readonly maxBytes?: number
  readonly duplicateWindowMs?: number
}

export const provisionConfig = ({
  count = 2,
  maxBytes = 16 * MIB,
  duplicateWindowMs = 120_000,
}: Sizes = {}): ProvisionConfig => ({
  hub: {
    maxBytesPerPartition: maxBytes,
    maxBytesDeadLetters: MIB,
    maxBytesSearches: MIB,
    duplicateWindowMs,
    replicas: 1,
  },
  partitioning: { count },
})

/** A server with provisioned streams, and one connection. */
export const startProvisioned = async (sizes: Sizes = {}): Promise<Fixture & { hub: Hub }> => {
  const fixture = await startFixture()
  const hub = await fixture.connect()
  await provision(hub, provisionConfig(sizes))
  return { ...fixture, hub }
}
