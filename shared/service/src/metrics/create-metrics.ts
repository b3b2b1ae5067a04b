import { type MeteredService, type Metric, METRICS } from '@fleetlake/contracts'
import { sleep } from '@fleetlake/core'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Metrics } from './metrics.ts'

export interface ToldMetrics extends Metrics {
  readonly contentType: string
  /** What a scrape is answered; scrapes at once share one. */
  text(): Promise<string>
}

/** A scraper has more patience than that, usually 10 s. */
const LOOK_MS = 3_000

type Labels = Record<string, string>
type Instrument = Counter | Gauge | Histogram

/** The metrics of a service, each known from the start with 0, and with each value of its labels where these are few. */
export const createMetrics = (service: MeteredService): ToldMetrics => {
  const registry = new Registry()
  const instruments = new Map<string, Instrument>()
  const totals = new Map<string, number>()
  const looks: (() => void | Promise<void>)[] = []
  for (const [name, metric] of Object.entries<Metric>(METRICS)) {
    if (metric.services.includes(service)) instruments.set(name, instrumentOf(name, metric, registry))
  }

  const find = <Kind extends Instrument>(name: string, kind: new (...given: never[]) => Kind): Kind | undefined => {
    const found = instruments.get(name)
    return found instanceof kind ? found : undefined
  }
  const look = async (): Promise<void> => {
    const patience = new AbortController()
    const looking = Promise.allSettled(looks.map(async (one) => one()))
    await Promise.race([looking, sleep(LOOK_MS, patience.signal)])
    patience.abort()
  }
  let telling: Promise<string> | undefined
  const tell = async (): Promise<string> => {
    await look()
    return registry.metrics()
  }

  return {
    isTold: true,
    contentType: registry.contentType,
    text: () => (telling ??= tell().finally(() => (telling = undefined))),
    add: (name, by, ...[labels = {}]) => find(name, Counter)?.inc(labels, by),
    raise: (name, total, ...[labels = {}]) => {
      const key = `${name} ${JSON.stringify(labels)}`
      const by = total - (totals.get(key) ?? 0)
      if (by <= 0) return
      totals.set(key, total)
      find(name, Counter)?.inc(labels, by)
    },
    set: (name, value, ...[labels = {}]) => {
      const gauge = find(name, Gauge)
      if (value === undefined) gauge?.remove(labels)
      else gauge?.set(labels, value)
    },
    replace: (name, series) => {
      const gauge = find(name, Gauge)
      clear(gauge)
      for (const [value, labels] of series) gauge?.set(labels as Labels, value)
    },
    observe: (name, seconds, ...[labels = {}]) => find(name, Histogram)?.observe(labels, seconds),
    onScrape: (one) => {
      looks.push(one)
    },
  }
}

const instrumentOf = (name: string, metric: Metric, registry: Registry): Instrument => {
  const { kind, help, labels = {}, buckets = [] } = metric
  const settings = { name, help, labelNames: Object.keys(labels), registers: [registry] }
  if (kind === 'gauge') {
    const gauge = new Gauge(settings)
    clear(gauge)
    return gauge
  }
  const known = combinationsOf(labels)
  if (kind === 'counter') {
    const counter = new Counter(settings)
    for (const each of known) counter.inc(each, 0)
    return counter
  }
  const histogram = new Histogram({ ...settings, buckets: [...buckets] })
  for (const each of known) histogram.zero(each)
  return histogram
}

/** It says nothing until it is set: one without labels would say 0. */
const clear = (gauge: Gauge | undefined): void => {
  gauge?.reset()
  gauge?.remove({})
}

/** Every combination of the values of labels; none where the values of one are not known. */
const combinationsOf = (labels: NonNullable<Metric['labels']>): Labels[] =>
  Object.entries(labels).reduce<Labels[]>(
    (all, [label, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  )
