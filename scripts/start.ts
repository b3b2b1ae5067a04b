import { placeBelow } from '@fleetlake/archive'
import { checkListening, type Config, configSchema, mayPagesGenerate } from '@fleetlake/contracts'
import { printable } from '@fleetlake/core'
import { findPort, gatewayUrlOf } from '@fleetlake/event-viewer-web'
import { runService } from '@fleetlake/service'
import { providePage } from './page/provide-page.ts'
import { chooseHub } from './stack/find-hub.ts'
import { provideCity } from './stack/provide-city.ts'
import { type Stack, startStack } from './stack.ts'

process.env.FLEET_LOG_FORMAT ??= 'text'

/** This process has the first port itself, for the hub that it runs. */
const opsOf = (port: number | undefined): { opsPort?: number } =>
  port === undefined ? {} : { opsPort: port === 0 ? 0 : port + 1 }

/** Where services tell their metrics and health, a line; none where they do not. */
const opsLine = ({ processes }: Stack, { host, port }: Config['ops']): string => {
  if (port === undefined) return ''
  const at = processes().flatMap(({ name, details }) =>
    typeof details.ops === 'string' ? [`${name} ${new URL(details.ops).port}`] : [],
  )
  return `\n  metrics  http://${host}:${port}/metrics of the hub, and at the ports of ${at.join(', ')}`
}

await runService({
  name: 'fleetlake',
  metered: 'hub',
  schema: configSchema,
  // The services stop one group after the other.
  stopTimeoutMs: 120_000,
  main: async ({ config, signal, onStop, requires, ready }) => {
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
      projectors: 1,
      viewers: 1,
      viewer,
      ...opsOf(config.ops.port),
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
    requires(() => stack.faults()[0])
    ready()
    console.log(`
  ${stack.viewerUrl?.replace('//127.0.0.1', '//localhost')}

Fleetlake is up, ${(performance.now() / 1000).toFixed(1)} s after it was started. Open the page and press "Generate vehicles" to see
some drive through the city; then draw an area in Search to ask who was there, and watch it again in Replay.

  hub      ${stack.hubUrl}
  archive  ${placeBelow(stack.archivePath, 'moves')}, a Delta Lake table${stack.gatewayUrl === undefined ? '' : `\n  gateway  ${stack.gatewayUrl}`}${opsLine(stack, config.ops)}

  npm run fleet -- --help   does the same in a terminal

Ctrl-C stops it all.
`)
  },
})
