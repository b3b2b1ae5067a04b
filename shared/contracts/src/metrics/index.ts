export { METERED_SERVICES, type MeteredService, type Metric } from './metric.ts'
export { type LabelsOf, type MetricName, METRICS, type MetricsOfKind } from './metrics.ts'
