import type { CheckpointFigures } from './measure-checkpoint.ts'
import type { ProcessFigures } from './measure-process.ts'

export interface PlanningReport {
  /** Of the first table. */
  readonly planning: ProcessFigures
  readonly tables: readonly (ProcessFigures & CheckpointFigures & { readonly version: number; readonly tail: number })[]
  readonly years: number
  readonly repetitions: number
  /** `load`: processes that ran or waited to, over the minute before. */
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly load: number }
  readonly commit: string
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })

const ROWS: readonly (readonly [string, keyof PlanningReport['tables'][number]])[] = [
  ['live files', 'files'],
  ['commits after the last checkpoint', 'tail'],
  ['Node and its imports, until the table is opened, ms', 'startMs'],
  ['opening the table cold, ms', 'coldMs'],
  ['its processor time, ms', 'coldCpuMs'],
  ['refreshing after a commit, ms', 'refreshMs'],
  ['the first refresh, ms', 'firstRefreshMs'],
  ['planning a small search in a date that no search has asked for yet, ms', 'planMs'],
  ['the first such, ms', 'firstPlanMs'],
  ['the slowest of 25, ms', 'slowestPlanMs'],
  ['planning it again, ms', 'planAgainMs'],
  ['resident memory of the process after all that, MB', 'rssMb'],
  ['going through all files, ms', 'allFilesMs'],
  ['resident memory after that, MB', 'allFilesRssMb'],
  ['making the next checkpoint, in its thread, ms', 'checkpointMs'],
  ['its processor time, ms', 'checkpointCpuMs'],
  ['the longest that it held up the thread that commits, ms', 'longestStallMs'],
  ['memory that it takes more, MB', 'checkpointRssMb'],
  ['the checkpoint, MB', 'checkpointMb'],
]

/** The figures as a page. */
export const pageOf = ({ tables, years, repetitions, machine, commit }: PlanningReport): string => {
  const row = ([what, key]: (typeof ROWS)[number]): string =>
    `| ${what} | ${tables.map((table) => number.format(table[key])).join(' | ')} |`
  return `# Planning: opening and asking a table of years

\`npm run bench:planning -- --files ${tables.map(({ files }) => Math.round(files / 1e5) * 1e5).join(',')} --keep\`, commit ${commit}, ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}. The log of
${years} years of a fleet of 15,000 vehicles, made by the table's own commits and checkpoints: a compacted file for each cell of each date, two
days of windows of 10 minutes, the first of them compacted since. Medians of ${repetitions} fresh processes each; a small search is 1 km² and 30 minutes.
The load of the machine was ${number.format(machine.load)} in the minute before: beyond its cores, times are longer than the processor's.

Opening is mostly reading the commits after the checkpoint, which name more files where there are more cells; of other dates only the index and the
bytes of the checkpoint are read. Why, and what it was before: [ADR 13](../adr/0013-checkpoints-by-date.md).

| |${tables.map(() => ' ').join('|')}|
|---|${tables.map(() => '---:').join('|')}|
${ROWS.map(row).join('\n')}
`
}
