import { readOptions, wholeNumber } from '../../read-options.ts'

export interface IngestOptions {
  readonly events: number
  readonly vehicles: number
  readonly seed: number
  readonly collectors: number
  readonly generators: number
  /** Seconds of real time instead of as fast as possible; `events` then follows from it. */
  readonly realTimeSeconds: number | undefined
  /** JSON messages of the comparison; 0 leaves it out. */
  readonly jsonEvents: number
  /** Writes CPU profiles there. */
  readonly profile: string | undefined
  readonly json: boolean
  /** Writes the page and the figures into docs/benchmarks. */
  readonly keep: boolean
}

export const usage = `npm run bench:ingest -- [options]

What it costs to bring events from the generator into the table, each service its own process, beside what polars and DuckDB
need to write the same rows without any hub, and what one JSON message per event makes of the same hub and collectors.

  --events <n>        5000000
  --vehicles <n>      15000
  --seed <n>          1
  --collectors <n>    2
  --generators <n>    1
  --real-time <s>     each vehicle reports every 5 s for this number of seconds, instead of as fast as possible
  --json-events <n>   messages of the comparison (100000; 0 leaves it out)
  --profile <dir>     write CPU profiles into the folder
  --keep              writes docs/benchmarks/ingest.{json,md}
  --json              one JSON object, last on stdout`

/** @throws FleetError `usage.invalid` */
export const parseIngestOptions = (args: readonly string[]): IngestOptions | 'help' => {
  const values = readOptions('npm run bench:ingest', args, {
    events: { type: 'string', default: '5000000' },
    vehicles: { type: 'string', default: '15000' },
    seed: { type: 'string', default: '1' },
    collectors: { type: 'string', default: '2' },
    generators: { type: 'string', default: '1' },
    'real-time': { type: 'string' },
    'json-events': { type: 'string', default: '100000' },
    profile: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return 'help'
  return {
    events: wholeNumber('events', values.events, 1),
    vehicles: wholeNumber('vehicles', values.vehicles, 1),
    seed: wholeNumber('seed', values.seed, 0),
    collectors: wholeNumber('collectors', values.collectors, 1),
    generators: wholeNumber('generators', values.generators, 1),
    realTimeSeconds: values['real-time'] === undefined ? undefined : wholeNumber('real-time', values['real-time'], 1),
    jsonEvents: wholeNumber('json-events', values['json-events'], 0),
    profile: values.profile,
    keep: values.keep,
    json: values.json,
  }
}
