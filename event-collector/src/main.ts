import { configSchema } from '@fleetlake/contracts'
import { connectHub, provision } from '@fleetlake/hub'
import { hubOptions, runService, version } from '@fleetlake/service'
import { startCollector } from './start-collector.ts'

await runService({
  name: 'event-collector',
  schema: configSchema,
  main: async (context) => {
    const { config, log, onStop, ready, fail } = context
    const hub = await connectHub(await hubOptions('collector', context))
    onStop(() => hub.close())
    await provision(hub, config, { warn: (warning) => log.warn(warning) })
    const collector = await startCollector(hub, { config, log, version, fail })
    onStop(() => collector.stop())
    ready({ uid: hub.uid })
  },
})
