import { FleetError } from '@fleetlake/core'
import { readOptions, wholeNumber } from '../read-options.ts'

export const DEMO_STORES = ['file', 's3', 'azure'] as const
export type DemoStore = (typeof DEMO_STORES)[number]

export interface DemoOptions {
  readonly vehicles: number
  readonly events: number
  readonly seed: number
  readonly collectors: number
  readonly finders: number
  readonly generators: number
  /** A fresh folder of the system's when missing. */
  readonly dataDir: string | undefined
  readonly keep: boolean
  readonly json: boolean
  /** Where the archive is. */
  readonly store: DemoStore
  /** Milliseconds after the start of the run at which one collector is killed, to show that nothing is lost. */
  readonly killCollectorAfterMs: number | undefined
}

export const usage = `npm run demo -- [options]

Generates vehicles, archives them and searches them, each service its own process, and compares every answer with
brute force. Ends with exit code 1 when anything is lost, doubled or differs.

  --vehicles <n>     how many vehicles drive (1500)
  --events <n>       positions in all (1000000)
  --seed <n>         the same seed gives the same rows (1)
  --collectors <n>   collector processes (2)
  --finders <n>      finder processes (2)
  --generators <n>   generator processes (1)
  --data-dir <dir>   where it works; must be empty (a temporary folder)
  --keep             leaves the data there
  --store <store>    file, s3 or azure: the archive is in a folder, or in a local S3 or Azure server that the demo starts (file)
  --kill-collector <ms>  kills one collector with SIGKILL that long after the start
  --json             one JSON object, last on stdout`

const oneOf = <T extends string>(name: string, text: string, allowed: readonly T[]): T => {
  const found = allowed.find((value) => value === text)
  if (found !== undefined) return found
  throw new FleetError('usage.invalid', `--${name} must be ${allowed.join(', ')}, not "${text}"`)
}

/** @throws FleetError `usage.invalid` */
export const parseDemoOptions = (args: readonly string[]): DemoOptions | 'help' => {
  const values = readOptions('npm run demo', args, {
    vehicles: { type: 'string', default: '1500' },
    events: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    collectors: { type: 'string', default: '2' },
    finders: { type: 'string', default: '2' },
    generators: { type: 'string', default: '1' },
    'data-dir': { type: 'string' },
    store: { type: 'string', default: 'file' },
    'kill-collector': { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return 'help'
  const kill = values['kill-collector']
  return {
    vehicles: wholeNumber('vehicles', values.vehicles, 1),
    events: wholeNumber('events', values.events, 1),
    seed: wholeNumber('seed', values.seed, 0),
    collectors: wholeNumber('collectors', values.collectors, 1),
    finders: wholeNumber('finders', values.finders, 1),
    generators: wholeNumber('generators', values.generators, 1),
    dataDir: values['data-dir'],
    keep: values.keep,
    json: values.json,
    store: oneOf('store', values.store, DEMO_STORES),
    killCollectorAfterMs: kill === undefined ? undefined : wholeNumber('kill-collector', kill, 0),
  }
}
