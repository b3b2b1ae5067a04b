import { resolve } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { readOptions, wholeNumber } from '../../read-options.ts'

/** How the rows lie on the disk. `files` are small CSV files, one a vehicle, of the rows of `csv`. */
export const KINDS = ['csv', 'ndjson', 'parquet', 'arrow', 'files'] as const
export type Kind = (typeof KINDS)[number]

export interface ImportOptions {
  /** A table for each. */
  readonly rows: readonly number[]
  /** And so small files. */
  readonly vehicles: number
  readonly seed: number
  readonly kinds: readonly Kind[]
  /** Times that each is imported; the figures are those of the run with the median time. */
  readonly rounds: number
  /** Collectors that archive meanwhile, which the import then waits for; 0 leaves the rows in the hub. */
  readonly collectors: number
  readonly engine: boolean
  /** Where the files that are made stay for the next run. */
  readonly tables: string | undefined
  /** Writes CPU profiles of the importer there. */
  readonly profile: string | undefined
  readonly json: boolean
  /** Writes the page and the figures into docs/benchmarks. */
  readonly keep: boolean
}

export const usage = `npm run bench:import -- [options]

What it costs to bring files into the hub, by \`fleet import\` in a process of its own and a real nats-server, beside what DuckDB needs to
read all columns of the same files.

  --rows <list>      rows of the files, a table each (3000000,12000000)
  --vehicles <n>     vehicles, and small files (18000)
  --seed <n>         1
  --kinds <list>     ${KINDS.join(',')}
  --rounds <n>       times that each is imported; the figures are those of the median run (3)
  --archive <n>      collectors that archive meanwhile; the import waits for them (0: the rows stay in the hub)
  --no-engine        without DuckDB
  --tables <dir>     keeps the files that are made there, and takes those that are there
  --profile <dir>    write CPU profiles of the importer into the folder
  --keep             writes docs/benchmarks/import.{json,md}
  --json             one JSON object, last on stdout`

const kindNamed = (name: string): Kind => {
  const found = KINDS.find((kind) => kind === name)
  if (found !== undefined) return found
  throw new FleetError('usage.invalid', `--kinds knows ${KINDS.join(', ')}, not "${name}"`)
}

/** @throws FleetError `usage.invalid` */
export const parseImportOptions = (args: readonly string[]): ImportOptions | 'help' => {
  const values = readOptions('npm run bench:import', args, {
    rows: { type: 'string', default: '3000000,12000000' },
    vehicles: { type: 'string', default: '18000' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: KINDS.join(',') },
    rounds: { type: 'string', default: '3' },
    archive: { type: 'string', default: '0' },
    'no-engine': { type: 'boolean', default: false },
    tables: { type: 'string' },
    profile: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return 'help'
  return {
    rows: values.rows.split(',').map((count) => wholeNumber('rows', count, 1)),
    vehicles: wholeNumber('vehicles', values.vehicles, 1),
    seed: wholeNumber('seed', values.seed, 0),
    kinds: values.kinds.split(',').map(kindNamed),
    rounds: wholeNumber('rounds', values.rounds, 1),
    collectors: wholeNumber('archive', values.archive, 0),
    engine: !values['no-engine'],
    tables: values.tables === undefined ? undefined : resolve(values.tables),
    profile: values.profile === undefined ? undefined : resolve(values.profile),
    json: values.json,
    keep: values.keep,
  }
}
