import { expect, test } from 'vitest'
import type { Metric } from './metric.ts'
import { METRICS } from './metrics.ts'

const all: readonly (readonly [name: string, metric: Metric])[] = Object.entries(METRICS)

test('there are few metrics', () => {
  expect(all.length).toBeLessThanOrEqual(40)
})

test('labels name no person, no vehicle and no place', () => {
  const labels = new Set(all.flatMap(([, { labels: own = {} }]) => Object.keys(own)))
  expect([...labels].toSorted()).toEqual([
    'commit',
    'operation',
    'outcome',
    'partition',
    'projection',
    'reason',
    'result',
    'service',
    'status',
    'stream',
    'version',
  ])
})

test("names tell unit and kind as Prometheus's own do", () => {
  const misnamed = all.filter(([name, { kind }]) => {
    if (kind === 'counter') return !name.endsWith('_total')
    return kind === 'histogram' ? !name.endsWith('_seconds') : name.endsWith('_total')
  })
  expect(misnamed).toEqual([])
})

test('histograms have few buckets, ascending, and only they have some', () => {
  const unfit = all.filter(([, { kind, buckets }]) => {
    if (kind !== 'histogram') return buckets !== undefined
    return buckets === undefined || buckets.length > 8 || buckets.some((bound, i) => i > 0 && bound <= buckets[i - 1])
  })
  expect(unfit).toEqual([])
})
