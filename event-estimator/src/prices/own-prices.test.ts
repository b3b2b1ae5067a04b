import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { namedPrices, notLookedUp, withOwnPrices } from './own-prices.ts'
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
