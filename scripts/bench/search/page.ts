import type { PlanningFigures } from './measure-planning.ts'
import type { QueryFigures } from './measure-table.ts'

export interface SearchReport {
  readonly queries: readonly QueryFigures[]
  /** null when it was left out. */
  readonly planning: PlanningFigures | null
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGb: number
    readonly node: string
    /** Processes that ran or waited to run in the minute before. */
    readonly load: number
  }
  readonly commit: string
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })
const n = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : number.format(value)

const rowOf = (query: QueryFigures): string =>
  [
    query.table,
    query.name,
    n(query.hits),
    `${n(query.firstMs)} · ${n(query.doneMs)}`,
    n(query.resultsPerSecond),
    n(query.underLoad?.doneMs),
    n(query.aged?.doneMs),
    n(query.cold.doneMs),
    `${n(query.cpuMs['finder'])} · ${n(query.cpuMs['hub'])} · ${n(query.cpuMs['client'])}`,
    `${n(query.chunksRead)} of ${n(query.chunksTotal)}`,
    `${n((100 * query.bytesRead) / query.bytesTotal)} %`,
    n(query.duckdbAllMs),
    n(query.duckdbPrunedMs),
    n(query.polarsMs),
  ].join(' | ')

/** The figures as a page. */
export const pageOf = ({ queries, planning, machine, commit }: SearchReport): string => {
  const loads = queries.flatMap(({ underLoad }) => (underLoad === null ? [] : [underLoad.eventsPerSecond]))
  return `# Search: from a client through the hub to the finders and back

\`npm run bench:search -- --keep\`, commit ${commit}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GiB, Node ${machine.node}. Client, nats-server, finders and, under load,
generator and collectors share the one machine, whose load was ${n(machine.load)} in the minute before: beyond its cores, times are longer than the processor's.
Times are medians, in ms, until the client holds every batch, decoded. Under load a fleet reports ${n(loads.length === 0 ? null : Math.min(...loads))} events/s meanwhile.
DuckDB and polars search the same files in one process without a hub, in the same run; their answers are compared with ours. Of a file
of 512 KiB and more the end is read first, for its footer, and what lies there again with its row group: so more than 100 %. Why it is done so, and what it was before: [ADR 16](../adr/0016-chunks-are-unpacked-here.md).

| table | search | hits | first · done | rows/s | under load | 7 years of other dates | cold | CPU: finders · hub · client | chunks | bytes read | DuckDB, all files | DuckDB, our pruning | polars, our pruning |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
${queries.map((query) => `| ${rowOf(query)} |`).join('\n')}
${planning === null ? '' : `\n${planningOf(planning)}\n`}`
}

const planningOf = ({ files, coldMs, refreshMs, planMs, rssMb }: PlanningFigures): string =>
  `A table of 7 years and ${n(files)} files is opened in ${n(coldMs)} ms, refreshed in ${n(refreshMs)} ms, and a small search of it planned in ${n(planMs)} ms, in ${n(rssMb)} MB ([planning](planning.md)).`
