import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel,
  RowBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import { ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { DashboardSpec, PanelKind, PanelSpec } from './panel.ts'

const SOURCE = { type: 'prometheus', uid: '${source}' }
const HEIGHTS: Readonly<Record<PanelKind, number>> = { stat: 4, timeseries: 8, table: 8 }
const REFS = 'ABCDEFGH'

const PLAIN = 'text'
const OK = 'green'
const BAD = 'red'

const thresholdsOf = ({ badFrom }: PanelSpec): Threshold[] =>
  badFrom === undefined
    ? [{ value: null, color: PLAIN }]
    : [
        { value: null, color: OK },
        { value: badFrom, color: BAD },
      ]

const emptyPanel = (kind: PanelKind): StatBuilder | TableBuilder | TimeseriesBuilder => {
  if (kind === 'table') return new TableBuilder()
  if (kind === 'timeseries') return new TimeseriesBuilder().lineWidth(1)
  return new StatBuilder().reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
}

const panelOf = (spec: PanelSpec): Builder<Panel> => {
  const { title, about, kind, unit, width } = spec
  const panel = emptyPanel(kind)
  panel.title(title).description(about).unit(unit).datasource(SOURCE).span(width).height(HEIGHTS[kind])
  if (kind === 'stat') {
    const thresholds = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(thresholdsOf(spec))
    panel.thresholds(thresholds)
  }
  for (const [i, { expr, legend }] of spec.queries.entries()) {
    const query = new DataqueryBuilder().refId(REFS[i]).expr(expr).legendFormat(legend)
    panel.withTarget(kind === 'table' ? query.instant().format(PromQueryFormat.Table) : query.range())
  }
  return panel
}

/** A dashboard as Grafana reads it. */
export const buildDashboard = ({ uid, title, about, rows }: DashboardSpec): Dashboard => {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags(['fleetlake'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('15s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(new DatasourceVariableBuilder('source').label('Prometheus').type('prometheus'))
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title))
    for (const panel of row.panels) dashboard.withPanel(panelOf(panel))
  }
  const { panels = [], ...built } = dashboard.build()
  return { ...built, panels: panels.map((panel, i) => ({ ...panel, id: i + 1 })) }
}
