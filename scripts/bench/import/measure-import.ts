import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { configSchema } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { connectHub, provision } from '@fleetlake/hub'
import { watchUsage } from '../../demo/usage.ts'
import { startStack } from '../../stack.ts'
import type { ImportOptions, Kind } from './options.ts'
import { bytesOf } from './provide-files.ts'
import { runProcess } from './run-process.ts'

/** Figures are those of a whole process, from its start to its end. */
export interface ReadFigures {
  readonly rowsPerSecond: number
  readonly cpuMicrosPerRow: number
  readonly peakRssMb: number
}

export interface ImportFigures extends ReadFigures {
  readonly kind: Kind
  readonly rows: number
  readonly bytes: number
  readonly wallMs: number
  readonly hubCpuMicrosPerRow: number
  /** Of all of them; null when the rows stay in the hub. */
  readonly collectorCpuMicrosPerRow: number | null
  /** null where it can't read the format, or was left out. */
  readonly duckdb: ReadFigures | null
}

const PROGRAM = join(import.meta.dirname, '../../../event-viewer/terminal/src/main.ts')
const round = (value: number, digits: number): number => Number(value.toFixed(digits))

export interface MeasuredFile {
  readonly kind: Kind
  readonly path: string
  readonly rows: number
}

/** Into the streams of a hub of its own. */
export const measureImport = async (
  { kind, path, rows }: MeasuredFile,
  { collectors, profile }: ImportOptions,
  parent: string,
): Promise<Omit<ImportFigures, 'duckdb'>> => {
  const folder = await mkdtemp(join(parent, 'import-'))
  const stack = await startStack({ dataDir: folder, collectors, finders: 0, generators: 0 })
  try {
    const hub = await connectHub({ url: stack.hubUrl, service: 'bench' })
    await provision(hub, configSchema.parse({}))
    await hub.close()
    if (profile !== undefined) await mkdir(profile, { recursive: true })
    const watching = await watchUsage(() => stack.processes())
    const importer = await runProcess({
      program: PROGRAM,
      args: ['import', path, '--hub', stack.hubUrl, '--json', ...(collectors > 0 ? [] : ['--no-wait'])],
      env: { XDG_STATE_HOME: folder, FLEET_LOG_FORMAT: 'text' },
      nodeArgs: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
      folder,
    })
    const { cpuMicrosByName } = await watching.stop()
    const told = JSON.parse(importer.stdout) as { rows: number; stored: number; status: string }
    if (told.rows !== rows || told.stored !== rows || told.status !== 'complete') {
      throw new FleetError('service.failed', `the import of ${path} ended as ${importer.stdout}`)
    }
    const ofCollectors = Object.entries(cpuMicrosByName).filter(([name]) => name.startsWith('collector'))
    return {
      kind,
      rows,
      bytes: await bytesOf(path),
      wallMs: Math.round(importer.wallMs),
      rowsPerSecond: Math.round((rows / importer.wallMs) * 1_000),
      cpuMicrosPerRow: round(importer.cpuMicros / rows, 2),
      peakRssMb: Math.round(importer.peakRssMb),
      hubCpuMicrosPerRow: round(cpuMicrosByName['hub'] / rows, 2),
      collectorCpuMicrosPerRow:
        collectors === 0 ? null : round(ofCollectors.reduce((sum, [, micros]) => sum + micros, 0) / rows, 2),
    }
  } finally {
    await stack.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** DuckDB opens no Arrow files without an extension, which is downloaded; 18,000 files, each of which it looks at first, take it minutes. */
export const measureDuckdb = async (
  { kind, path, rows }: MeasuredFile,
  folder: string,
): Promise<(ReadFigures & { readonly wallMs: number }) | null> => {
  if (kind === 'arrow' || kind === 'files') return null
  const program = join(import.meta.dirname, 'read-by-duckdb.ts')
  const { stdout, wallMs, cpuMicros, peakRssMb } = await runProcess({ program, args: [kind, path], folder })
  if (Number(stdout) !== rows) throw new FleetError('service.failed', `DuckDB found ${stdout.trim()} rows in ${path}`)
  return {
    wallMs: Math.round(wallMs),
    rowsPerSecond: Math.round((rows / wallMs) * 1_000),
    cpuMicrosPerRow: round(cpuMicros / rows, 2),
    peakRssMb: Math.round(peakRssMb),
  }
}
