import { type BoxArea, FORMATS, type FormatName } from '@fleetlake/viewer-core'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { FleetError } from '@fleetlake/core'
import { type Command, Option } from 'commander'
import { parsePositiveCount, parseDuration, parseInstant, parseList } from '../options.ts'
import { parseArea, parseBox } from '../query/area.ts'
import { runQuery } from '../query/run-query.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface QueryOptions {
  readonly area?: string
  readonly bbox?: BoxArea
  readonly from: string
  readonly to: string
  readonly types?: string[]
  readonly ids?: string[]
  readonly limit?: number
  readonly timeout: number
  readonly serialised?: boolean
  readonly format?: FormatName
  readonly output?: string
}

export const addQuery = (program: Command, context: CommandContext): void => {
  program
    .command('query')
    .description('who was in this area, in this period?')
    .option('--area <file>', 'GeoJSON Polygon or MultiPolygon; - reads standard input')
    .option('--bbox <box>', 'instead: west,south,east,north in degrees', reads(parseBox))
    .option('--from <time>', 'RFC 3339, a date, "now", or before now such as -2h', '-1h')
    .option('--to <time>', 'likewise; exclusive', 'now')
    .option('--types <list>', 'only vehicles of these types', reads(parseList))
    .option('--ids <list>', 'only these vehicles', reads(parseList))
    .option('--limit <count>', 'positions at most', reads(parsePositiveCount))
    .addOption(
      new Option('--timeout <duration>', 'how long it may run')
        .argParser(reads(parseDuration))
        .default(60_000, '1 min'),
    )
    .option('--serialised', 'one chunk at a time, oldest first, instead of many at once')
    .addOption(new Option('--format <format>', 'by the ending of --output, else ndjson').choices([...FORMATS]))
    .option('--output <file>', 'appears when the answer is whole (default: standard output)')
    .addHelpText(
      'after',
      examples(
        ['query --bbox -56.2,-34.93,-56.1,-34.88 --from -1h', 'who was in a box in the last hour'],
        [
          'query --area harbour.geojson --from 2026-01-05T08:00:00Z --to 2026-01-05T09:00:00Z --output harbour.csv',
          'into a file',
        ],
        ['query --area - --types taxi --format geojson < area.geojson > taxis.geojson', 'for a map'],
      ) +
        '\nHow it ended is told on standard error. Exit code: 0 complete or limit reached, 1 refused or a fault, 2 wrong usage,\n' +
        '3 partial, 4 timed out, 130 cancelled by Ctrl-C. With 3 and 4 the output file ends in .partial.\n',
    )
    .action(async (options: QueryOptions) => {
      const nowMs = Date.now()
      const [from, to] = [instant('--from', options.from, nowMs), instant('--to', options.to, nowMs)]
      if (from >= to) throw new FleetError('usage.invalid', `--from ${options.from} is not before --to ${options.to}`)
      const query = {
        area: await areaFrom(options),
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        timeoutMs: options.timeout,
        mode: options.serialised === true ? ('serialised' as const) : ('parallel' as const),
        ...(options.types === undefined ? {} : { vehicleTypes: options.types }),
        ...(options.ids === undefined ? {} : { vehicleIds: options.ids }),
        ...(options.limit === undefined ? {} : { limit: options.limit }),
      }
      await runQuery(query, { format: options.format ?? formatOf(options.output), output: options.output }, context)
    })
}

const instant = (flag: string, value: string, nowMs: number): number => {
  try {
    return parseInstant(value, nowMs)
  } catch (cause) {
    throw new FleetError('usage.invalid', `${flag} ${(cause as FleetError).message.replace(/^usage\.invalid: /, '')}`)
  }
}

const areaFrom = async ({ area, bbox }: QueryOptions): Promise<unknown> => {
  if (area !== undefined && bbox !== undefined) throw new FleetError('usage.invalid', 'give --area or --bbox, not both')
  if (bbox !== undefined) return bbox
  if (area === undefined)
    throw new FleetError('usage.invalid', 'where? Give --area <file> or --bbox west,south,east,north')
  if (area === '-') return parseArea(await text(process.stdin), 'standard input')
  const content = await readFile(area, 'utf8').catch((cause: unknown) => {
    throw new FleetError('usage.invalid', `--area ${area} can't be read`, { cause })
  })
  return parseArea(content, `--area ${area}`)
}

/** By the ending of the file's name. */
const formatOf = (output: string | undefined): FormatName => {
  if (output === undefined) return 'ndjson'
  if (/\.csv$/i.test(output)) return 'csv'
  return /\.(geo)?json$/i.test(output) ? 'geojson' : 'ndjson'
}
