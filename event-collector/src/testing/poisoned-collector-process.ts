import { configSchema } from '@fleetlake/contracts'
import { connectHub, provision } from '@fleetlake/hub'
import { runService } from '@fleetlake/service'
import { decodeMove } from '../../../shared/service/src/testing/decoder.ts'
import { startCollector } from '../start-collector.ts'

/** For tests: a collector whose decoder hangs or crashes at some messages. */
await runService({
  name: 'event-collector',
  metered: 'collector',
  schema: configSchema,
  main: async ({ name, config, log, signal, onStop, ready }) => {
    const hub = await connectHub({ url: config.hub.url, service: name, signal })
    onStop(() => hub.close())
    await provision(hub, config)
    const collector = await startCollector(hub, {
      config,
      log,
      version: 'test',
      decode: decodeMove,
      isolation: {
        module: new URL('../../../shared/service/src/testing/decoder.ts', import.meta.url).href,
        deadlineMs: 2_000,
      },
    })
    onStop(() => collector.stop())
    ready({ uid: hub.uid })
  },
})
