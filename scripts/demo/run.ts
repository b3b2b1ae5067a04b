import { configSchema, DEAD_LETTERS } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { askVehicles, connectHub, countMessages, type Hub, runGeneration } from '@fleetlake/hub'
import { countDistinct, liveFiles, readTable, selectByBruteForce, type TableRows } from '@fleetlake/testing'
import { startStack, type Stack } from '../stack.ts'
import { provideCity } from '../stack/provide-city.ts'
import { type ArchivePlace, startArchivePlace } from './archive-place.ts'
import { compactArchive, type CompactionFigures } from './compact-archive.ts'
import type { DemoOptions } from './options.ts'
import { type DemoSearch, demoSearches } from './searches.ts'
import { type Usage, watchUsage } from './usage.ts'

/** What the demo found, in the words of its JSON. */
export interface DemoReport {
  readonly generated: number
  readonly archived: number
  readonly distinct: number
  readonly lost: number
  readonly duplicated: number
  readonly deadLetters: number
  readonly startupMs: number
  readonly elapsedMs: number
  readonly eventsPerSecond: number
  readonly cpuMicrosPerEvent: number
  readonly cpuMicrosPerEventByProcess: Readonly<Record<string, number>>
  readonly bytesPerEvent: number
  readonly files: number
  readonly commits: number
  readonly peakRssMb: number
  readonly queries: readonly QueryReport[]
  /** The table and the same searches once more after a compaction. */
  readonly compacted: CompactedReport
}

export interface CompactedReport extends CompactionFigures {
  readonly queries: readonly QueryReport[]
}

export interface QueryReport {
  readonly name: string
  readonly status: string
  readonly hits: number
  readonly oracleHits: number
  /** Rows that the answer has and brute force has not, or the other way round. */
  readonly differing: number
  readonly firstMs: number | null
  readonly doneMs: number
  readonly chunks: { readonly total: number; readonly pruned: number; readonly read: number }
  readonly bytesRead: number
}

/** A morning's start, so that the same seed makes the same table every time. */
const START_TIME = '2026-01-05T07:00:00.000Z'

export type Say = (line: string) => void

/** The whole path once: generate, archive, search, compare. The stack is stopped whatever happens. */
export const runDemo = async (
  options: DemoOptions & { readonly dataDir: string },
  say: Say,
  signal: AbortSignal,
): Promise<DemoReport> => {
  const startedAt = performance.now()
  say('starting nats-server, collectors, finders and generators')
  await provideCity(configSchema.parse({}).generator.cityDir)
  const place = await startArchivePlace(options, say)
  try {
    return await runAt(place, options, startedAt, say, signal)
  } finally {
    await place.stop()
  }
}

const runAt = async (
  place: ArchivePlace,
  options: DemoOptions & { readonly dataDir: string },
  startedAt: number,
  say: Say,
  signal: AbortSignal,
): Promise<DemoReport> => {
  const { dataDir, collectors, finders, generators } = options
  const stack = await startStack({
    dataDir,
    archivePath: place.path,
    env: place.env,
    collectors,
    compactors: 1,
    finders,
    generators,
    ...(options.killCollectorAfterMs === undefined ? {} : { restart: true }),
    say: (line) => {
      if (!/ (ready|stopped)/.test(line)) say(`  ${line}`)
    },
  })
  try {
    const startupMs = Math.round(performance.now() - startedAt)
    signal.throwIfAborted()
    return await Promise.race([runOn(stack, place, options, startupMs, say, signal), stack.failure])
  } finally {
    await stack.stop()
  }
}

const runOn = async (
  stack: Stack,
  place: ArchivePlace,
  options: DemoOptions,
  startupMs: number,
  say: Say,
  signal: AbortSignal,
): Promise<DemoReport> => {
  const hub = await connectHub({ url: stack.hubUrl, service: 'demo', signal })
  try {
    const run = await generate(hub, stack, options, say, signal)
    const folder = await place.provideTable()
    const { files, commits } = await liveFiles(folder)
    const rows = await readTable(folder)
    const distinct = countDistinct(rows)
    say(`archived ${rows.length} events in ${files.length} files`)
    const searchAll = async (): Promise<QueryReport[]> => {
      const queries: QueryReport[] = []
      for (const search of demoSearches(run.period)) {
        queries.push(await compare(hub, rows, search))
        say(`search ${search.name}: ${queries.at(-1)!.hits} hits, ${queries.at(-1)!.oracleHits} by brute force`)
      }
      return queries
    }
    const queries = await searchAll()
    const deadLetters = await countMessages(hub, DEAD_LETTERS)
    const compacted = { ...(await compactArchive(place.archive, say)), queries: await searchAll() }
    const { usage, elapsedMs } = run
    const perEvent = (micros: number): number => round(micros / options.events, 2)
    return {
      generated: run.events,
      archived: rows.length,
      distinct,
      lost: run.events - distinct,
      duplicated: rows.length - distinct,
      deadLetters,
      startupMs,
      elapsedMs: Math.round(elapsedMs),
      eventsPerSecond: Math.round((run.events / elapsedMs) * 1_000),
      cpuMicrosPerEvent: perEvent(usage.cpuMicros),
      cpuMicrosPerEventByProcess: Object.fromEntries(
        Object.entries(usage.cpuMicrosByName).map(([name, micros]) => [name, perEvent(micros)]),
      ),
      bytesPerEvent: round(files.reduce((total, { size }) => total + size, 0) / Math.max(1, rows.length), 2),
      files: files.length,
      commits: commits - 1,
      peakRssMb: Math.round(usage.peakRssBytes / 2 ** 20),
      queries,
      compacted,
    }
  } finally {
    await hub.close()
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

interface Generated {
  readonly events: number
  readonly elapsedMs: number
  readonly usage: Usage
  readonly period: { readonly from: number; readonly to: number }
}

/** From asking for the run to the answer that the table holds all of it. */
const generate = async (
  hub: Hub,
  stack: Stack,
  options: DemoOptions,
  say: Say,
  signal: AbortSignal,
): Promise<Generated> => {
  const { vehicles, events, seed, killCollectorAfterMs } = options
  say(`generating ${events} events of ${vehicles} vehicles`)
  const watching = await watchUsage(() => stack.processes())
  const startedAt = performance.now()
  const killing =
    killCollectorAfterMs === undefined ? undefined : setTimeout(() => killCollector(stack, say), killCollectorAfterMs)
  const stats = await runGeneration(
    hub,
    { vehicles, events, seed, startTime: START_TIME },
    {
      signal,
      onProgress: ({ phase, events: done, total }) =>
        say(`  ${phase} ${Math.floor((100 * done) / Math.max(1, total))} %`),
    },
  )
  clearTimeout(killing)
  const elapsedMs = performance.now() - startedAt
  const usage = await watching.stop()
  if (stats.status !== 'complete' || !stats.flushed) {
    throw new FleetError('service.failed', `the generation ended as ${stats.status}: ${stats.error ?? 'not flushed'}`)
  }
  return { events: stats.events, elapsedMs, usage, period: { from: Date.parse(stats.from), to: Date.parse(stats.to) } }
}

/** Not by the stack's own kill: this is to look like an accident, so that it is started again. */
const killCollector = (stack: Stack, say: Say): void => {
  const victim = stack.processes().find(({ name }) => name.startsWith('collector'))
  if (victim === undefined) return
  say(`killing ${victim.name}`)
  process.kill(victim.pid, 'SIGKILL')
}

const decoder = new TextDecoder()

const compare = async (hub: Hub, rows: TableRows, { name, area, period }: DemoSearch): Promise<QueryReport> => {
  const startedAt = performance.now()
  let firstMs: number | null = null
  const found: string[] = []
  const answer = askVehicles(hub, {
    area,
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    timeoutMs: 300_000,
  })
  const batches = []
  for await (const batch of answer) {
    firstMs ??= round(performance.now() - startedAt, 1)
    batches.push(batch)
  }
  const { stats, status } = await answer.outcome
  const doneMs = round(performance.now() - startedAt, 1)
  for (const { rows: positions } of batches) {
    const { vehicleIdBytes: bytes, vehicleIdOffsets: at } = positions
    for (let i = 0; i < positions.length; i++) {
      found.push(`${decoder.decode(bytes.subarray(at[i], at[i + 1]))} ${positions.eventTime[i]}`)
    }
  }
  const expected = selectByBruteForce(rows, { area, ...period }).map((i) => `${rows.vehicleIds[i]} ${rows.time[i]}`)
  return {
    name,
    status,
    hits: found.length,
    oracleHits: expected.length,
    differing: new Set(found).symmetricDifference(new Set(expected)).size,
    firstMs,
    doneMs,
    chunks: stats?.files ?? { total: 0, pruned: 0, read: 0 },
    bytesRead: stats?.bytes.read ?? 0,
  }
}
