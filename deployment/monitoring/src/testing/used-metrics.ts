import { type Metric, METRICS } from '@fleetlake/contracts'

/** What Prometheus adds to each series, and tells of each target. */
const OF_PROMETHEUS: ReadonlySet<string> = new Set(['job', 'instance', 'le', '__name__', 'alertname'])
const UP = 'up'

const SUFFIX = /_(bucket|count|sum)$/

/** The metric of a series: those of a histogram have suffixes. */
const metricOf = (series: string): string => {
  const histogram = series.replace(SUFFIX, '')
  return (METRICS as Record<string, Metric>)[histogram]?.kind === 'histogram' ? histogram : series
}

/** The metrics that a query names, whether there are such or not. */
export const metricsIn = (expr: string): readonly string[] => [
  ...new Set((expr.match(/\b(fleetlake|process|nodejs)_\w+/g) ?? []).map(metricOf)),
]

const labelsIn = (expr: string): readonly string[] => [
  ...[...expr.matchAll(/\{([^{}]*)\}/g)].flatMap(([, matchers]) => matchers.match(/\w+(?=\s*(=|!=|=~|!~)\s*")/g) ?? []),
  ...[...expr.matchAll(/\b(?:by|on|without|ignoring) \(([^)]*)\)/g)].flatMap(([, names]) =>
    names.split(',').map((name) => name.trim()),
  ),
]

/** What a query or its legend names and services do not tell. */
export const unknownIn = (expr: string, legend = ''): readonly string[] => {
  const metrics = metricsIn(expr)
  const known = METRICS as Record<string, Metric>
  const labels = new Set(metrics.flatMap((name) => Object.keys(known[name]?.labels ?? {})))
  const said = [...labelsIn(expr), ...[...legend.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g)].map(([, name]) => name)]
  return [
    ...metrics.filter((name) => known[name] === undefined),
    ...said.filter((label) => !labels.has(label) && !OF_PROMETHEUS.has(label)),
    ...(metrics.length === 0 && !new RegExp(`\\b${UP}\\b`).test(expr) ? [`no metric in ${expr}`] : []),
  ]
}
