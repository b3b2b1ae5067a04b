import type { PipelineFigures } from './pipeline.ts'
export interface IngestReport extends PipelineFigures {
  readonly vehicles: number
  readonly limits: {
    readonly polarsRowsPerCpuSecond: number | null
    readonly duckdbRowsPerCpuSecond: number | null
    readonly jsonMessageEventsPerSecond: number | null
  }
  readonly ratios: {
    readonly ofPolarsLimit: number | null
    /** The collectors' processor alone: reading, sorting, encoding and committing, as polars does it without a hub. */
    readonly collectorOfPolarsLimit: number | null
    readonly overJsonMessages: number | null
  }
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number; readonly node: string }
  readonly commit: string
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const n = (value: number | null): string => (value === null ? '–' : number.format(value))

/** The figures as a page. */
export const pageOf = (report: IngestReport): string => {
  const { limits, ratios, machine } = report
  const services = Object.entries(report.cpuByService)
    .map(([name, micros]) => `${name} ${n(micros)}`)
    .join(', ')
  return `# Ingest: from the generator into the table

\`npm run bench:ingest -- --keep\`, commit ${report.commit}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GiB, Node ${machine.node}. Everything runs on the one
machine: simulation, nats-server, collectors. CPU is that of all these processes, from the request to the answer that the table holds every
row. Single runs differ by a fifth; the comparisons are of the same run.

| | |
|---|---|
| events, vehicles | ${n(report.events)}, ${n(report.vehicles)} |
| events/s, end to end | ${n(report.eventsPerSecond)} |
| CPU-µs an event | ${n(report.cpuMicrosPerEvent)} (${services}) |
| bytes an event at landing | ${n(report.bytesPerEvent)} in ${n(report.files)} files |
| memory of all processes, of the largest collector | ${n(report.peakRssMb)} MB, ${n(report.peakCollectorRssMb)} MB |

| the same rows | | Fleetlake in comparison |
|---|---|---|
| written by polars alone, no hub: rows a CPU second | ${n(limits.polarsRowsPerCpuSecond)} | ${n(ratios.ofPolarsLimit)} × |
| the same, compared with the collectors' processor alone | | ${n(ratios.collectorOfPolarsLimit)} × |
| written by DuckDB alone, no hub: rows a CPU second | ${n(limits.duckdbRowsPerCpuSecond)} | ${n(limits.duckdbRowsPerCpuSecond === null ? null : 1e6 / report.cpuMicrosPerEvent / limits.duckdbRowsPerCpuSecond)} × |
| one JSON message an event through the same hub and collectors: events/s | ${n(limits.jsonMessageEventsPerSecond)} | ${n(ratios.overJsonMessages)} × |
`
}
