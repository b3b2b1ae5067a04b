import { placeBelow } from '@fleetlake/archive'
import { checkListening, configSchema, mayPagesGenerate } from '@fleetlake/contracts'
import { printable } from '@fleetlake/core'
import { findPort, gatewayUrlOf } from '@fleetlake/event-viewer-web'
import { runService } from '@fleetlake/service'
import { providePage } from './page/provide-page.ts'
import { chooseHub } from './stack/find-hub.ts'
import { provideCity } from './stack/provide-city.ts'
import { startStack } from './stack.ts'

process.env.FLEET_LOG_FORMAT ??= 'text'

await runService({
  name: 'fleetlake',
  metered: 'hub',
  schema: configSchema,
  // The services stop one group after the other.
  stopTimeoutMs: 120_000,
  main: async ({ config, signal, onStop, ready }) => {
    const say = (line: string): void => console.log(printable(line))
    // Before a page is built and a city is made.
    checkListening('viewer', config)
    gatewayUrlOf(config)
    const gateways = config.gateway.port === undefined ? 0 : 1
    if (gateways === 1) checkListening('gateway', config)
    const viewer = { host: config.viewer.host, port: await findPort(config.viewer) }
    const hub = await chooseHub(config.hub.url)
    // Before there are services: a build takes 1 GB.
    await providePage({ say, signal })
    const starting = startStack({
      dataDir: '.fleetlake',
      hubDataDir: config.hub.dataDir,
      archivePath: config.archive.path,
      hub: {
        partitions: config.partitioning.count,
        partitionMaxBytes: config.hub.maxBytesPerPartition,
        syncInterval: config.hub.syncInterval,
        websocketPort: config.hub.websocketPort,
        websocketOrigins: config.hub.websocketOrigins ?? [],
        pagesMayGenerate: mayPagesGenerate(config),
        asksEveryone: config.auth === 'required',
      },
      ...hub,
      compactors: 1,
      viewers: 1,
      viewer,
      gateways,
      args: process.argv.slice(2),
      restart: true,
      // One that hangs is to end by itself first: it says where.
      silenceMs: 2 * config.service.hangMs,
      signal,
      say,
    })
    onStop(async () => (await starting.catch(() => undefined))?.stop())
    const [stack] = await Promise.all([starting, provideCity(config.generator.cityDir)])
    if (signal.aborted) return
    ready()
    console.log(`
  ${stack.viewerUrl?.replace('//127.0.0.1', '//localhost')}

Fleetlake is up, ${(performance.now() / 1000).toFixed(1)} s after it was started. Open the page and press "Generate vehicles" to see
some drive through the city; then draw an area in Search to ask who was there, and watch it again in Replay.

  hub      ${stack.hubUrl}
  archive  ${placeBelow(stack.archivePath, 'moves')}, a Delta Lake table${stack.gatewayUrl === undefined ? '' : `\n  gateway  ${stack.gatewayUrl}`}

  npm run fleet -- --help   does the same in a terminal

Ctrl-C stops it all.
`)
  },
})
