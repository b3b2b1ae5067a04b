import { resolve } from 'node:path'
import { readOptions, wholeNumber } from '../../read-options.ts'

export interface SearchOptions {
  readonly events: number
  /** A table for each. */
  readonly vehicles: readonly number[]
  /** Rows of a further table, of 15,000 vehicles, compacted; 0 leaves it out. */
  readonly compacted: number
  /** Archives that are there already, searched beside the tables that are made. */
  readonly archives: readonly string[]
  /** Where the tables that are made stay for the next run. */
  readonly tables: string | undefined
  readonly finders: number
  /** Times that a search is asked, warm; the figures are medians. */
  readonly rounds: number
  /** Events a second of the live load; 0 leaves it out. */
  readonly load: number
  /** Files of other dates; 0 leaves them out. */
  readonly otherFiles: number
  /** Whether DuckDB and polars search the same files. */
  readonly engines: boolean
  readonly planning: boolean
  /** Writes CPU profiles there. */
  readonly profile: string | undefined
  readonly json: boolean
  /** Writes the page and the figures into docs/benchmarks. */
  readonly keep: boolean
}

export const usage = `npm run bench:search -- [options]

What the three searches of the demo take, from a client through the hub to the finders and back: idle, under a live load, and with 7
years of other dates in the table; beside DuckDB and polars over the same files, in one process without any hub.

  --events <n>         rows of a table (5000000)
  --vehicles <list>    a table for each number of vehicles (1500,15000)
  --compacted <n>      rows of a further table, of 15,000 vehicles, that is compacted (50000000; 0 leaves it out)
  --archive <path>     an archive that is there already, as a further table; may be given several times
  --tables <dir>       keeps the tables that are made there, and takes those that are there
  --finders <n>        finder processes (2)
  --rounds <n>         times that each search is asked, fewer where it takes long; the figures are medians (9)
  --load <n>           events a second of the live load (20000; 0 leaves it out)
  --other-files <n>    files of 7 years of other dates (100000; 0 leaves them out)
  --no-engines         without DuckDB and polars
  --no-planning        without the planning figures
  --profile <dir>      write CPU profiles of the finders and the client into the folder
  --keep               writes docs/benchmarks/search.{json,md}
  --json               one JSON object, last on stdout`

/** @throws FleetError `usage.invalid` */
export const parseSearchOptions = (args: readonly string[]): SearchOptions | 'help' => {
  const values = readOptions('npm run bench:search', args, {
    events: { type: 'string', default: '5000000' },
    vehicles: { type: 'string', default: '1500,15000' },
    compacted: { type: 'string', default: '50000000' },
    archive: { type: 'string', multiple: true, default: [] },
    tables: { type: 'string' },
    finders: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '9' },
    load: { type: 'string', default: '20000' },
    'other-files': { type: 'string', default: '100000' },
    'no-engines': { type: 'boolean', default: false },
    'no-planning': { type: 'boolean', default: false },
    profile: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return 'help'
  const counts = values.vehicles.split(',').filter((count) => count !== '')
  return {
    events: wholeNumber('events', values.events, 1),
    vehicles: counts.map((count) => wholeNumber('vehicles', count, 1)),
    compacted: wholeNumber('compacted', values.compacted, 0),
    archives: values.archive.map((path) => resolve(path)),
    tables: values.tables === undefined ? undefined : resolve(values.tables),
    finders: wholeNumber('finders', values.finders, 1),
    rounds: wholeNumber('rounds', values.rounds, 1),
    load: wholeNumber('load', values.load, 0),
    otherFiles: wholeNumber('other-files', values['other-files'], 0),
    engines: !values['no-engines'],
    planning: !values['no-planning'],
    profile: values.profile === undefined ? undefined : resolve(values.profile),
    json: values.json,
    keep: values.keep,
  }
}
