import { configSchema } from '@fleetlake/contracts'
import { connectHub, provision } from '@fleetlake/hub'
import { hubOptions, runService, version, watchHub } from '@fleetlake/service'
import { startCollector } from './start-collector.ts'

await runService({
  name: 'event-collector',
  metered: 'collector',
  schema: configSchema,
  main: async (context) => {
    const { config, log, onStop, ready, fail } = context
    const hub = await connectHub(await hubOptions('collector', context))
    onStop(() => hub.close())
    watchHub(() => hub, context)
    await provision(hub, config, { warn: (warning) => log.warn(warning) })
    const collector = await startCollector(hub, { config, log, version, fail, ops: context })
    onStop(() => collector.stop())
    ready({ uid: hub.uid })
  },
})
