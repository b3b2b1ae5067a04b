import { configSchema } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { connectHub, provision } from '@fleetlake/hub'
import { createHubLog, runService, version } from '@fleetlake/service'
import { startCollector } from './start-collector.ts'

await runService({
  name: 'event-collector',
  schema: configSchema,
  main: async ({ name, config, log, signal, onStop, ready, fail }) => {
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
    await provision(hub, config, { warn: (warning) => log.warn(warning) })
    const collector = await startCollector(hub, { config, log, version, fail })
    onStop(() => collector.stop())
    ready({ uid: hub.uid })
  },
})
