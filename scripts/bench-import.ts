import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '@fleetlake/core'
import { type ImportFigures, measureDuckdb, measureImport, type MeasuredFile } from './bench/import/measure-import.ts'
import { type ImportOptions, parseImportOptions, usage } from './bench/import/options.ts'
import { type ImportReport, pageOf } from './bench/import/page.ts'
import { provideFiles } from './bench/import/provide-files.ts'
import { describeProfiles } from './bench/ingest/profile.ts'
import { describeMachine, readCommit } from './bench/machine.ts'

const say = (line: string): void => console.error(line)

const medianRun = <Run extends { readonly wallMs: number }>(runs: readonly Run[]): Run =>
  runs.toSorted((a, b) => a.wallMs - b.wallMs)[runs.length >> 1]

/** Rounds of both in turn, so that what else the machine does meets both. */
const measureFile = async (file: MeasuredFile, options: ImportOptions, folder: string): Promise<ImportFigures> => {
  const ours = []
  const theirs = []
  for (let round = 0; round < options.rounds; round++) {
    ours.push(await measureImport(file, options, folder))
    const figures = options.engine ? await measureDuckdb(file, folder) : null
    if (figures !== null) theirs.push(figures)
  }
  const figures = { ...medianRun(ours), duckdb: theirs.length === 0 ? null : medianRun(theirs) }
  say(`${file.kind}, ${file.rows} rows: ${JSON.stringify(figures)}`)
  return figures
}

const measure = async (options: ImportOptions, folder: string): Promise<ImportReport> => {
  const machine = describeMachine()
  const tables = options.tables ?? folder
  await mkdir(tables, { recursive: true })
  const imports: ImportFigures[] = []
  for (const rows of options.rows) {
    const { vehicles, seed, kinds } = options
    const files = await provideFiles(tables, { rows, vehicles, seed }, { kinds, say })
    for (const kind of kinds) imports.push(await measureFile({ kind, path: files[kind], rows }, options, folder))
  }
  return { imports, machine, commit: await readCommit() }
}

const main = async (): Promise<void> => {
  const options = parseImportOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
  try {
    const report = await measure(options, folder)
    if (options.profile !== undefined) (await describeProfiles(options.profile)).forEach(say)
    if (options.keep) {
      await writeFile('docs/benchmarks/import.json', `${JSON.stringify(report, null, 2)}\n`)
      await writeFile('docs/benchmarks/import.md', pageOf(report))
    }
    console.log(options.json ? JSON.stringify(report) : report)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(reasonOf(error))
  process.exit(1)
}
