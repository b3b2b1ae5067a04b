import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRegistryStore, openSearchStore, openTableStore } from '@fleetlake/archive'
import { checkListening, configSchema } from '@fleetlake/contracts'
import { connectHub, type Hub } from '@fleetlake/hub'
import { countRequests, hubOptions, runService, timeRequests, version, watchHub } from '@fleetlake/service'
import { createArchiveReader } from './archive/archive-reader.ts'
import { createPartitionsReader } from './ask-partitions.ts'
import { createAreaStore } from './areas/area-store.ts'
import { createSearchesReader } from './audit/searches-reader.ts'
import { createCityPack } from './city/city-pack.ts'
import { listen } from './http/listen.ts'
import { createPageImports } from './imports/page-imports.ts'
import { createAskGateway } from './login/ask-gateway.ts'
import { forwardingFault, gatewayUrlOf } from './login/gateway-url.ts'
import { openMapSource } from './map/map-source.ts'
import { openBuiltPage } from './page/built-page.ts'
import { createViewerApp } from './viewer-app.ts'

const web = fileURLToPath(new URL('..', import.meta.url))
const pageFolder = resolve(web, process.env.FLEET_WEB_OUTPUT_DIR ?? '.output', 'public')

await runService({
  name: 'event-viewer',
  metered: 'viewer',
  schema: configSchema,
  main: async (context) => {
    const { config, log, signal, metrics, onStop, ready, fail } = context
    checkListening('viewer', config)
    const gatewayUrl = gatewayUrlOf(config)
    const forwarding = forwardingFault(config)
    if (forwarding !== undefined) log.warn(forwarding)
    const page = openBuiltPage(pageFolder)
    const map = await openMapSource(config.viewer, { warn: (what) => log.warn(what) })
    // The page is served whether the hub can be reached or not.
    const hub = hubOptions('viewer', context).then(connectHub)
    let connected: Hub | undefined
    hub.then(
      (one) => (connected = one),
      (error: unknown) => signal.aborted || fail(error),
    )
    onStop(() => connected?.close())
    watchHub(() => connected, context)
    const tellRequest = countRequests(metrics)
    const imports = createPageImports({ config })
    onStop(() => imports.close())
    const areas = createAreaStore(await openRegistryStore(config.archive, tellRequest), () => connected)
    onStop(() => areas.close())
    const app = createViewerApp({
      version,
      config,
      page,
      city: createCityPack(config.generator.cityDir),
      map,
      partitions: createPartitionsReader(hub),
      archive: createArchiveReader(await openTableStore(config.archive, tellRequest)),
      imports,
      gateway: gatewayUrl === undefined ? undefined : createAskGateway(gatewayUrl),
      searches: {
        read: createSearchesReader(await openSearchStore(config.archive, tellRequest), hub),
      },
      areas,
      log,
    })
    const server = await listen(timeRequests(app, metrics), config.viewer)
    onStop(() => server.close())
    ready({ url: server.url })
  },
})
