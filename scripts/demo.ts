import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { FleetError, printable, reasonOf } from '@fleetlake/core'
import { type DemoOptions, parseDemoOptions, usage } from './demo/options.ts'
import { isRight, printReport } from './demo/report.ts'
import { runDemo } from './demo/run.ts'

/** The folder to work in: the one asked for, which must be empty, or a fresh one of the system's. */
const provideFolder = async ({ dataDir }: DemoOptions): Promise<string> => {
  if (dataDir === undefined) return mkdtemp(join(tmpdir(), 'fleetlake-demo-'))
  const entries = await readdir(dataDir).catch(() => [])
  if (entries.length > 0) throw new FleetError('usage.invalid', `${dataDir} is not empty: name another --data-dir`)
  return resolve(dataDir)
}

const main = async (): Promise<number> => {
  const options = parseDemoOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(usage)
    return 0
  }
  const aborter = new AbortController()
  const interrupt = (): void => aborter.abort(new FleetError('service.failed', 'interrupted'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  const dataDir = await provideFolder(options)
  try {
    const report = await runDemo({ ...options, dataDir }, (line) => console.error(printable(line)), aborter.signal)
    if (options.json) console.log(JSON.stringify(report))
    else printReport(report)
    return isRight(report) ? 0 : 1
  } finally {
    if (options.keep) console.error(`the data is in ${dataDir}`)
    else await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
