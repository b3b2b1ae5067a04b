import { readFile } from 'node:fs/promises'
import { METRICS } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { readAlerts } from './alerts.ts'
import { dashboardFiles } from './dashboard-files.ts'
import { DASHBOARDS } from './dashboards/index.ts'
import { metricsIn, unknownIn } from './testing/used-metrics.ts'

const panels = DASHBOARDS.flatMap(({ rows }) => rows.flatMap((row) => row.panels))
const queries = panels.flatMap((panel) => panel.queries)

test('the files are what `node deployment/monitoring/src/write-dashboards.ts` writes', async () => {
  const files = dashboardFiles()
  expect(await Promise.all(files.map(({ path }) => readFile(path, 'utf8')))).toEqual(files.map(({ text }) => text))
})

test('every metric is on a panel', () => {
  const shown = new Set(queries.flatMap(({ expr }) => metricsIn(expr)))
  expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([])
})

test('no panel names a metric or a label that services do not tell', () => {
  expect(queries.flatMap(({ expr, legend }) => unknownIn(expr, legend))).toEqual([])
})

test('no alarm names a metric or a label that services do not tell', async () => {
  const alerts = await readAlerts()
  expect(alerts.flatMap(({ expr, annotations }) => unknownIn(expr, annotations.summary))).toEqual([])
})

test('what is unknown is found', () => {
  expect(
    unknownIn('sum by (vehicle) (rate(fleetlake_searches_total{status="x", person="y"}[1m]))', '{{color}}'),
  ).toEqual(['person', 'vehicle', 'color'])
  expect(unknownIn('fleetlake_serches_total')).toEqual(['fleetlake_serches_total'])
  expect(unknownIn('vector(1)')).toEqual(['no metric in vector(1)'])
})

test('every panel says what to make of it, and rows of panels fit', () => {
  expect(panels.filter(({ about }) => about.length < 8)).toEqual([])
  expect(new Set(panels.map(({ width }) => 24 % width))).toEqual(new Set([0]))
})
