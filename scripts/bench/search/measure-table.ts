import { join } from 'node:path'
import { createFileStore, openTable, prune } from '@fleetlake/archive'
import { areaOf, FleetError } from '@fleetlake/core'
import { connectHub, type Hub } from '@fleetlake/hub'
import { type DemoSearch, demoSearches } from '../../demo/searches.ts'
import { type Usage, watchUsage } from '../../demo/usage.ts'
import { startStack } from '../../stack.ts'
import { addOtherDates } from './add-other-dates.ts'
import { type Asked, askOften, askOnce } from './ask.ts'
import { startLiveLoad } from './live-load.ts'
import type { SearchOptions } from './options.ts'
import { profileSelf } from './profile-self.ts'
import { type BenchTable, copyTable } from './provide-table.ts'
import { runEngine } from './run-engine.ts'

type Times = Pick<Asked, 'firstMs' | 'doneMs'>

/** Of other engines, over the same files. */
interface EngineTimes {
  readonly duckdbAllMs: number | null
  readonly duckdbPrunedMs: number | null
  readonly polarsMs: number | null
}

/** What one search of one table took. */
export interface QueryFigures extends Asked, EngineTimes {
  readonly table: string
  readonly name: string
  readonly resultsPerSecond: number
  /** CPU of a search, idle, by kind of process, ms: finders, nats-server (`hub`) and the client. */
  readonly cpuMs: Readonly<Record<string, number>>
  /** The first time that the finders see it. */
  readonly cold: Times
  readonly underLoad: (Times & { readonly eventsPerSecond: number }) | null
  /** With 7 years of other dates in the table. */
  readonly aged: Times | null
}

interface Deps {
  readonly folder: string
  readonly say: (line: string) => void
}

const timesOf = ({ firstMs, doneMs }: Asked): Times => ({ firstMs: round(firstMs), doneMs: round(doneMs) })
const round = (ms: number): number => Number(ms.toFixed(1))

/** The files of a table, and those that the finder's own pruning leaves of them. */
const filesOf = async (path: string, search: DemoSearch): Promise<{ all: string[]; pruned: string[] }> => {
  const store = createFileStore(join(path, 'moves'))
  const table = await openTable(store)
  const { kept } = prune(table.snapshot, { area: areaOf(search.area), period: search.period })
  await table.close()
  return {
    all: [...table.snapshot.files()].map((chunk) => store.url(chunk.path)),
    pruned: kept.map(({ chunk }) => store.url(chunk.path)),
  }
}

/** The searches by other engines. @throws FleetError `service.failed` when one finds something else than the finders do */
const compare = async (
  table: BenchTable,
  search: DemoSearch,
  { hits }: Asked,
  rounds: number,
  { folder, say }: Deps,
): Promise<EngineTimes> => {
  const { all, pruned } = await filesOf(table.path, search)
  const by = async (engine: 'duckdb' | 'polars', files: readonly string[]): Promise<number> => {
    const found = await runEngine({ engine, search, files, rounds }, folder)
    if (found.hits !== hits) {
      throw new FleetError(
        'service.failed',
        `${engine} found ${found.hits} rows by ${search.name}, the finders ${hits}`,
      )
    }
    return round(found.doneMs)
  }
  const figures = {
    duckdbAllMs: await by('duckdb', all),
    duckdbPrunedMs: await by('duckdb', pruned),
    polarsMs: await by('polars', pruned),
  }
  say(`  ${search.name}: ${JSON.stringify(figures)}`)
  return figures
}

type WithUsage = Asked & Pick<QueryFigures, 'cpuMs'>

/** Of a search, by kind of process. */
const cpuMsOf = ({ cpuMicrosByName }: Usage, rounds: number): Record<string, number> => {
  const byKind: Record<string, number> = {}
  for (const [name, micros] of Object.entries(cpuMicrosByName)) {
    const kind = name.replace(/-\d+$/, '')
    if (kind === 'finder' || kind === 'hub' || kind === 'client') {
      byKind[kind] = round((byKind[kind] ?? 0) + micros / 1_000 / rounds)
    }
  }
  return byKind
}

const NO_ENGINES: EngineTimes = { duckdbAllMs: null, duckdbPrunedMs: null, polarsMs: null }

/** The three searches of one table, in every way that is asked for. */
export const measureTable = async (source: BenchTable, options: SearchOptions, deps: Deps): Promise<QueryFigures[]> => {
  const { folder, say } = deps
  const { rounds, load, otherFiles, profile, finders } = options
  const table = await copyTable(source, folder)
  const stack = await startStack({
    dataDir: folder,
    finders,
    env: {
      // Another hub has fed what is searched here.
      FLEET_ARCHIVE_ADOPT: 'true',
      ...(profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
    },
  })
  try {
    const hub = await connectHub({ url: stack.hubUrl, service: 'bench' })
    const searches = demoSearches(table.period)
    const processes = () => [...stack.processes(), { name: 'client', pid: process.pid }]
    const askAll = async (what: string): Promise<WithUsage[]> => {
      const asked: WithUsage[] = []
      for (const search of searches) {
        const watching = await watchUsage(processes)
        const { rounds: asks, ...times } = await askOften(hub, search, rounds)
        const figures = { ...times, cpuMs: cpuMsOf(await watching.stop(), asks) }
        say(
          `  ${search.name} ${what}: cpu ${JSON.stringify(figures.cpuMs)} ${figures.hits} hits, first ${round(figures.firstMs)} ms, done ${round(figures.doneMs)} ms`,
        )
        asked.push(figures)
      }
      return asked
    }
    const cold: Asked[] = []
    for (const search of searches) cold.push(await askOnce(hub, search))
    const idle = profile === undefined ? await askAll('idle') : await profileSelf(profile, () => askAll('idle'))
    const engines: EngineTimes[] = []
    for (const [i, search] of searches.entries()) {
      engines.push(options.engines ? await compare(table, search, idle[i], Math.min(rounds, 5), deps) : NO_ENGINES)
    }
    const loaded = load > 0 ? await underLoad(hub, load, () => askAll(`under load`)) : undefined
    let aged: WithUsage[] | undefined
    if (otherFiles > 0) {
      await addOtherDates(table.path, otherFiles, table.period.from)
      await askOnce(hub, searches[0])
      aged = await askAll('with other dates')
    }
    await hub.close()
    return searches.map(({ name }, i) => ({
      table: table.name,
      name,
      ...idle[i],
      ...timesOf(idle[i]),
      resultsPerSecond: Math.round((idle[i].hits / idle[i].doneMs) * 1_000),
      ...engines[i],
      cold: timesOf(cold[i]),
      underLoad: loaded === undefined ? null : { ...timesOf(loaded.asked[i]), eventsPerSecond: loaded.eventsPerSecond },
      aged: aged === undefined ? null : timesOf(aged[i]),
    }))
  } finally {
    await stack.stop()
  }
}

const underLoad = async (
  hub: Hub,
  eventsPerSecond: number,
  askAll: () => Promise<WithUsage[]>,
): Promise<{ asked: WithUsage[]; eventsPerSecond: number }> => {
  const live = await startLiveLoad(hub, eventsPerSecond)
  const asked = await askAll()
  return { asked, eventsPerSecond: await live.stop() }
}
