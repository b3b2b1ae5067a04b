import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createFileStore } from '@fleetlake/archive'
import { reasonOf } from '@fleetlake/core'
import type { CheckpointFigures } from './bench/planning/measure-checkpoint.ts'
import { measurePlanning } from './bench/planning/measure-planning.ts'
import { pageOf, type PlanningReport } from './bench/planning/page.ts'
import { makeYearsOfLog } from './bench/planning/years-of-log.ts'
import { readOptions, wholeNumber } from './read-options.ts'

const run = promisify(execFile)

const usage = `npm run bench:planning -- [options]

What it costs to open a table of years, to read on, and to plan a small search, each time in a process of its own; the medians.

  --files <n>         live files, about (100000); several, parted by commas, are measured one after the other
  --years <n>         7
  --repetitions <n>   processes (7)
  --seed <n>          1
  --keep              writes docs/benchmarks/planning.{json,md}
  --json              one JSON object, last on stdout`

const round = <T extends object>(figures: T): T =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value.toFixed(2))])) as T

const measure = async (options: { files: number; years: number; seed: number; repetitions: number }) => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
  try {
    console.error(`writing a log of ${options.years} years and about ${options.files} files`)
    const { version, tail } = await makeYearsOfLog(createFileStore(folder), options)
    const figures = await measurePlanning(folder, options.repetitions)
    const script = join(import.meta.dirname, 'bench/planning/measure-checkpoint.ts')
    const { stdout } = await run(process.execPath, [script, folder])
    const checkpoint = JSON.parse(stdout) as CheckpointFigures
    return { version, tail, ...round({ ...figures, ...checkpoint }) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const main = async (): Promise<void> => {
  const values = readOptions('npm run bench:planning', process.argv.slice(2), {
    files: { type: 'string', default: '100000' },
    years: { type: 'string', default: '7' },
    repetitions: { type: 'string', default: '7' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return console.log(usage)
  const common = {
    years: wholeNumber('years', values.years, 1),
    repetitions: wholeNumber('repetitions', values.repetitions, 1),
    seed: wholeNumber('seed', values.seed, 0),
  }
  const [load] = loadavg()
  const tables: PlanningReport['tables'][number][] = []
  for (const files of values.files.split(',')) {
    tables.push(await measure({ ...common, files: wholeNumber('files', files, 1) }))
  }
  const report: PlanningReport = {
    planning: tables[0],
    tables,
    years: common.years,
    repetitions: common.repetitions,
    machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version, load },
    commit: (await run('git', ['rev-parse', '--short', 'HEAD'])).stdout.trim(),
  }
  if (values.keep) {
    await writeFile('docs/benchmarks/planning.json', `${JSON.stringify(report, null, 2)}\n`)
    await writeFile('docs/benchmarks/planning.md', pageOf(report))
  }
  console.log(values.json ? JSON.stringify(report) : report)
}

try {
  await main()
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
