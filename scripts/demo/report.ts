import type { DemoReport, QueryReport } from './run.ts'

/** Nothing lost, nothing doubled, nothing found that is not there or the other way round. */
export const isRight = ({ archived, lost, duplicated, deadLetters, queries, compacted }: DemoReport): boolean =>
  lost === 0 &&
  duplicated === 0 &&
  deadLetters === 0 &&
  compacted.rows === archived &&
  [...queries, ...compacted.queries].every(
    ({ status, differing, hits, oracleHits }) => status === 'complete' && differing === 0 && hits === oracleHits,
  )

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const n = (value: number): string => number.format(value)

const lineOf = ({ name, hits, oracleHits, firstMs, doneMs, chunks, bytesRead }: QueryReport): string =>
  [
    name.padEnd(8),
    n(hits).padStart(10),
    n(oracleHits).padStart(13),
    (firstMs === null ? '–' : n(firstMs)).padStart(10),
    n(doneMs).padStart(10),
    `${n(chunks.read)}/${n(chunks.total)}`.padStart(19),
    n(bytesRead).padStart(12),
  ].join(' ')

/** The report for people, on stdout. */
export const printReport = (report: DemoReport): void => {
  const { queries, compacted } = report
  const lines = [
    '',
    `generated    ${n(report.generated)} events in ${n(report.elapsedMs / 1_000)} s: ${n(report.eventsPerSecond)} events/s`,
    `archived     ${n(report.archived)} events, lost ${n(report.lost)}, duplicated ${n(report.duplicated)}, dead letters ${n(report.deadLetters)}`,
    `cost         ${n(report.cpuMicrosPerEvent)} CPU-µs and ${n(report.bytesPerEvent)} bytes an event, at most ${n(report.peakRssMb)} MB of memory in all`,
    `table        ${n(report.files)} files in ${n(report.commits)} commits`,
    `start        everything was up after ${n(report.startupMs)} ms`,
    '',
    'search        hits   brute force   first ms    done ms   chunks read/total   bytes read',
    ...queries.map(lineOf),
    '',
    `compacted    ${n(report.files)} files into ${n(compacted.files)} in ${n(compacted.elapsedMs)} ms, ${n(compacted.bytesPerEvent)} bytes an event; the same searches:`,
    '',
    ...compacted.queries.map(lineOf),
    '',
    isRight(report)
      ? 'Everything is there, once, and every search found what brute force finds, before and after compaction.'
      : 'SOMETHING IS WRONG: see above.',
  ]
  console.log(lines.join('\n'))
}
