import { startTestHub } from '@fleetlake/testing'
import { onTestFinished } from 'vitest'
import { describeBroker } from '../testing/conformance.ts'
import { connectNats } from './connect-tcp.ts'

describeBroker('NATS', async ({ maxFileBytes }) => {
  const server = await startTestHub({ maxFileBytes })
  onTestFinished(() => server.stop())
  return {
    connect: (name) => connectNats({ url: server.url, name }),
    kill: server.kill,
    start: server.restart,
    freeze: server.freeze,
    thaw: server.thaw,
  }
})
