import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { reasonOf } from '@fleetlake/core'
import { collectGarbageLess } from '@fleetlake/service'
import { describeProfiles } from './bench/ingest/profile.ts'
import { measurePlanning } from './bench/search/measure-planning.ts'
import { measureTable, type QueryFigures } from './bench/search/measure-table.ts'
import { parseSearchOptions, type SearchOptions, usage } from './bench/search/options.ts'
import { pageOf, type SearchReport } from './bench/search/page.ts'
import { provideTables } from './bench/search/provide-table.ts'

const run = promisify(execFile)
const say = (line: string): void => console.error(line)

const measure = async (options: SearchOptions, folder: string): Promise<SearchReport> => {
  const [load] = loadavg()
  const queries: QueryFigures[] = []
  for await (const table of provideTables(options, { folder, say })) {
    say(table.name)
    const place = await mkdtemp(join(folder, 'searched-'))
    queries.push(...(await measureTable(table, options, { folder: place, say })))
    await rm(place, { recursive: true, force: true, maxRetries: 5 })
  }
  if (options.planning) say('opening and asking a table of years')
  return {
    queries,
    planning: options.planning ? await measurePlanning() : null,
    machine: {
      cpu: cpus()[0].model,
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      load: Number(load.toFixed(1)),
    },
    commit: (await run('git', ['rev-parse', '--short', 'HEAD'])).stdout.trim(),
  }
}

const main = async (): Promise<void> => {
  const options = parseSearchOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
  try {
    for (const kept of [options.profile, options.tables]) if (kept !== undefined) await mkdir(kept, { recursive: true })
    const report = await measure(options, folder)
    if (options.profile !== undefined) (await describeProfiles(options.profile)).forEach(say)
    if (options.keep) {
      await writeFile('docs/benchmarks/search.json', `${JSON.stringify(report, null, 2)}\n`)
      await writeFile('docs/benchmarks/search.md', pageOf(report))
    }
    console.log(options.json ? JSON.stringify(report) : pageOf(report))
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

// The client is this process, as `fleet query` is one.
collectGarbageLess()
try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(reasonOf(error))
  process.exit(1)
}
