import { openTable, openTableStore } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import { type AskedAs, estimate, FIGURES, type Fleet, namedPrices, parseFleet } from '@fleetlake/event-estimator'
import { humanDuration } from '@fleetlake/viewer-core'
import { type Command, Option } from 'commander'
import { csvOfEstimate, jsonOfEstimate, linesOfEstimate } from '../estimate/estimate-text.ts'
import { readPrices } from '../estimate/read-prices.ts'
import { parseCount, parseDuration, parseNumber, parsePositiveCount } from '../options.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface EstimateOptions {
  readonly prices?: string
  readonly listPrices?: boolean
  readonly measured?: boolean
  readonly format: 'table' | 'csv' | 'json'
  /** The rest is said of the fleet, by its own names. */
  readonly [said: string]: unknown
}

const duration = (name: string): AskedAs => ({ name, write: humanDuration })

/** What its options are called. */
const ASKED: Readonly<Record<keyof Fleet, AskedAs>> = {
  vehicles: { name: '--vehicles' },
  intervalMs: duration('--interval'),
  drivingShare: { name: '--driving' },
  areaKm2: { name: '--area' },
  cells: { name: '--cells' },
  latitude: { name: '--latitude' },
  geohashLength: { name: '--geohash-length' },
  windowMs: duration('--window'),
  maxAgeMs: duration('--max-age'),
  partitions: { name: '--partitions' },
  replicas: { name: '--replicas' },
  collectors: { name: '--collectors' },
  finders: { name: '--finders' },
  messages: { name: '--messages' },
  years: { name: '--years' },
  searchesPerDay: { name: '--searches' },
  filesPerSearch: { name: '--files-per-search' },
  bytesPerPosition: { name: '--bytes-per-position' },
}

/** What its options say, by the names of a fleet. */
const fleetOf = (fleet: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { interval, window, maxAge, area, searches, driving, ...rest } = fleet
  return Object.fromEntries(
    Object.entries({
      ...rest,
      intervalMs: interval,
      windowMs: window,
      maxAgeMs: maxAge,
      areaKm2: area,
      searchesPerDay: searches,
      drivingShare: driving,
    }).filter(([, value]) => value !== undefined),
  )
}

export const addEstimate = (program: Command, context: CommandContext): void => {
  const count = reads(parsePositiveCount)
  const number = reads(parseNumber)
  const time = reads(parseDuration)
  program
    .command('estimate')
    .description('say what a fleet takes and costs: events, files, bytes, requests, cores, memory and money')
    .addHelpText(
      'after',
      `${examples(
        ['estimate --vehicles 15000', 'a city'],
        ['estimate --vehicles 1M --area 357000 --geohash-length 4 --partitions 32 --collectors 8', 'a country'],
        ['estimate --vehicles 800 --measured', 'with the bytes per position of this archive'],
        ['estimate --vehicles 800 --prices ours.yaml', 'with prices of your own; --list-prices shows their names'],
      )}\nIt reckons with measured figures and listed prices and asks no one. docs/operations/estimate.md says how.\n`,
    )
    .option('--vehicles <n>', 'vehicles that report (default: 1500)', count)
    .option('--interval <duration>', 'time between two reports of a vehicle (default: 5 s)', time)
    .option('--driving <share>', 'share of the day during which a vehicle reports, 0 to 1 (default: 1)', number)
    .option('--area <km2>', 'area that the fleet drives in, km² (default: 500)', number)
    .option('--cells <n>', 'cells that the fleet drives in, instead of an area', count)
    .option('--latitude <degrees>', 'latitude of the area, by which cells get narrower (default: 35)', number)
    .option('--geohash-length <n>', 'length of a cell (default: 5)', count)
    .option('--window <duration>', 'archive.windowMs (default: 10 min)', time)
    .option('--max-age <duration>', 'collector.maxAgeMs (default: 1 min)', time)
    .option('--partitions <n>', 'partitions (default: 8)', count)
    .option('--replicas <n>', 'servers of the hub, each with a copy of the streams (default: 3)', count)
    .option('--collectors <n>', 'collectors (default: 2)', count)
    .option('--finders <n>', 'finders (default: 2)', count)
    .addOption(
      new Option('--messages <kind>', 'Arrow batches, or one JSON message a position (default: batches)').choices([
        'batches',
        'single',
      ]),
    )
    .option('--years <n>', 'how long positions are kept (default: 7)', number)
    .option('--searches <n>', 'searches a day (default: 1000)', reads(parseCount))
    .option('--files-per-search <n>', 'files that a search reads (default: 4)', reads(parseCount))
    .option(
      '--bytes-per-position <n>',
      `of a compacted archive (default: as measured, ${FIGURES.bytesPerPosition.value})`,
      number,
    )
    .option('--measured', 'take the bytes per position of the archive at archive.path')
    .option('--prices <file>', 'YAML or JSON with dollars by the names of prices, which replace those of the list')
    .option('--list-prices', 'print the prices with their names and sources, and end')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['table', 'csv', 'json']).default('table'))
    .action(async (options: EstimateOptions) => run(options, context))
}

const run = async (
  { prices: file, listPrices = false, measured = false, format, ...said }: EstimateOptions,
  context: CommandContext,
): Promise<void> => {
  const { terminal } = context
  const prices = await readPrices(file)
  if (listPrices) {
    for (const [name, { usd, per, source = 'not looked up', asOf }] of namedPrices(prices)) {
      if (usd > 0) terminal.print(`${name}: ${usd}  # ${per}; ${source}${asOf === undefined ? '' : `, ${asOf}`}`)
    }
    return
  }
  const found = measured ? { bytesPerPosition: await bytesPerPosition(context) } : {}
  const fleet = parseFleet({ vehicles: 1_500, ...fleetOf(said), ...found }, ASKED)
  const estimated = estimate(fleet, prices)
  if (format === 'json' || context.json()) return terminal.print(jsonOfEstimate(estimated, prices))
  const lines = format === 'csv' ? csvOfEstimate(estimated, prices) : linesOfEstimate(estimated, prices)
  lines.forEach((line) => terminal.print(line))
}

const bytesPerPosition = async ({ config }: CommandContext): Promise<number> => {
  const table = await openTable(await openTableStore(config().archive))
  try {
    const { bytes, rows } = table.snapshot.totals
    if (rows === 0) throw new FleetError('usage.invalid', 'the archive is empty: leave --measured out')
    return bytes / rows
  } finally {
    await table.close()
  }
}
