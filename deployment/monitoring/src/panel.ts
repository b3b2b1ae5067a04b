/** What a panel shows, in terms of Grafana: a number, lines over time, or a table of the last values. */
export type PanelKind = 'stat' | 'timeseries' | 'table'

/** Units of Grafana's, those that are used here. */
export type Unit = 'short' | 'bytes' | 'Bps' | 's' | 'percentunit' | 'rowsps' | 'reqps' | 'ops'

export interface Query {
  /** PromQL. */
  readonly expr: string
  /** Of a line, with labels in double braces. */
  readonly legend: string
}

/** One panel. Invariant: it says in a sentence what a reader is to make of it. */
export interface PanelSpec {
  readonly title: string
  readonly about: string
  readonly kind: PanelKind
  readonly unit: Unit
  readonly queries: readonly Query[]
  /** Of 24 columns. */
  readonly width: number
  /** A stat is red from here on. */
  readonly badFrom?: number
}

export interface RowSpec {
  readonly title: string
  readonly panels: readonly PanelSpec[]
}

export interface DashboardSpec {
  /** Of its file and its address. */
  readonly uid: string
  readonly title: string
  readonly about: string
  readonly rows: readonly RowSpec[]
}

export const lines = (
  title: string,
  unit: Unit,
  width: number,
  about: string,
  queries: readonly Query[],
): PanelSpec => ({
  title,
  about,
  kind: 'timeseries',
  unit,
  width,
  queries,
})

export const number = (
  title: string,
  unit: Unit,
  about: string,
  expr: string,
  thresholds: Pick<PanelSpec, 'badFrom'> = {},
): PanelSpec => ({ title, about, kind: 'stat', unit, width: 4, queries: [{ expr, legend: '' }], ...thresholds })

/** Medians and the slow ones of a histogram. */
export const quantiles = (metric: string, by = ''): readonly Query[] =>
  [0.5, 0.95].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket[$__rate_interval])))`,
    legend: `${by === '' ? '' : `{{${by}}} `}${quantile === 0.5 ? 'median' : '95 of 100'}`,
  }))

/** How fast a counter grows, summed up. */
export const rateOf = (metric: string, legend: string, by = ''): Query => ({
  expr: `sum${by === '' ? '' : ` by (${by})`} (rate(${metric}[$__rate_interval]))`,
  legend,
})
