import { FleetError } from '@fleetlake/core'
import { SCENARIOS } from './scenarios.ts'
import { readOptions, wholeNumber } from '../read-options.ts'

export interface ChaosOptions {
  readonly rounds: number
  readonly seed: number
  /** Only these scenarios; all when empty. */
  readonly only: readonly string[]
  readonly json: boolean
  /** Every line of every process. */
  readonly verbose: boolean
}

export const usage = `npm run test:chaos -- [options]

Real processes, killed, frozen, cut off and starved while vehicles report. After each round every row that the hub has stored
must be in the table exactly once, the table's log must be valid, and everything must go on by itself.

  --rounds <n>     rounds in all; the scenarios take turns (60)
  --seed <n>       the same seed gives the same faults at the same moments (1)
  --only <names>   scenarios, separated by commas
  --verbose        show the output of every process
  --json           one JSON object, last on stdout

Scenarios:
${SCENARIOS.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`).join('\n')}`

/** @throws FleetError `usage.invalid` */
export const parseChaosOptions = (args: readonly string[]): ChaosOptions | 'help' => {
  const values = readOptions('npm run test:chaos', args, {
    rounds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return 'help'
  const only = values.only.split(',').filter((name) => name !== '')
  const unknown = only.find((name) => !SCENARIOS.some((scenario) => scenario.name === name))
  if (unknown !== undefined) throw new FleetError('usage.invalid', `there is no scenario "${unknown}" (see --help)`)
  return {
    rounds: wholeNumber('rounds', values.rounds, 1),
    seed: wholeNumber('seed', values.seed, 0),
    only,
    verbose: values.verbose,
    json: values.json,
  }
}
