/* Draws the panels of a dashboard: runs in a browser, on the page that draw-dashboard.ts makes; `uPlot` and `drawing` are there. */
/* global document, uPlot, drawing */

const COLORS = [
  '#7eb26d',
  '#eab839',
  '#6ed0e0',
  '#ef843c',
  '#e24d42',
  '#5195ce',
  '#ba43a9',
  '#9a86d8',
  '#8ab8ff',
  '#b7dbab',
]
const CELL = { width: 1600 / 24, height: 30 }
const LEGEND_LINES = 2

const scaled = (value, steps, base) => {
  let at = 0
  while (Math.abs(value) >= base && at < steps.length - 1) {
    value /= base
    at++
  }
  return `${Number(value.toPrecision(3))}${steps[at]}`
}
const seconds = (value) => {
  const size = Math.abs(value)
  if (size === 0) return '0 s'
  if (size < 0.001) return `${Number((value * 1e6).toPrecision(3))} µs`
  if (size < 1) return `${Number((value * 1e3).toPrecision(3))} ms`
  if (size < 90) return `${Number(value.toPrecision(3))} s`
  return size < 5400 ? `${Number((value / 60).toPrecision(3))} min` : `${Number((value / 3600).toPrecision(3))} h`
}
const FORMATS = {
  s: seconds,
  bytes: (value) => scaled(value, [' B', ' KiB', ' MiB', ' GiB', ' TiB'], 1024),
  Bps: (value) => scaled(value, [' B/s', ' kB/s', ' MB/s', ' GB/s'], 1000),
  percentunit: (value) => `${Number((value * 100).toPrecision(3))} %`,
  rowsps: (value) => `${scaled(value, ['', ' K', ' M'], 1000)} rows/s`,
  reqps: (value) => `${scaled(value, ['', ' K', ' M'], 1000)} req/s`,
  ops: (value) => `${scaled(value, ['', ' K', ' M'], 1000)}/s`,
  short: (value) => scaled(value, ['', ' K', ' M', ' G'], 1000),
}

const add = (parent, className, text = '') => {
  const element = document.createElement('div')
  element.className = className
  element.textContent = text
  parent.append(element)
  return element
}

const drawStat = (box, { lines, thresholds }, show) => {
  const value = lines[0]?.values.at(-1)?.[1]
  const color = thresholds.findLast((step) => step.value === null || (value ?? 0) >= step.value)?.color
  add(box, `number ${color ?? 'text'}`, value === undefined || value === null ? 'no data' : show(value))
}

const drawTable = (box, { lines }) => {
  for (const { labels } of lines) {
    add(
      box,
      'line',
      Object.entries(labels)
        .map(([name, value]) => `${name}: ${value}`)
        .join('   '),
    )
  }
}

const drawLines = (box, { lines, width, height }, show) => {
  if (lines.length === 0) return add(box, 'empty', 'no data')
  const times = [...new Set(lines.flatMap(({ values }) => values.map(([time]) => time)))].toSorted((a, b) => a - b)
  const columns = lines.map(({ values }) => {
    const at = new Map(values)
    return times.map((time) => at.get(time) ?? null)
  })
  const axis = {
    stroke: '#9aa',
    grid: { stroke: '#2a2d33', width: 1 },
    ticks: { show: false },
    font: '11px sans-serif',
  }
  const options = {
    width: width - 16,
    height: height - 46 - LEGEND_LINES * 14,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true }, y: { range: (_, least, most) => [Math.min(0, least), most > 0 ? most * 1.1 : 1] } },
    axes: [axis, { ...axis, size: 74, values: (_, splits) => splits.map(show) }],
    series: [
      {},
      ...lines.map((_, i) => ({
        stroke: COLORS[i % COLORS.length],
        width: 1.4,
        points: { show: false },
        spanGaps: false,
      })),
    ],
  }
  box.append(new uPlot(options, [times, ...columns]).root)
  const legend = add(box, 'legend')
  for (const [i, { name }] of lines.entries()) {
    const entry = add(legend, 'entry', name)
    entry.style.setProperty('--color', COLORS[i % COLORS.length])
  }
}

for (const panel of drawing.panels) {
  const { x, y, w, h } = panel.gridPos
  const [width, height] = [w * CELL.width, h * CELL.height]
  const box = add(document.body, `panel ${panel.type}`)
  box.style.cssText = `left:${x * CELL.width}px;top:${y * CELL.height + 44}px;width:${width - 8}px;height:${height - 8}px`
  add(box, 'title', panel.title)
  const show = FORMATS[panel.unit] ?? FORMATS.short
  if (panel.type === 'stat') drawStat(box, panel, show)
  if (panel.type === 'table') drawTable(box, panel)
  if (panel.type === 'timeseries') drawLines(box, { ...panel, width, height }, show)
}
document.body.dataset.drawn = 'yes'
