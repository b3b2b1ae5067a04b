import {
  bytesOfUnit,
  type Cost,
  type Estimate,
  estimate,
  FIGURES,
  namedPrices,
  parseFleet,
  PRICES,
} from '@fleetlake/event-estimator'
import { humanBytes, humanCount, humanDuration } from '@fleetlake/viewer-core'
import { CLOUD_SIZES, type Size, SIZES } from './sizes.ts'

/** The parts of the docs that are made from estimates, by the name that a page calls them. */

const of = ({ fleet }: Size): Estimate => estimate(parseFleet(fleet))

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const dollars = (value: number): string => (value < 10 ? `$${value.toFixed(2)}` : `$${humanCount(value)}`)
const some = (value: number): string => (value < 10 ? value.toFixed(2) : humanCount(value))

const sizing = (): string =>
  table(
    [
      'vehicles',
      'events/s',
      'cells',
      'cores',
      'memory',
      'machines of 2 cores, 8 GiB',
      'network',
      'disk of each hub server',
      'files a day, before → after compaction',
      'archive a day',
      'after 7 years',
      'AWS a month, first → last',
    ],
    SIZES.map((size) => {
      const { flow, archive, machines, costs } = of(size)
      return [
        size.name,
        humanCount(flow.peakEventsPerSecond),
        humanCount(flow.cells),
        some(machines.cores),
        humanBytes(machines.memoryBytes),
        humanCount(machines.nodes),
        `${humanBytes(machines.networkBytesPerSecond)}/s`,
        humanBytes(machines.hubDiskBytes),
        `${humanCount(archive.landedFilesPerDay)} → ${humanCount(archive.filesPerDay)}`,
        humanBytes(archive.bytesPerDay),
        humanBytes(archive.bytes),
        `${dollars(costs[0].firstMonth.total)} → ${dollars(costs[0].lastMonth.total)}`,
      ]
    }),
  )

const settings = (): string =>
  table(
    ['vehicles', 'geohash length', 'partitions', 'collectors', 'hub servers', 'finders', 'what of it was measured'],
    SIZES.map((size) => {
      const { geohashLength, partitions, collectors, replicas, finders } = parseFleet(size.fleet)
      return [size.name, ...[geohashLength, partitions, collectors, replicas, finders].map(String), size.basis]
    }),
  )

const services = (): string =>
  table(
    ['service', ...SIZES.slice(2).map(({ name }) => name), 'basis'],
    of(SIZES[2]).machines.services.map(({ service }, i) => [
      service,
      ...SIZES.slice(2).map((size) => {
        const { count, cores, memoryBytes } = of(size).machines.services[i]
        return `${count} × ${cores.toFixed(2)} cores, ${humanBytes(memoryBytes)}`
      }),
      of(SIZES[3]).machines.services[i].basis,
    ]),
  )

const limits = (): string =>
  SIZES.map((size) => {
    const near = of(size).limits
    const told = near.map(({ what, load, advice }) => `${what} at ${Math.round(load * 100)} % (${advice})`)
    return `- **${size.name}**: ${told.length === 0 ? 'nothing comes near its limit' : told.join('; ')}`
  }).join('\n')

/** A cloud's bill for both fleets. */
const costs = (provider: Cost['provider']) => (): string =>
  table(
    ['', ...CLOUD_SIZES.flatMap(({ name }) => [`${name}, first month`, 'last month', '7 years'])],
    (['storage', 'requests', 'machines', 'disks', 'total'] as const).map((part) => [
      part,
      ...CLOUD_SIZES.flatMap((size) => {
        const cost = of(size).costs.find((each) => each.provider === provider)!
        return [cost.firstMonth, cost.lastMonth, cost.total].map((bill) => dollars(bill[part]))
      }),
    ]),
  )

const alternatives = (vendor: string) => (): string =>
  table(
    ['a month, for the same events', ...CLOUD_SIZES.map(({ name }) => name), 'how it is reckoned, for 15,000'],
    of(CLOUD_SIZES[0])
      .alternatives.map((alternative, i) => [
        alternative.name,
        ...CLOUD_SIZES.map((size) => dollars(of(size).alternatives[i].usdPerMonth)),
        alternative.how,
      ])
      .filter(([name]) => name.startsWith(vendor)),
  )

/** A query of another engine that reads every byte of a day, or of all. */
const scans = (price: 'athenaTb' | 'synapseTb' | 'bigQueryTb') => (): string =>
  table(
    ['a query that reads', ...CLOUD_SIZES.map(({ name }) => name)],
    (['a day', 'a year', '7 years'] as const).map((what, i) => [
      what,
      ...CLOUD_SIZES.map((size) =>
        dollars(
          ((of(size).archive.bytesPerDay * [1, 365.25, 7 * 365.25][i]) / bytesOfUnit(PRICES.services[price])) *
            PRICES.services[price].usd,
        ),
      ),
    ]),
  )

const prices = (): string =>
  table(
    ['price', 'US dollars', 'for', 'source', 'as of'],
    [...namedPrices(PRICES)]
      .filter(([, { usd }]) => usd > 0)
      .map(([name, { usd, per, source, asOf = '' }]) => [
        `\`${name}\``,
        String(usd),
        per,
        source ?? '**not looked up**',
        asOf,
      ]),
  )

const figures = (): string =>
  table(
    ['figure', 'value', 'from'],
    Object.entries(FIGURES).map(([name, { value, from }]) => [`\`${name}\``, String(value), from]),
  )

const hub = (): string =>
  table(
    ['vehicles', 'intake', 'in the streams', 'the streams bridge'],
    SIZES.map((size) => {
      const { bytesPerSecond, bytes, patienceSeconds } = of(size).hub
      return [size.name, `${humanBytes(bytesPerSecond)}/s`, humanBytes(bytes), humanDuration(patienceSeconds * 1_000)]
    }),
  )

export const BLOCKS: Readonly<Record<string, () => string>> = {
  sizing,
  settings,
  services,
  limits,
  hub,
  prices,
  figures,
  'costs aws': costs('aws'),
  'costs azure': costs('azure'),
  'costs gcp': costs('gcp'),
  'alternatives aws': alternatives('Amazon'),
  'alternatives azure': alternatives('Azure'),
  'scans athena': scans('athenaTb'),
  'scans synapse': scans('synapseTb'),
  'scans bigquery': scans('bigQueryTb'),
}

const BLOCK = /(<!-- estimate: (?<name>[a-z ]+) -->)[\s\S]*?(<!-- end of the estimate -->)/g

/** A page with its blocks made anew. @throws Error for a block that is not known */
export const renderBlocks = (text: string): string =>
  text.replaceAll(BLOCK, (_, begin: string, name: string, end: string) => {
    const make = BLOCKS[name]
    if (make === undefined) throw new Error(`there is no estimate "${name}"`)
    return `${begin}\n\n${make()}\n\n${end}`
  })

/** The blocks that a page has. */
export const blocksIn = (text: string): string[] => Array.from(text.matchAll(BLOCK), ({ groups }) => groups!['name'])
