import { isDeepStrictEqual } from 'node:util'
import { type Metric, METRICS } from '@fleetlake/contracts'
import { eventually } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAlerts } from '../../deployment/monitoring/src/alerts.ts'
import { emptyPanels, fillDashboard, lastMinutes } from './draw-dashboard.ts'
import { makeLoad } from './make-load.ts'
import { readDashboards } from './read-dashboards.ts'
import { type ScrapedStack, startScrapedStack } from './scraped-stack.ts'

let scraped: ScrapedStack
let load: Promise<void>
const stop = new AbortController()

beforeAll(async () => {
  scraped = await startScrapedStack()
  load = makeLoad(scraped, stop.signal)
})
afterAll(async () => {
  stop.abort()
  await load
  await scraped.stop()
})

test('every panel of every dashboard has something to show of a stack at work', async () => {
  for (const dashboard of await readDashboards()) {
    const empty = async (): Promise<readonly string[]> =>
      emptyPanels(await fillDashboard(dashboard, scraped.prometheus, lastMinutes(5)))
    let last: readonly string[] = []
    await eventually(async () => (last = await empty()).length === 0, {
      what: dashboard.title,
      seen: () => last.join(),
    })
    expect(last).toEqual([])
  }
})

/** @returns what is told once that is what is expected: a service is scraped, and an alarm evaluated, only now and then */
const toldAtLast = async (tell: () => Promise<unknown>, expected: unknown, what: string): Promise<unknown> => {
  let told: unknown
  const isTold = async (): Promise<boolean> => isDeepStrictEqual((told = await tell()), expected)
  await eventually(isTold, { what, seen: () => JSON.stringify(told) })
  return told
}

test('every metric is told by each of its services, with its labels and no others', async () => {
  const jobs = new Set(scraped.targets.map(({ job }) => job))
  const tell = (): Promise<unknown> =>
    Promise.all(
      Object.entries<Metric>(METRICS).map(async ([name, { kind, labels = {} }]) => {
        const series = await scraped.prometheus.query(kind === 'histogram' ? `${name}_count` : name)
        const names = new Set(series.flatMap(({ metric }) => Object.keys(metric)))
        const own = [...names].filter((label) => !['__name__', 'job', 'instance'].includes(label)).toSorted()
        return [
          name,
          [...new Set(series.map(({ metric }) => metric.job))].toSorted(),
          own,
          Object.keys(labels).toSorted(),
        ]
      }),
    )
  const expected = Object.entries<Metric>(METRICS).map(([name, { services, labels = {} }]) => {
    const own = Object.keys(labels).toSorted()
    return [name, services.filter((service) => jobs.has(service)).toSorted(), own, own]
  })
  expect(await toldAtLast(tell, expected, 'every metric of each of its services')).toEqual(expected)
})

test('Prometheus evaluates every alarm without a fault', async () => {
  const { prometheus } = scraped
  const tell = async (): Promise<unknown> => {
    const rules = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] }
    }
    return rules.data.groups.flatMap((group) => group.rules.map(({ name, health }) => [name, health]))
  }
  const expected = (await readAlerts()).map(({ alert }) => [alert, 'ok'])
  expect(await toldAtLast(tell, expected, 'every alarm evaluated')).toEqual(expected)
})
