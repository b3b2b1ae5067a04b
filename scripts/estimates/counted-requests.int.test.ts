import { setTimeout as delay } from 'node:timers/promises'
import { type ObjectStore, openTableStore } from '@fleetlake/archive'
import { configSchema, moveStreamName } from '@fleetlake/contracts'
import { estimate, FIGURES, parseFleet } from '@fleetlake/event-estimator'
import { startProjector } from '@fleetlake/event-projector'
import { connectHub, runGeneration } from '@fleetlake/hub'
import { type CountedRequest, countRequests, eventually, startTestS3, temporaryFolder } from '@fleetlake/testing'
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
/** A commit of a projector: others of these tables are the compactor's, which passes another counter. */
const isStep = ({ url }: CountedRequest): boolean => /\/latest\/_delta_log\/\d{20}\.json(?:\?|$)/.test(url)
const isMark = ({ url }: CountedRequest): boolean => url.includes('/losses/_fleetlake/marks/')
const isCommit = ({ url }: CountedRequest): boolean => /\/moves\/_delta_log\/\d{20}\.json(?:\?|$)/.test(url)
/** Another collector was ahead. */
const isRefused = ({ status }: CountedRequest): boolean => status === 412 || status === 409

interface Counts {
  readonly files: number
  readonly marks: number
  readonly logPuts: number
  readonly gets: number
  readonly lists: number
}

const countsOf = (requests: readonly CountedRequest[]): Counts => {
  const puts = requests.filter(({ method }) => method === 'PUT')
  return {
    files: puts.filter(isFile).length,
    marks: puts.filter(isMark).length,
    // How often another collector is ahead depends on how slow the machine is.
    logPuts: puts.filter((request) => !isFile(request) && !isMark(request) && !isRefused(request)).length,
    gets: requests.filter((request) => ['GET', 'HEAD'].includes(request.method) && !isList(request)).length,
    lists: requests.filter(isList).length,
  }
}

interface Archived {
  /** Of partitions, by the offsets that commits have moved. */
  readonly flushes: number
  /** Those of collectors. */
  readonly commits: number
}

const STREAMS = Array.from({ length: PARTITIONS }, (_, partition) => moveStreamName(partition))

/** Commits of a projector. */
const stepsOf = (requests: readonly CountedRequest[]): number =>
  requests.filter((request) => request.method === 'PUT' && isStep(request) && !isRefused(request)).length

const archivedIn = async (store: ObjectStore): Promise<Archived> => {
  let [flushes, commits] = [0, 0]
  for await (const { path } of store.list('_delta_log/')) {
    if (!/\/\d{20}\.json$/.test(path)) continue
    const text = new TextDecoder().decode((await store.get(path))!)
    const actions = text.split('\n').filter((line) => line !== '')
    const moved = actions.filter((line) => {
      const { txn } = JSON.parse(line) as { txn?: { appId: string } }
      return STREAMS.some((name) => txn?.appId.startsWith(`${name}@`))
    })
    flushes += moved.length
    if (moved.length > 0) commits++
  }
  return { flushes, commits }
}

type ProjectorCounts = Pick<Counts, 'gets' | 'lists'> & { readonly puts: number }

const projectorCountsOf = (requests: readonly CountedRequest[]): ProjectorCounts => ({
  puts: requests.filter(({ method }) => method === 'PUT').length,
  ...readsOf(countsOf(requests)),
})

interface Projected {
  readonly steps: number
  /** Of the table of positions, and the files that they added. */
  readonly commits: number
  readonly files: number
}

/** What a projector's work takes by the figures, and so much time. */
const reckonProjector = ({ steps, commits, files }: Projected, minutes: number): ProjectorCounts => ({
  puts: steps * FIGURES.putsPerProjectorStep.value,
  gets:
    steps * FIGURES.getsPerProjectorStep.value +
    commits * FIGURES.getsPerProjectorCommit.value +
    files * FIGURES.getsPerProjectorFile.value +
    minutes * FIGURES.getsPerProjectorMinute.value,
  lists: steps * FIGURES.listsPerProjectorStep.value + minutes * FIGURES.listsPerProjectorMinute.value,
})

const readsOf = ({ gets, lists }: Counts): Pick<Counts, 'gets' | 'lists'> => ({ gets, lists })

/** What so much work takes by the figures, and so much time of all collectors. */
const reckon = ({ flushes, commits }: Archived, minutes: number): Counts => {
  const { flow, archive } = estimate(
    parseFleet({ vehicles: VEHICLES, maxAgeMs: MAX_AGE_MS, partitions: PARTITIONS, collectors: COLLECTORS }),
  )
  return {
    files: (flushes * archive.landedFilesPerDay) / flow.flushesPerDay,
    marks: commits * FIGURES.marksPerCommit.value + minutes * FIGURES.putsPerCollectorMinute.value,
    logPuts: commits * FIGURES.logPutsPerCommit.value,
    gets: flushes * FIGURES.logGetsPerFlush.value + minutes * FIGURES.getsPerCollectorMinute.value,
    lists: flushes * FIGURES.logListsPerFlush.value + minutes * FIGURES.listsPerCollectorMinute.value,
  }
}

test('a fleet makes about as many requests to a real S3 server as the estimate says', async () => {
  const [s3, dataDir] = await Promise.all([startTestS3(), temporaryFolder()])
  onTestFinished(() => s3.stop())
  const [counter, projectors] = await Promise.all([countRequests(s3.port), countRequests(s3.port)])
  onTestFinished(() => Promise.all([counter.stop(), projectors.stop()]).then(() => {}))
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
  const endpoint = `http://127.0.0.1:${projectors.port}`
  const projector = await startProjector(hub, {
    config: configSchema.parse({ archive: { path, s3: { ...s3.settings, endpoint } } }),
    log: { info: () => {}, warn: console.warn },
    version: '0',
  })
  onTestFinished(() => projector.stop())
  const generation = runGeneration(hub, { vehicles: VEHICLES, durationMs: WHOLE_MS, realTime: true, seed: 1 })
  await delay(SETTLED_MS)
  const [from, before, beganAt] = [counter.requests.length, await archivedIn(store), performance.now()]
  const projectedFrom = projectors.requests.length
  await generation
  await eventually(() => stepsOf(projectors.requests.slice(projectedFrom)) > 2, {
    what: 'three steps of the projector',
  })
  const projected = projectors.requests.slice(projectedFrom)
  const after = await archivedIn(store)
  const requests = counter.requests.slice(from)
  const passed = (performance.now() - beganAt) / 60_000
  const minutes = passed * COLLECTORS
  const done: Archived = { flushes: after.flushes - before.flushes, commits: after.commits - before.commits }
  const counted = countsOf(requests)
  // The slower the machine, the more often a collector finds another ahead, reads on, and tries again: what that takes bounds it from above.
  const tries = requests.filter((request) => request.method === 'PUT' && isCommit(request)).length
  const tried = { ...done, flushes: Math.max(done.flushes, tries * FIGURES.flushesPerCommit.value) }
  const [least, most] = [reckon(done, minutes), { ...reckon(done, minutes), ...readsOf(reckon(tried, minutes)) }]
  expect(done.flushes).toBeGreaterThan(PARTITIONS)
  for (const what of ['files', 'marks', 'logPuts', 'gets', 'lists'] as const) {
    const told = `${what}: ${counted[what]} in ${done.flushes} flushes, ${done.commits} commits of ${tries} tries and ${minutes.toFixed(1)} minutes, reckoned ${Math.round(least[what])}`
    console.log(told)
    expect(counted[what], told).toBeGreaterThan(least[what] / 2)
    expect(counted[what], told).toBeLessThan(most[what] * 2)
  }

  const work: Projected = {
    steps: stepsOf(projected),
    commits: done.commits,
    files: counted.files,
  }
  const [ofProjector, reckoned] = [projectorCountsOf(projected), reckonProjector(work, passed)]
  for (const what of ['puts', 'gets', 'lists'] as const) {
    const told = `${what} of a projector: ${ofProjector[what]} in ${work.steps} steps, ${work.commits} commits, ${work.files} files and ${passed.toFixed(1)} minutes, reckoned ${Math.round(reckoned[what])}`
    console.log(told)
    expect(ofProjector[what], told).toBeGreaterThan(reckoned[what] / 2)
    expect(ofProjector[what], told).toBeLessThan(reckoned[what] * 2)
  }
})
