import type { Machine } from '../machine.ts'
import type { ImportFigures } from './measure-import.ts'

export interface ImportReport {
  readonly imports: readonly ImportFigures[]
  readonly machine: Machine
  readonly commit: string
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const n = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : number.format(value)

const TITLES: Readonly<Record<ImportFigures['kind'], string>> = {
  csv: 'CSV',
  ndjson: 'NDJSON',
  parquet: 'Parquet',
  arrow: 'Arrow',
  files: 'CSV, a file a vehicle',
}

const rowOf = (figures: ImportFigures): string =>
  [
    TITLES[figures.kind],
    n(figures.rows / 1e6),
    n(figures.bytes / 1e6),
    n(figures.rowsPerSecond),
    n(figures.cpuMicrosPerRow),
    n(figures.hubCpuMicrosPerRow),
    ...(figures.collectorCpuMicrosPerRow === null ? [] : [n(figures.collectorCpuMicrosPerRow)]),
    n(figures.peakRssMb),
    n(figures.duckdb?.rowsPerSecond),
    n(figures.duckdb?.cpuMicrosPerRow),
    n(figures.duckdb?.peakRssMb),
  ].join(' | ')

/** The figures as a page. */
export const pageOf = ({ imports, machine, commit }: ImportReport): string => {
  const isArchived = imports.some(({ collectorCpuMicrosPerRow }) => collectorCpuMicrosPerRow !== null)
  return `# Import: from files into the hub

\`npm run bench:import -- --keep\`, commit ${commit}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GiB, Node ${machine.node}. \`fleet import\` and nats-server share
the one machine, whose load was ${n(machine.load)} in the minute before; the rows ${isArchived ? 'are archived meanwhile, which is waited for' : 'stay in the hub'}. All figures are of whole processes, from their start to their end, of the
run with the median time. DuckDB reads all columns of the same files, in the same run, with all cores, and stores nothing.

| file | million rows | MB | rows/s | CPU-µs a row: import | hub |${isArchived ? ' collectors |' : ''} memory of the import, MB | DuckDB, rows/s | CPU-µs a row | memory, MB |
|---|---:|---:|---:|---:|---:|${isArchived ? '---:|' : ''}---:|---:|---:|---:|
${imports.map((figures) => `| ${rowOf(figures)} |`).join('\n')}
`
}
