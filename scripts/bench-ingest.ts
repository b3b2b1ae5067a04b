import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { configSchema } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import { connectHub } from '@fleetlake/hub'
import { readTable } from '@fleetlake/testing'
import { measureJsonMessages } from './bench/ingest/json-messages.ts'
import { type IngestOptions, parseIngestOptions, usage } from './bench/ingest/options.ts'
import { type IngestReport, pageOf } from './bench/ingest/page.ts'
import { measurePipeline, type PipelineFigures } from './bench/ingest/pipeline.ts'
import { describeProfiles } from './bench/ingest/profile.ts'
import { provideCity } from './stack/provide-city.ts'
import { startStack } from './stack.ts'

const run = promisify(execFile)
const say = (line: string): void => console.error(line)

const limitOf = async (table: string, engine: string, folder: string): Promise<number> => {
  say(`writing the same rows by ${engine} alone`)
  const { stdout } = await run(process.execPath, [
    join(import.meta.dirname, 'bench/ingest/limits.ts'),
    table,
    engine,
    join(folder, engine),
  ])
  return JSON.parse(stdout.trim().split('\n').at(-1)!).rowsPerCpuSecond
}

const ratio = (value: number, of: number | null): number | null =>
  of === null ? null : Number((value / of).toFixed(2))

const measure = async (options: IngestOptions, dataDir: string): Promise<IngestReport> => {
  await provideCity(configSchema.parse({}).generator.cityDir)
  const profiles = options.profile === undefined ? undefined : resolve(options.profile)
  if (profiles !== undefined) await mkdir(profiles, { recursive: true })
  const stack = await startStack({
    dataDir,
    collectors: options.collectors,
    finders: 0,
    generators: options.generators,
    ...(profiles === undefined ? {} : { env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` } }),
  })
  let figures: PipelineFigures
  let jsonMessageEventsPerSecond: number | null = null
  const table = join(stack.archivePath, 'moves')
  try {
    const hub = await connectHub({ url: stack.hubUrl, service: 'bench' })
    say(`generating, archiving`)
    figures = await measurePipeline(hub, stack, options)
    if (options.jsonEvents > 0 && profiles === undefined) {
      say(`publishing ${options.jsonEvents} events as one JSON message each`)
      const rows = await readTable(table)
      jsonMessageEventsPerSecond = await measureJsonMessages(hub, rows, Math.min(options.jsonEvents, rows.length))
    }
    await hub.close()
  } finally {
    await stack.stop()
  }
  const isCompared = options.realTimeSeconds === undefined && profiles === undefined
  const polarsRowsPerCpuSecond = isCompared ? await limitOf(table, 'polars', dataDir) : null
  const duckdbRowsPerCpuSecond = isCompared ? await limitOf(table, 'duckdb', dataDir) : null
  return {
    ...figures,
    vehicles: options.vehicles,
    limits: { polarsRowsPerCpuSecond, duckdbRowsPerCpuSecond, jsonMessageEventsPerSecond },
    ratios: {
      ofPolarsLimit: ratio(1e6 / figures.cpuMicrosPerEvent, polarsRowsPerCpuSecond),
      collectorOfPolarsLimit: ratio(1e6 / (figures.cpuByService['collector'] ?? Infinity), polarsRowsPerCpuSecond),
      overJsonMessages: ratio(figures.eventsPerSecond, jsonMessageEventsPerSecond),
    },
    machine: {
      cpu: cpus()[0].model,
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    commit: (await run('git', ['rev-parse', '--short', 'HEAD'])).stdout.trim(),
  }
}

const main = async (): Promise<void> => {
  const options = parseIngestOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  const dataDir = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
  try {
    const report = await measure(options, dataDir)
    if (options.profile !== undefined) (await describeProfiles(resolve(options.profile))).forEach(say)
    if (options.keep) {
      await writeFile('docs/benchmarks/ingest.json', `${JSON.stringify(report, null, 2)}\n`)
      await writeFile('docs/benchmarks/ingest.md', pageOf(report))
    }
    console.log(options.json ? JSON.stringify(report) : report)
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(reasonOf(error))
  process.exit(1)
}
