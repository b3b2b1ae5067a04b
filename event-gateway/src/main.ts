import { checkListening, configSchema } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { hubOptions, runService, version } from '@fleetlake/service'
import { startGateway } from './start-gateway.ts'

await runService({
  name: 'event-gateway',
  schema: configSchema,
  main: async (context) => {
    const { config, log, onStop, ready } = context
    checkListening('gateway', config)
    const hub = await connectHub(await hubOptions('gateway', context))
    onStop(() => hub.close())
    const gateway = await startGateway(hub, { config, version, log })
    onStop(() => gateway.stop())
    ready({ url: gateway.url, uid: hub.uid })
  },
})
