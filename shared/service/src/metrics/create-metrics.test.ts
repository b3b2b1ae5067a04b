import { METERED_SERVICES, METRICS } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { createMetrics } from './create-metrics.ts'

/** What a scrape says of some metrics, without what explains it. */
const samples = async (metrics: ReturnType<typeof createMetrics>, ...names: string[]): Promise<string[]> =>
  (await metrics.text()).split('\n').filter((line) => names.some((name) => line.startsWith(name)))

test.each(METERED_SERVICES)('a %s tells its own metrics and no other', async (service) => {
  const told = [...(await createMetrics(service).text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  const own = Object.entries(METRICS).filter(([, { services }]) => (services as readonly string[]).includes(service))
  expect(told).toEqual(own.map(([name]) => name))
})

test('a counter has all its series from the start, and a gauge none until it is set', async () => {
  const metrics = createMetrics('finder')
  expect(await samples(metrics, 'fleetlake_files_total', 'fleetlake_buffer_bytes')).toEqual([
    'fleetlake_files_total{outcome="pruned"} 0',
    'fleetlake_files_total{outcome="read"} 0',
  ])
  metrics.add('fleetlake_files_total', 5, { outcome: 'pruned' })
  metrics.set('fleetlake_buffer_bytes', 7)
  expect(await samples(metrics, 'fleetlake_files_total', 'fleetlake_buffer_bytes')).toEqual([
    'fleetlake_buffer_bytes 7',
    'fleetlake_files_total{outcome="pruned"} 5',
    'fleetlake_files_total{outcome="read"} 0',
  ])
  metrics.set('fleetlake_buffer_bytes', undefined)
  expect(await samples(metrics, 'fleetlake_buffer_bytes')).toEqual([])
})

test('what is not among the series of a gauge any more is gone', async () => {
  const metrics = createMetrics('collector')
  metrics.replace('fleetlake_lag_rows', [
    [5, { partition: '0' }],
    [6, { partition: '1' }],
  ])
  metrics.replace('fleetlake_lag_rows', [[7, { partition: '1' }]])
  expect(await samples(metrics, 'fleetlake_lag_rows')).toEqual(['fleetlake_lag_rows{partition="1"} 7'])
})

test('a counter that is raised follows its total, and never goes back', async () => {
  const metrics = createMetrics('generator')
  const told: string[] = []
  for (const total of [5, 9, 3, 10]) {
    metrics.raise('fleetlake_published_rows_total', total)
    told.push(...(await samples(metrics, 'fleetlake_published_rows_total')))
  }
  expect(told).toEqual([5, 9, 9, 10].map((total) => `fleetlake_published_rows_total ${total}`))
})

test('what another service tells counts for nothing', async () => {
  const metrics = createMetrics('hub')
  metrics.add('fleetlake_published_rows_total', 5)
  metrics.set('fleetlake_buffer_bytes', 5)
  metrics.observe('fleetlake_flush_seconds', 5)
  expect(await samples(metrics, 'fleetlake_')).toEqual([])
})

test('scrapes at once share one look, one that fails spoils nothing, and one that hangs is not waited for', async () => {
  const metrics = createMetrics('hub')
  let looks = 0
  metrics.onScrape(() => {
    looks++
    metrics.set('fleetlake_ready', looks)
  })
  metrics.onScrape(() => Promise.reject(new Error('no hub')))
  metrics.onScrape(() => new Promise<void>(() => {}))
  const [one, other] = await Promise.all([samples(metrics, 'fleetlake_ready'), samples(metrics, 'fleetlake_ready')])
  expect([one, other, looks]).toEqual([['fleetlake_ready 1'], ['fleetlake_ready 1'], 1])
})
