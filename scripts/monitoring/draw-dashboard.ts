import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { PrometheusServer, Series } from '@fleetlake/testing/prometheus'
import { askable, type Dashboard, type Panel } from './read-dashboards.ts'

/** A panel with its data. */
export interface FilledPanel {
  readonly title: string
  readonly type: Panel['type']
  readonly gridPos: Panel['gridPos']
  readonly unit: string
  readonly thresholds: readonly { readonly value: number | null; readonly color: string }[]
  readonly lines: readonly {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly values: readonly (readonly [number, number | null])[]
  }[]
}

interface Period {
  /** Seconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly step: number
}

const STEPS = 160

/** The last minutes. */
export const lastMinutes = (minutes: number): Period => {
  const to = Math.floor(Date.now() / 1_000)
  return { from: to - minutes * 60, to, step: Math.max(1, Math.round((minutes * 60) / STEPS)) }
}

const nameOf = (legend: string, { metric }: Series): string =>
  legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '').trim()

/** A quotient of nothing by nothing is no value. */
const valuesOf = ({ values }: Series): (readonly [number, number | null])[] =>
  values.map(([time, value]) => [time, Number.isFinite(value) ? value : null])

/** Asks Prometheus what the panels of a dashboard ask it. @throws FleetError for a query that it does not understand */
export const fillDashboard = async (
  { panels }: Dashboard,
  prometheus: PrometheusServer,
  period: Period,
): Promise<readonly FilledPanel[]> =>
  Promise.all(
    panels.map(async ({ title, type, gridPos, targets = [], fieldConfig }) => {
      const found = await Promise.all(
        targets.map(async ({ expr, legendFormat = '' }) => {
          const query = askable(expr)
          const series = await (type === 'table' ? prometheus.query(query) : prometheus.queryRange(query, period))
          return series.map((one) => ({ name: nameOf(legendFormat, one), labels: one.metric, values: valuesOf(one) }))
        }),
      )
      const { unit = 'short', thresholds } = fieldConfig?.defaults ?? {}
      return { title, type, gridPos, unit, thresholds: thresholds?.steps ?? [], lines: found.flat() }
    }),
  )

/** Panels in which there is nothing to see. */
export const emptyPanels = (panels: readonly FilledPanel[]): readonly string[] =>
  panels
    .filter(
      ({ type, lines }) => type !== 'row' && !lines.some(({ values }) => values.some(([, value]) => value !== null)),
    )
    .map(({ title }) => title)

const beside = (name: string): Promise<string> => readFile(new URL(`page/${name}`, import.meta.url), 'utf8')

/** The page of a dashboard, whole: what the browser is to show. */
export const drawnPage = async (title: string, panels: readonly FilledPanel[]): Promise<string> => {
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'))
  const [library, look, draw, own] = await Promise.all([
    readFile(join(uplot, 'dist/uPlot.iife.min.js'), 'utf8'),
    readFile(join(uplot, 'dist/uPlot.min.css'), 'utf8'),
    beside('draw-panels.js'),
    beside('look.css'),
  ])
  const drawing = JSON.stringify({ panels }).replaceAll('<', String.raw`\u003c`)
  const lowest = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h))
  return (
    `<!doctype html><meta charset="utf-8"><style>${look}${own} body{height:${lowest * 30 + 52}px}</style><body>` +
    `<h1>${title}<small>drawn from the dashboard's JSON by scripts/monitoring, not by Grafana</small></h1>` +
    `<script>${library}</script><script>const drawing = ${drawing}</script><script>${draw}</script>`
  )
}
