import { configSchema } from '@fleetlake/contracts'
import { connectHub, provision } from '@fleetlake/hub'
import { runService, version } from '@fleetlake/service'
import { startCollector } from './start-collector.ts'

await runService({
  name: 'event-collector',
  schema: configSchema,
  main: async ({ config, log, signal, onStop, ready }) => {
    const hub = await connectHub({
      ...config.hub,
      service: 'event-collector',
      signal,
      onStatus: ({ state, reason }) => {
        if (reason !== undefined) log.warn(`${state}: ${reason}`)
      },
    })
    onStop(() => hub.close())
    await provision(hub, config, { warn: (warning) => log.warn(warning) })
    const collector = await startCollector(hub, { config, log, version })
    onStop(() => collector.stop())
    ready()
  },
})
