import { configSchema } from '@fleetlake/contracts'
import { connectHub, provideStreams } from '@fleetlake/hub'
import { hubOptions, runService, version, watchHub } from '@fleetlake/service'
import { startGenerator } from './start-generator.ts'

await runService({
  name: 'event-generator',
  metered: 'generator',
  schema: configSchema,
  main: async (context) => {
    const { config, log, signal, onStop, ready } = context
    const hub = await connectHub(await hubOptions('generator', context))
    onStop(() => hub.close())
    watchHub(() => hub, context)
    await provideStreams(hub, config, { warn: (warning) => log.warn(warning), signal })
    const generator = await startGenerator({
      hub,
      config,
      version,
      ops: context,
      say: (message, fields = {}) => log.warn(fields, message),
    })
    onStop(() => generator.stop())
    ready({ uid: hub.uid })
  },
})
