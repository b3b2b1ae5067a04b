import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { namedPrices, notLookedUp, withOwnPrices } from './own-prices.ts'
import { storageCost } from '../cost/storage-cost.ts'
import { estimate } from '../estimate.ts'
import { parseFleet } from '../fleet.ts'
import { bytesOfUnit } from './price.ts'
import { PRICES } from './price-list.ts'

test('prices of one’s own take the place of those of the list, and say where they are from', () => {
  const own = withOwnPrices(
    PRICES,
    { 'aws.node': 0.05, 'aws.disk': 0.08, 'aws.tiers.Standard.gbMonth': 0.02 },
    'contract.yaml',
  )
  const changed = [...namedPrices(own)].filter(([name, price]) => price !== namedPrices(PRICES).get(name))
  expect(changed).toEqual([
    ['aws.tiers.Standard.gbMonth', { usd: 0.02, per: 'GB and month', source: 'contract.yaml' }],
    ['aws.node', { usd: 0.05, per: 'hour of m7g.large', source: 'contract.yaml' }],
  ])
})

test('what is no price is refused with the names of those that are', () => {
  expect(() => withOwnPrices(PRICES, { 'aws.cpu': 1 }, 'x')).toThrow(
    fault('usage.invalid', /^"aws\.cpu" is not the name of a price; names are aws\.tiers\.Standard\.gbMonth, /),
  )
  expect(() => withOwnPrices(PRICES, { 'aws.node': -1 }, 'mine.yaml')).toThrow(
    fault('usage.invalid', /^mine\.yaml must name prices and their dollars, such as aws\.node: 0\.05; /),
  )
  expect(() => withOwnPrices(PRICES, [1], 'mine.yaml')).toThrow(fault('usage.invalid', /^mine\.yaml must name/))
})

test('what is paid by size says by which unit, which is what a bill is reckoned with', () => {
  const bySize = [...namedPrices(PRICES)].filter(([name]) => /\.(?:gbMonth|retrieval|disk)$|[TG]b$/.test(name))
  const units = new Set(bySize.filter(([, { usd }]) => usd > 0).map(([, price]) => bytesOfUnit(price)))
  expect(units).toEqual(new Set([1e9, 2 ** 30, 1e12, 2 ** 40]))
  expect(() => bytesOfUnit(namedPrices(PRICES).get('aws.node')!)).toThrow('hour of m7g.large')
  const gcp = PRICES.providers.find(({ id }) => id === 'gcp')!
  const byGb = gcp.tiers.map((tier) => ({ ...tier, gbMonth: { ...tier.gbMonth, per: 'GB and month' } }))
  const { archive, projections } = estimate(parseFleet({ vehicles: 15_000 }))
  const cost = (tiers: typeof gcp.tiers): number =>
    storageCost(
      tiers.map((tier) => ({ ...tier, moves: { usd: 0, per: 'nothing' } })),
      { archive, projections },
      { month: 84, kept: 84 },
    )
  expect(cost(byGb) / cost(gcp.tiers)).toBeCloseTo(2 ** 30 / 1e9, 9)
})

test('each price has a source with the date that it gives, or is told as not looked up', () => {
  const told = notLookedUp(PRICES)
  const wrong = [...namedPrices(PRICES)].filter(
    ([name, { usd, source, asOf }]) => usd > 0 && !told.includes(name) && !(source!.startsWith('https://') && asOf),
  )
  expect(wrong).toEqual([])
  expect(told).toEqual([
    'aws.tiers.Standard-IA.moves',
    'aws.tiers.Glacier Instant Retrieval.moves',
    'aws.disk',
    'azure.tiers.Cool.puts',
    'azure.tiers.Cool.gets',
    'azure.tiers.Cool.moves',
    'azure.tiers.Cold.puts',
    'azure.tiers.Cold.gets',
    'azure.tiers.Cold.moves',
    'azure.cluster',
    'azure.disk',
    'gcp.tiers.Nearline.puts',
    'gcp.tiers.Nearline.gets',
    'gcp.tiers.Nearline.moves',
    'gcp.tiers.Coldline.puts',
    'gcp.tiers.Coldline.gets',
    'gcp.tiers.Coldline.moves',
    'gcp.node',
    'gcp.disk',
    'disk.tiers.gp3.gbMonth',
    'disk.disk',
    'services.firehoseParquetGb',
    'services.streamAnalyticsUnitHour',
    'services.synapseTb',
    'services.bigQueryTb',
  ])
})
