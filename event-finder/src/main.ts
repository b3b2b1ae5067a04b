import { configSchema } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { connectHub } from '@fleetlake/hub'
import { collectGarbageLess, createHubLog, runService, version } from '@fleetlake/service'
import { startFinder } from './start-finder.ts'

collectGarbageLess()
await runService({
  name: 'event-finder',
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
    const finder = await startFinder(hub, { config, version, warn: (what, fields = {}) => log.warn(fields, what) })
    onStop(() => finder.stop())
    ready({ uid: hub.uid })
  },
})
