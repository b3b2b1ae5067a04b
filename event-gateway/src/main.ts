import { checkListening, configSchema, requestInbox, SYSTEM_USER } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { hubOptions, runService, version, watchHub } from '@fleetlake/service'
import { gatewayKeys } from './hub/gateway-keys.ts'
import { startGateway } from './start-gateway.ts'

await runService({
  name: 'event-gateway',
  metered: 'gateway',
  schema: configSchema,
  main: async (context) => {
    const { config, log, onStop, ready } = context
    checkListening('gateway', config)
    const hub = await connectHub(await hubOptions('gateway', context))
    onStop(() => hub.close())
    watchHub(() => hub, context)
    const keys = config.auth === 'required' ? await gatewayKeys(config) : undefined
    const system =
      keys?.systemPassword === undefined
        ? undefined
        : await connectHub({
            ...(await hubOptions('gateway', context)),
            user: SYSTEM_USER,
            password: keys.systemPassword,
            requestInbox: requestInbox(SYSTEM_USER),
          })
    onStop(() => system?.close())
    if (keys !== undefined && system === undefined)
      log.warn('connections of people who have logged out last up to an hour: set gateway.hubSystemPassword')
    const gateway = await startGateway(hub, {
      config,
      version,
      log,
      system,
      issuerSeed: keys?.issuerSeed,
      ops: context,
    })
    onStop(() => gateway.stop())
    ready({ url: gateway.url, uid: hub.uid })
  },
})
