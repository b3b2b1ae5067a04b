import type { SearchReport } from '../../bench-search.ts'
import type { QueryFigures } from './measure-table.ts'

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
    `${n(query.chunksRead)} of ${n(query.chunksTotal)}`,
    `${n((100 * query.bytesRead) / query.bytesTotal)} %`,
    n(query.duckdbAllMs),
    n(query.duckdbPrunedMs),
    n(query.polarsMs),
  ].join(' | ')

/** The figures as a page. */
export const pageOf = ({ queries, machine, commit }: SearchReport): string => {
  const loads = queries.flatMap(({ underLoad }) => (underLoad === null ? [] : [underLoad.eventsPerSecond]))
  return `# Search: from a client through the hub to the finders and back

\`npm run bench:search -- --keep\`, commit ${commit}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GiB, Node ${machine.node}. Client, nats-server, finders and, under load,
generator and collectors share the one machine. Times are medians, in ms, until the client holds every batch, decoded. Under load a fleet
reports ${n(loads.length === 0 ? null : Math.min(...loads))} events/s meanwhile. DuckDB and polars search the same files in one process without a hub, in the same run; their
answers are compared with ours.

| table | search | hits | first · done | rows/s | under load | 7 years of other dates | cold | chunks | bytes read | DuckDB, all files | DuckDB, our pruning | polars, our pruning |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
${queries.map((query) => `| ${rowOf(query)} |`).join('\n')}
`
}
