import { FleetError, MAX_SPEED_MPS } from '@fleetlake/core'
import { askAreas, type VehicleQueryInput } from '@fleetlake/hub'
import { type Command, Option } from 'commander'
import { parsePositiveCount, parseDuration, parseList, parseNumber, parseWhere } from '../options.ts'
import { type AreaAtInstant, planAtInstant, reachOf } from '../query/at-instant.ts'
import { type AnswerPlan, formatTarget, runQuery } from '../query/run-query.ts'
import { withHub } from '../terminal/with-hub.ts'
import {
  addOutput,
  addSelect,
  addWhereAndWhen,
  type AnswerOptions,
  formatFrom,
  type GivenPlace,
  instantOf,
  periodOf,
  placeFrom,
} from './answer-options.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface QueryOptions extends AnswerOptions {
  readonly at?: string
  readonly within?: number
  readonly maxSpeed: number
  readonly types?: string[]
  readonly ids?: string[]
  readonly where?: string
  readonly limit?: number
  readonly serialised?: boolean
}

const DEFAULT_FROM = '-1h'

export const addQuery = (program: Command, context: CommandContext): void => {
  const command = program
    .command('query')
    .description('find the vehicles that were in an area, in a period or at an instant')
  addWhereAndWhen(command, DEFAULT_FROM)
    .option(
      '--at <time>',
      'instead of a period: where each vehicle was at this instant, interpolated between its reports',
    )
    .addOption(
      new Option(
        '--within <duration>',
        'with --at: how far before and after the instant to look for reports (default: the value of --gap; 15 min if --gap is automatic)',
      ).argParser(reads(parseDuration)),
    )
    .addOption(
      new Option('--max-speed <m/s>', 'with --at: do not interpolate between two reports that imply a higher speed')
        .argParser(reads(parseNumber))
        .default(MAX_SPEED_MPS),
    )
    .option('--types <list>', 'only vehicles of these types', reads(parseList))
    .option('--ids <list>', 'only these vehicles', reads(parseList))
  addSelect(command)
    .option(
      '--where <filter>',
      'only positions that match the filter, such as "temperature > 8 and driver_id is not null"',
      reads(parseWhere),
    )
    .option('--limit <count>', 'maximum number of positions', reads(parsePositiveCount))
    .option('--serialised', 'run one task at a time, the oldest data first, instead of many in parallel')
  addOutput(command)
    .addHelpText(
      'after',
      examples(
        ['query --bbox -56.2,-34.93,-56.1,-34.88 --from -1h', 'who was in a box in the last hour'],
        [
          'query --area harbour.geojson --from 2026-01-05T08:00:00Z --to 2026-01-05T09:00:00Z --output harbour.csv',
          'write a file; its name decides the format',
        ],
        ['query --in Harbour --in "Ciudad Vieja" --from -1h', 'in areas of `fleet areas`'],
        ['query --area - --types taxi --format geojson < area.geojson > taxis.geojson', 'taxis as GeoJSON, for a map'],
        ['query --bbox -56.2,-34.93,-56.1,-34.88 --from -1h --output drives.gpx', 'their routes, as GPX tracks'],
        [
          'query --bbox -56.2,-34.93,-56.1,-34.88 --from -1h --select temperature,battery --where "temperature > 8"',
          'where it was warmer than 8 °C, with both measures',
        ],
        [
          'query --bbox -56.2,-34.93,-56.1,-34.88 --at 2026-01-05T08:30:00Z --format csv',
          'where each vehicle in the box was at half past eight',
        ],
      ) +
        '\nThe last line on standard error says how the query ended. Exit code: 0 complete or limit reached, 1 refused or failed, 2 wrong usage,\n' +
        '3 partial, 4 timed out, 130 cancelled by Ctrl-C. With 3 and 4 the output file ends in .partial.\n',
    )
    .action(async (options: QueryOptions) => {
      const target = formatTarget(formatFrom(options), {
        output: options.output,
        progress: options.progress === true,
        gap: options.gap,
        isSpreadsheetSafe: options.spreadsheetSafe === true,
      })
      await runQuery(await planOf(options, context), target, context)
    })
}

const planOf = async (options: QueryOptions, context: CommandContext): Promise<AnswerPlan> => {
  const place = await placeFrom(options)
  if (place === undefined)
    throw new FleetError(
      'usage.invalid',
      'no area is given: use --in <area>, --area <file> or --bbox west,south,east,north',
    )
  const query: Omit<VehicleQueryInput, 'from' | 'to'> = {
    ...place,
    timeoutMs: options.timeout,
    mode: options.serialised === true ? 'serialised' : 'parallel',
    ...(options.types === undefined ? {} : { vehicleTypes: options.types }),
    ...(options.ids === undefined ? {} : { vehicleIds: options.ids }),
    ...(options.select === undefined ? {} : { select: options.select }),
    ...(options.where === undefined ? {} : { where: options.where }),
  }
  if (options.at === undefined) {
    const limit = options.limit === undefined ? {} : { limit: options.limit }
    return { query: { ...query, ...periodOf(options, DEFAULT_FROM), ...limit } }
  }
  // Without the reports that a filter leaves out, a vehicle would be shown where it never was.
  for (const other of ['from', 'to', 'limit', 'where'] as const) {
    if (options[other] !== undefined) throw new FleetError('usage.invalid', `--at can't be combined with --${other}`)
  }
  if (options.within !== undefined && options.within < 1)
    throw new FleetError('usage.invalid', '--within must be 1 ms or more')
  if (!(options.maxSpeed > 0)) throw new FleetError('usage.invalid', '--max-speed must be more than 0')
  return planAtInstant(query, await givenArea(place, context), {
    atMs: instantOf('--at', options.at, Date.now()),
    gap: options.gap,
    withinMs: Math.round(options.within ?? reachOf(options.gap)),
    maxSpeedMps: options.maxSpeed,
  })
}

/** Where vehicles are looked for at an instant: areas that are named are asked for. @throws FleetError `area.invalid` */
const givenArea = async (place: GivenPlace, context: CommandContext): Promise<AreaAtInstant> => {
  if ('area' in place) return { area: place.area, named: [] }
  const found = await withHub(context.config(), context, (hub) => askAreas(hub, place.areas))
  return {
    area: {
      type: 'FeatureCollection',
      features: found.map(({ geometry }) => ({ type: 'Feature', properties: {}, geometry })),
    },
    named: found.map(({ id, name, version }) => ({ id, name, version })),
  }
}
