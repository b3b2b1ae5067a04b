import { FleetError } from '@fleetlake/core'
import type { LatestQueryInput } from '@fleetlake/hub'
import { type Command, Option } from 'commander'
import { parseList, parsePositiveCount } from '../options.ts'
import { formatTarget, runQuery } from '../query/run-query.ts'
import { addOutput, addWhere, type AnswerOptions, formatFrom, instantOf, placeFrom } from './answer-options.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface LatestOptions extends AnswerOptions {
  readonly by: string
  readonly keys?: string[]
  readonly types?: string[]
  readonly since?: string
  readonly limit?: number
}

export const addLatest = (program: Command, context: CommandContext): void => {
  const command = program
    .command('latest')
    .description('show where each vehicle was last, however long ago')
    .argument('[vehicles...]', 'ids of the vehicles (default: all)')
  addWhere(command)
  command
    .addOption(
      new Option('--by <column>', 'instead of vehicles: the last position of each text of this measure').default(
        'vehicle_id',
      ),
    )
    .option('--keys <list>', 'with --by: only these', reads(parseList))
    .option('--types <list>', 'only vehicles of these types', reads(parseList))
    .option('--since <time>', 'only those that have reported since: RFC 3339, a date, or a time before now such as -2h')
    .option('--limit <count>', 'maximum number of positions', reads(parsePositiveCount))
  addOutput(command)
    .addHelpText(
      'after',
      examples(
        ['latest', 'where each vehicle was last, parked ones too'],
        ['latest v-7k3f9a-000001 v-7k3f9a-000002', 'two of them'],
        ['latest --bbox -56.2,-34.93,-56.1,-34.88 --format geojson', 'those whose last position is in a box'],
        ['latest --since -10min --output now.csv', 'those that have reported in the last ten minutes, as a file'],
        ['latest --by order_id --keys o-17,o-18', 'where two orders were last; projector.latestBy names order_id'],
      ) +
        '\nNo position is older than one that the hub had acknowledged before the question. The last line on standard error says whether all is known;\n' +
        'exit codes are those of fleet query. Asking for vehicles by name is recorded as a search of them.\n',
    )
    .action(async (vehicles: string[], options: LatestOptions) => {
      const target = formatTarget(formatFrom(options), {
        output: options.output,
        progress: options.progress === true,
        gap: options.gap,
        isSpreadsheetSafe: options.spreadsheetSafe === true,
      })
      await runQuery({ latest: await questionOf(vehicles, options) }, target, context)
    })
}

const VEHICLES = 'vehicle_id'

const questionOf = async (vehicles: readonly string[], options: LatestOptions): Promise<LatestQueryInput> => {
  const { by, keys, types, since, limit, timeout } = options
  if (vehicles.length > 0 && keys !== undefined)
    throw new FleetError('usage.invalid', 'give ids of vehicles, or --by with --keys, not both')
  if (vehicles.length > 0 && by !== VEHICLES)
    throw new FleetError('usage.invalid', `with --by ${by} name its texts by --keys, not vehicles`)
  const wanted = keys ?? (vehicles.length === 0 ? undefined : [...vehicles])
  const place = await placeFrom(options)
  return {
    by,
    timeoutMs: timeout,
    ...(wanted === undefined ? {} : { keys: wanted }),
    ...place,
    ...(types === undefined ? {} : { vehicleTypes: types }),
    ...(since === undefined ? {} : { since: new Date(instantOf('--since', since, Date.now())).toISOString() }),
    ...(limit === undefined ? {} : { limit }),
  }
}
