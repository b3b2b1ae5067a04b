import { describeBroker } from '../testing/conformance.ts'
import { createMemoryServer } from './server.ts'

describeBroker('memory', async ({ maxFileBytes }) => {
  const server = createMemoryServer({ maxFileBytes })
  return {
    connect: async (name) => server.connect({ name }),
    kill: async () => server.stop(),
    start: async () => server.start(),
    freeze: async () => server.freeze(),
    thaw: async () => server.thaw(),
  }
})
