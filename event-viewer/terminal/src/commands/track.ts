import { printable, printableInLine } from '@fleetlake/core'
import { boxArea } from '@fleetlake/viewer-core'
import { type Command, Option } from 'commander'
import { parseDuration, parseNumber } from '../options.ts'
import { formatTarget, type QueryTarget, runQuery } from '../query/run-query.ts'
import { renderTrack, trackFacts } from '../track/render-track.ts'
import { summaryFormat } from '../track/summary-format.ts'
import {
  addOutput,
  addSelect,
  addWhereAndWhen,
  type AnswerOptions,
  formatFrom,
  periodOf,
  placeFrom,
} from './answer-options.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface TrackCommandOptions extends AnswerOptions {
  readonly stop: number
  readonly stopRadius: number
}

const DEFAULT_FROM = '-24h'
const GLOBE = boxArea(-180, -90, 180, 90)

export const addTrack = (program: Command, context: CommandContext): void => {
  const command = program
    .command('track')
    .description('show the route of one vehicle: first and last seen, distance, speed, stops')
    .argument('<vehicle>', 'id of the vehicle')
  addWhereAndWhen(command, DEFAULT_FROM)
  addSelect(command)
  addOutput(command)
    .addOption(
      new Option('--stop <duration>', 'minimum duration of a stop')
        .argParser(reads(parseDuration))
        .default(120_000, '2 min'),
    )
    .addOption(
      new Option(
        '--stop-radius <metres>',
        'radius of a stop: reports within this distance of its first one belong to it',
      )
        .argParser(reads(parseNumber))
        .default(25),
    )
    .addHelpText(
      'after',
      examples(
        ['track v-7k3f9a-000001', 'the last 24 hours: first and last seen, distance, stops'],
        ['track v-7k3f9a-000001 --from 2026-01-05 --to 2026-01-06 --output monday.gpx', 'a day, as a GPX track'],
        ['track v-7k3f9a-000001 --area harbour.geojson --json', 'only inside an area, as one JSON object'],
        ['track v-7k3f9a-000001 --select temperature,battery', 'with the last value of each measure'],
        ['track v-7k3f9a-000001 --from -7d --format csv > week.csv', 'every report of a week, in order of time'],
      ) +
        '\nWithout --in, --area or --bbox the whole globe is searched. A summary is shown unless --format or --output is given.\n' +
        'Reports are in order of time in every format. Exit codes are those of fleet query.\n',
    )
    .action(async (vehicle: string, options: TrackCommandOptions) => {
      const query = {
        ...((await placeFrom(options)) ?? { area: GLOBE }),
        ...periodOf(options, DEFAULT_FROM),
        timeoutMs: options.timeout,
        vehicleIds: [vehicle],
        ...(options.select === undefined ? {} : { select: options.select }),
      }
      await runQuery({ query }, targetOf(vehicle, options, context.json()), context)
    })
}

const targetOf = (vehicle: string, options: TrackCommandOptions, json: boolean): QueryTarget => {
  const { format, output, gap } = options
  const isSpreadsheetSafe = options.spreadsheetSafe === true
  const progress = options.progress === true
  if (format !== undefined || output !== undefined || isSpreadsheetSafe) {
    return { ...formatTarget(formatFrom(options), { output, progress, gap, isSpreadsheetSafe }), isSorted: true }
  }
  const measure = { gap, stopMs: options.stop, stopRadiusM: options.stopRadius }
  return {
    output,
    progress,
    isSorted: true,
    open: async (cadences) =>
      summaryFormat({
        options: { ...measure, cadences },
        lines: (track, status) => {
          if (json) return [printable(JSON.stringify({ ...trackFacts(vehicle, track), status }))]
          if (track === undefined) return [`no position of ${printableInLine(vehicle)} was found`]
          return renderTrack(vehicle, track)
        },
      }),
  }
}
