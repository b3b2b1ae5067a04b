export { type Prometheus, providePrometheus } from './provide-prometheus.ts'
export { type PrometheusServer, type Series, startPrometheus } from './start-prometheus.ts'
