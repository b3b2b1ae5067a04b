import { configSchema } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { connectHub, provision } from '@fleetlake/hub'
import { createHubLog, runService, version } from '@fleetlake/service'
import { startGenerator } from './start-generator.ts'

await runService({
  name: 'event-generator',
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
    await provision(hub, config, { warn: (warning) => log.warn(warning) })
    const generator = await startGenerator({
      hub,
      config,
      version,
      say: (message, fields = {}) => log.warn(fields, message),
    })
    onStop(() => generator.stop())
    ready({ uid: hub.uid })
  },
})
