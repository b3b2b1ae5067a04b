import type { LabelsOf, MetricName, MetricsOfKind } from '@fleetlake/contracts'

/** The labels that a metric asks for. */
type Labelled<Name extends MetricName> = LabelsOf<Name> extends undefined ? [] : [labels: LabelsOf<Name>]

/** Where a service says what it does. What is said of a metric that is not among its service's counts for nothing. */
export interface Metrics {
  /** Whether somebody may ask: what is costly to find out is left alone where nobody can. */
  readonly isTold: boolean
  /** A counter goes up. */
  add<Name extends MetricsOfKind<'counter'>>(name: Name, by: number, ...labels: Labelled<Name>): void
  /** A counter is now at least at a total that is counted elsewhere. */
  raise<Name extends MetricsOfKind<'counter'>>(name: Name, total: number, ...labels: Labelled<Name>): void
  /** @param value undefined when it is not known: then it is not there */
  set<Name extends MetricsOfKind<'gauge'>>(name: Name, value: number | undefined, ...labels: Labelled<Name>): void
  /** All that a gauge says: what is not among them is not there any more. */
  replace<Name extends MetricsOfKind<'gauge'>>(
    name: Name,
    series: readonly (readonly [value: number, labels: LabelsOf<Name>])[],
  ): void
  observe<Name extends MetricsOfKind<'histogram'>>(name: Name, seconds: number, ...labels: Labelled<Name>): void
  /** Has something looked at before each scrape, which waits for it a while. */
  onScrape(look: () => void | Promise<void>): void
}

/** Where nobody asks. */
export const NO_METRICS: Metrics = {
  isTold: false,
  add: () => {},
  raise: () => {},
  set: () => {},
  replace: () => {},
  observe: () => {},
  onScrape: () => {},
}
