import { parseArgs } from 'node:util'
import { FleetError } from '@fleetlake/core'

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
  --real-time <s>     each vehicle reports every 5 s for so many seconds, instead of as fast as possible
  --json-events <n>   messages of the comparison (100000; 0 leaves it out)
  --profile <dir>     says where the CPU goes; the profiles stay in the folder
  --keep              writes docs/benchmarks/ingest.{json,md}
  --json              one JSON object, last on stdout`

const whole = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new FleetError('usage.invalid', `--${name} must be a whole number of at least ${least}, not "${text}"`)
}

/** @throws FleetError `usage.invalid` */
export const parseIngestOptions = (args: readonly string[]): IngestOptions | 'help' => {
  let values
  try {
    ;({ values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
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
      },
    }))
  } catch (error) {
    throw new FleetError('usage.invalid', `${(error as Error).message} (see npm run bench:ingest -- --help)`, {
      cause: error,
    })
  }
  if (values.help) return 'help'
  return {
    events: whole('events', values.events, 1),
    vehicles: whole('vehicles', values.vehicles, 1),
    seed: whole('seed', values.seed, 0),
    collectors: whole('collectors', values.collectors, 1),
    generators: whole('generators', values.generators, 1),
    realTimeSeconds: values['real-time'] === undefined ? undefined : whole('real-time', values['real-time'], 1),
    jsonEvents: whole('json-events', values['json-events'], 0),
    profile: values.profile,
    keep: values.keep,
    json: values.json,
  }
}
