import type { Metric } from '../metrics/metric.ts'
import { METRICS } from '../metrics/metrics.ts'
import { tableRow } from './describe-schema.ts'
import { GENERATED } from './messages-reference.ts'

const labelText = ([label, values]: readonly [string, readonly string[]]): string =>
  values.length === 0 ? `\`${label}\`` : `\`${label}\`: ${values.join(', ')}`

const labelsText = ({ labels = {} }: Metric): string => Object.entries(labels).map(labelText).join('; ')

const kindText = ({ kind, buckets }: Metric): string =>
  buckets === undefined ? kind : `${kind}: ${buckets.join(', ')}`

/** `docs/reference/metrics.md`. */
export const metricsReference = (): string =>
  `${[
    GENERATED,
    '# Metrics',
    '',
    'What services tell at `/metrics` ([how](../metrics.md)). No label names a person, a vehicle or a place. Times are seconds, sizes bytes; a',
    "histogram's numbers are the upper bounds of its buckets. Counters begin with 0 when their process does.",
    '',
    '| metric | kind | labels | services | meaning |',
    '|---|---|---|---|---|',
    ...Object.entries<Metric>(METRICS).map(([name, metric]) =>
      tableRow(`\`${name}\``, kindText(metric), labelsText(metric), metric.services.join(', '), metric.help),
    ),
  ].join('\n')}\n`
