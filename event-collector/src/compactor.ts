import { configSchema } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { connectHub } from '@fleetlake/hub'
import { createHubLog, runService, version } from '@fleetlake/service'
import { startCompactor } from './compact/start-compactor.ts'

await runService({
  name: 'compactor',
  schema: configSchema,
  main: async ({ name, config, log, signal, onStop, ready }) => {
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
    const compactor = await startCompactor(hub, { config, log, version })
    onStop(() => compactor.stop())
    ready({ uid: hub.uid })
  },
})
