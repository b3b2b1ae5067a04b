import { DEFAULT_QUERY_MS } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { type BoxArea, FORMATS, type FormatName, formatOfName, type Gap } from '@fleetlake/viewer-core'
import { type Command, Option } from 'commander'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parseDuration, parseGap, parseInstant, parseSelect } from '../options.ts'
import { parseArea, parseBox } from '../query/area.ts'
import { reads } from './context.ts'

/** The options of every command that searches. */
export interface AnswerOptions {
  readonly area?: string
  readonly bbox?: BoxArea
  /** Names or ids of areas of the registry. */
  readonly in?: string[]
  readonly from?: string
  readonly to?: string
  readonly select?: string[]
  readonly timeout: number
  readonly format?: FormatName
  readonly output?: string
  readonly gap: Gap
  readonly spreadsheetSafe?: boolean
  readonly progress?: boolean
}

const TIME = 'RFC 3339, a date, "now", or a time before now such as -2h'

export const addWhere = (command: Command): Command =>
  command
    .option(
      '--area <file>',
      'file with a GeoJSON Polygon or MultiPolygon, or the GeoJSON text itself; - reads standard input',
    )
    .option('--bbox <box>', 'a box instead of --area: west,south,east,north in degrees', reads(parseBox))
    .option(
      '--in <area>',
      'an area of `fleet areas`, by its name or id; with several --in what lies in any of them is found',
      (area: string, before: string[] = []) => [...before, area],
    )

/** @param defaultFrom the default of --from */
export const addWhereAndWhen = (command: Command, defaultFrom: string): Command =>
  addWhere(command)
    .option('--from <time>', `start of the period: ${TIME} (default: "${defaultFrom}")`)
    .option('--to <time>', 'end of the period, exclusive (default: "now")')

export const addSelect = (command: Command): Command =>
  command.option(
    '--select <list>',
    'measures to include in the answer, such as temperature,battery; * for all measures of the table (default: none)',
    reads(parseSelect),
  )

export const addOutput = (command: Command): Command =>
  command
    .addOption(
      new Option('--timeout <duration>', 'time limit of the query')
        .argParser(reads(parseDuration))
        .default(DEFAULT_QUERY_MS, '1 min'),
    )
    .addOption(
      new Option('--format <format>', 'output format (default: by the name of --output, else ndjson)').choices([
        ...FORMATS,
      ]),
    )
    .addOption(
      new Option(
        '--gap <duration>',
        'a longer time between two reports of a vehicle is a gap: where the vehicle was in it is not known; automatic: 3 × the median interval of the vehicle on the UTC date, at least 1 min',
      )
        .argParser(reads(parseGap))
        .default('automatic'),
    )
    .option(
      '--spreadsheet-safe',
      'with CSV: put an apostrophe before an id or type that a spreadsheet would read as a formula',
    )
    .option('--output <file>', 'file for the answer; it appears when the answer is complete (default: standard output)')
    .option('--progress', 'print progress every second even if standard error is not a terminal')

/** @returns RFC 3339 */
export const periodOf = ({ from, to }: AnswerOptions, defaultFrom: string): { from: string; to: string } => {
  const nowMs = Date.now()
  const [first, end] = [from ?? defaultFrom, to ?? 'now']
  const [fromMs, toMs] = [instantOf('--from', first, nowMs), instantOf('--to', end, nowMs)]
  if (fromMs >= toMs) throw new FleetError('usage.invalid', `--from ${first} is not before --to ${end}`)
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
}

/** @returns ms since the epoch */
export const instantOf = (flag: string, value: string, nowMs: number): number => {
  try {
    return parseInstant(value, nowMs)
  } catch (cause) {
    throw new FleetError('usage.invalid', `${flag} ${reasonOf(cause)}`, { cause })
  }
}

/** Where is searched: in an area, or in those of the registry that are named. */
export type GivenPlace = { readonly area: unknown } | { readonly areas: string[] }

/** @returns undefined when none is given */
export const placeFrom = async (options: AnswerOptions): Promise<GivenPlace | undefined> => {
  const given = (['area', 'bbox', 'in'] as const).filter((name) => options[name] !== undefined)
  if (given.length > 1)
    throw new FleetError(
      'usage.invalid',
      `give one of --area, --bbox and --in, not ${given.map((name) => `--${name}`).join(' and ')}`,
    )
  if (options.in !== undefined) return { areas: options.in }
  const area = await areaFrom(options)
  return area === undefined ? undefined : { area }
}

const areaFrom = async ({ area, bbox }: AnswerOptions): Promise<unknown> => {
  if (area === undefined) return bbox
  if (area === '-') return parseArea(await text(process.stdin), 'standard input')
  if (area.trimStart().startsWith('{')) return parseArea(area, '--area')
  const content = await readFile(area, 'utf8').catch((cause: unknown) => {
    throw new FleetError('usage.invalid', `--area ${area} can't be read`, { cause })
  })
  return parseArea(content, `--area ${area}`)
}

/** By the ending of the file's name when --format is missing. */
export const formatFrom = ({ format, output, spreadsheetSafe }: AnswerOptions): FormatName => {
  const name = format ?? (output === undefined ? undefined : formatOfName(output)) ?? 'ndjson'
  if (spreadsheetSafe === true && name !== 'csv')
    throw new FleetError('usage.invalid', `--spreadsheet-safe is for CSV, not for ${name}`)
  return name
}
