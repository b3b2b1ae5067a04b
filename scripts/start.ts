import { placeBelow } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { runService } from '@fleetlake/service'
import { chooseHub } from './stack/find-hub.ts'
import { provideCity } from './stack/provide-city.ts'
import { startStack } from './stack.ts'

process.env.FLEET_LOG_FORMAT ??= 'text'

await runService({
  name: 'fleetlake',
  schema: configSchema,
  // The services stop one group after the other.
  stopTimeoutMs: 120_000,
  main: async ({ config, signal, onStop, ready }) => {
    const starting = startStack({
      dataDir: '.fleetlake',
      hubDataDir: config.hub.dataDir,
      archivePath: config.archive.path,
      hub: { partitions: config.partitioning.count, partitionMaxBytes: config.hub.maxBytesPerPartition },
      ...(await chooseHub(config.hub.url)),
      args: process.argv.slice(2),
      restart: true,
      signal,
      say: (line) => console.log(line),
    })
    onStop(async () => (await starting.catch(() => undefined))?.stop())
    const [stack] = await Promise.all([starting, provideCity(config.generator.cityDir)])
    if (signal.aborted) return
    ready()
    console.log(`
Fleetlake is up, ${(performance.now() / 1000).toFixed(1)} s after it was started.

  hub      ${stack.hubUrl}
  archive  ${placeBelow(stack.archivePath, 'moves')}, a Delta Lake table

  npm run fleet -- generate --help   lets vehicles drive through the city
  npm run fleet -- query --help      asks who was in an area
  npm run fleet -- --help            everything else

Ctrl-C stops it all.
`)
  },
})
