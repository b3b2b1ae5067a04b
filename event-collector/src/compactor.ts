import { configSchema } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { hubOptions, runService, version, watchHub } from '@fleetlake/service'
import { startCompactor } from './compact/start-compactor.ts'

await runService({
  name: 'compactor',
  metered: 'compactor',
  schema: configSchema,
  main: async (context) => {
    const { config, log, onStop, ready } = context
    const hub = await connectHub(await hubOptions('compactor', context))
    onStop(() => hub.close())
    watchHub(() => hub, context)
    const compactor = await startCompactor(hub, { config, log, version, ops: context })
    onStop(() => compactor.stop())
    ready({ uid: hub.uid })
  },
})
