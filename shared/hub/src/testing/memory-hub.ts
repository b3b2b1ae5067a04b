import { createMemoryServer, type MemoryServer } from '@fleetlake/broker/memory'
import { onTestFinished } from 'vitest'
import type { Hub, SpeakerOptions } from '../connection/hub.ts'
import { openHub } from '../connection/open-hub.ts'
import { provision } from '../streams/provision.ts'
import { randomToken } from '../connection/random-token.ts'
import { provisionConfig, type Sizes } from './hub.ts'

const MIB = 1024 * 1024

export interface MemoryFixture {
  readonly server: MemoryServer
  connect(options?: Partial<SpeakerOptions>): Promise<Hub>
}

/** Connections to a broker in memory, which the caller closes. */
export const startMemoryBroker = ({ maxFileBytes = 512 * MIB } = {}): MemoryFixture => {
  const server = createMemoryServer({ maxFileBytes })
  return {
    server,
    connect: async (overrides = {}) => {
      const options = { service: 'test', uid: randomToken(), ...overrides }
      return openHub(server.connect({ name: options.uid }), options)
    },
  }
}

/** A broker in memory for one test, and connections that end with it. */
export const startMemoryFixture = (options?: { maxFileBytes?: number }): MemoryFixture => {
  const { server, connect } = startMemoryBroker(options)
  return {
    server,
    connect: async (overrides) => {
      const hub = await connect(overrides)
      onTestFinished(() => hub.close())
      return hub
    },
  }
}

/** The same with provisioned streams, and one connection. */
export const startMemoryProvisioned = async (sizes: Sizes = {}): Promise<MemoryFixture & { hub: Hub }> => {
  const fixture = startMemoryFixture()
  const hub = await fixture.connect()
  await provision(hub, provisionConfig(sizes))
  return { ...fixture, hub }
}
