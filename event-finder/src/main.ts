import { configSchema } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { collectGarbageLess, hubOptions, runService, version, watchHub } from '@fleetlake/service'
import { startFinder } from './start-finder.ts'

collectGarbageLess()
await runService({
  name: 'event-finder',
  metered: 'finder',
  schema: configSchema,
  main: async (context) => {
    const { config, log, onStop, ready } = context
    const hub = await connectHub(await hubOptions('finder', context))
    onStop(() => hub.close())
    watchHub(() => hub, context)
    const warn = (what: string, fields: object = {}): void => log.warn(fields, what)
    const finder = await startFinder(hub, { config, version, warn, ops: context })
    onStop(() => finder.stop())
    ready({ uid: hub.uid })
  },
})
