import { configSchema } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { runService } from '@fleetlake/service'
import { decodeMove } from '../../../shared/service/src/testing/decoder.ts'
import { startFinder } from '../start-finder.ts'

/** A finder whose decoder hangs or crashes at some messages. */
await runService({
  name: 'event-finder',
  metered: 'finder',
  schema: configSchema,
  main: async ({ name, config, log, signal, onStop, ready }) => {
    const hub = await connectHub({ url: config.hub.url, service: name, signal })
    onStop(() => hub.close())
    const finder = await startFinder(hub, {
      config,
      version: 'test',
      warn: (what) => log.warn(what),
      decode: decodeMove,
      isolation: {
        module: new URL('../../../shared/service/src/testing/decoder.ts', import.meta.url).href,
        deadlineMs: 2_000,
      },
    })
    onStop(() => finder.stop())
    ready({ uid: hub.uid })
  },
})
