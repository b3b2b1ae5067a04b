import { setTimeout as delay } from 'node:timers/promises'
import { type ObjectStore, openTableStore } from '@fleetlake/archive'
import { configSchema, moveStreamName } from '@fleetlake/contracts'
import { estimate, FIGURES, parseFleet } from '@fleetlake/event-estimator'
import { connectHub, runGeneration } from '@fleetlake/hub'
import { type CountedRequest, countRequests, startTestS3, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { provideCity } from '../stack/provide-city.ts'
import { startStack } from '../stack.ts'

const VEHICLES = 300
const MAX_AGE_MS = 10_000
const PARTITIONS = 8
const COLLECTORS = 2
/** Until streams are purged behind what is archived, which takes requests too. */
const SETTLED_MS = 50_000
const WHOLE_MS = 110_000

const isList = ({ url }: CountedRequest): boolean => url.includes('list-type=2')
const isFile = ({ url }: CountedRequest): boolean => decodeURIComponent(url).includes('/moves/date=')

interface Counts {
  readonly files: number
  readonly logPuts: number
  readonly gets: number
  readonly lists: number
}

const countsOf = (requests: readonly CountedRequest[]): Counts => {
  const puts = requests.filter(({ method }) => method === 'PUT')
  return {
    files: puts.filter(isFile).length,
    logPuts: puts.filter((request) => !isFile(request)).length,
    gets: requests.filter((request) => ['GET', 'HEAD'].includes(request.method) && !isList(request)).length,
    lists: requests.filter(isList).length,
  }
}

/** Flushes of partitions, by the offsets that commits have moved. */
const flushesIn = async (store: ObjectStore): Promise<number> => {
  let flushes = 0
  for await (const { path } of store.list('_delta_log/')) {
    if (!/\/\d{20}\.json$/.test(path)) continue
    const text = new TextDecoder().decode((await store.get(path))!)
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const { txn } = JSON.parse(line) as { txn?: { appId: string } }
      const isOfMoves = Array.from({ length: PARTITIONS }, (_, i) => moveStreamName(i)).some((name) =>
        txn?.appId.startsWith(`${name}@`),
      )
      if (isOfMoves) flushes++
    }
  }
  return flushes
}

test('a fleet makes about as many requests to a real S3 server as the estimate says', async () => {
  const [s3, dataDir] = await Promise.all([startTestS3(), temporaryFolder()])
  onTestFinished(() => s3.stop())
  const counter = await countRequests(s3.port)
  onTestFinished(() => counter.stop())
  const path = `s3://${await s3.createBucket()}/archive`
  const config = configSchema.parse({ archive: { path, s3: s3.settings } })
  await provideCity(config.generator.cityDir)
  const stack = await startStack({
    dataDir,
    archivePath: path,
    collectors: COLLECTORS,
    compactors: 1,
    finders: 1,
    generators: 1,
    env: {
      FLEET_ARCHIVE_S3_ENDPOINT: `http://127.0.0.1:${counter.port}`,
      FLEET_ARCHIVE_S3_ACCESS_KEY_ID: s3.settings.accessKeyId,
      FLEET_ARCHIVE_S3_SECRET_ACCESS_KEY: s3.settings.secretAccessKey,
      FLEET_COLLECTOR_MAX_AGE_MS: String(MAX_AGE_MS),
      FLEET_HUB_DUPLICATE_WINDOW_MS: '1 s',
    },
  })
  onTestFinished(() => stack.stop())
  const hub = await connectHub({ url: stack.hubUrl, service: 'test' })
  onTestFinished(() => hub.close())
  const store = await openTableStore(config.archive)
  const generation = runGeneration(hub, { vehicles: VEHICLES, durationMs: WHOLE_MS, realTime: true, seed: 1 })
  await delay(SETTLED_MS)
  const [from, flushesBefore, beganAt] = [counter.requests.length, await flushesIn(store), performance.now()]
  await generation
  const flushes = (await flushesIn(store)) - flushesBefore
  const counted = countsOf(counter.requests.slice(from))
  const minutes = ((performance.now() - beganAt) / 60_000) * COLLECTORS

  const { flow, archive } = estimate(
    parseFleet({ vehicles: VEHICLES, maxAgeMs: MAX_AGE_MS, partitions: PARTITIONS, collectors: COLLECTORS }),
  )
  const reckoned: Counts = {
    files: (flushes * archive.landedFilesPerDay) / flow.flushesPerDay,
    logPuts: flushes * FIGURES.logPutsPerFlush.value,
    gets: flushes * FIGURES.logGetsPerFlush.value + minutes * FIGURES.getsPerCollectorMinute.value,
    lists: flushes * FIGURES.logListsPerFlush.value + minutes * FIGURES.listsPerCollectorMinute.value,
  }
  expect(flushes).toBeGreaterThan(PARTITIONS)
  for (const what of ['files', 'logPuts', 'gets', 'lists'] as const) {
    const told = `${what}: ${counted[what]} in ${flushes} flushes, reckoned ${Math.round(reckoned[what])}`
    console.log(told)
    expect(counted[what], told).toBeGreaterThan(reckoned[what] / 2)
    expect(counted[what], told).toBeLessThan(reckoned[what] * 2)
  }
})
