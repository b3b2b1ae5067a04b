import { configSchema } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { hubOptions, runService, version, watchHub } from '@fleetlake/service'
import { startProjector } from './start-projector.ts'

await runService({
  name: 'event-projector',
  metered: 'projector',
  schema: configSchema,
  main: async (context) => {
    const { config, log, onStop, ready } = context
    const hub = await connectHub(await hubOptions('projector', context))
    onStop(() => hub.close())
    watchHub(() => hub, context)
    const projector = await startProjector(hub, { config, log, version, ops: context })
    onStop(() => projector.stop())
    ready({ uid: hub.uid })
  },
})
