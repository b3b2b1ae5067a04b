import { checkListening, configSchema } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { connectHub } from '@fleetlake/hub'
import { createHubLog, runService, version } from '@fleetlake/service'
import { startGateway } from './start-gateway.ts'

await runService({
  name: 'event-gateway',
  schema: configSchema,
  main: async ({ name, config, log, signal, onStop, ready }) => {
    checkListening('gateway', config)
    const { url, user, password } = config.hub
    const hub = await connectHub({
      url,
      user,
      password,
      service: name,
      signal,
      onStatus: createHubLog(log),
      onFault: (fault) => log.error(codeField(fault), reasonOf(fault)),
    })
    onStop(() => hub.close())
    const gateway = await startGateway(hub, { config, version, log })
    onStop(() => gateway.stop())
    ready({ url: gateway.url, uid: hub.uid })
  },
})
