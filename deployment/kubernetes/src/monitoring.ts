import { readFileSync } from 'node:fs'
import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import { parse } from 'yaml'
import type { FleetlakeProps, MonitoringProps } from './props.ts'
import { OPS_TOKEN, SECRETS } from './secrets/secret-keys.ts'
import { SERVICES } from './services/service-facts.ts'

const alarmsFile = new URL('../../monitoring/prometheus/alerts.yml', import.meta.url)

/** What the Prometheus operator asks for, and the alarms that it raises. */
export const monitors = ({ monitoring }: FleetlakeProps): (IPodMonitor | IPrometheusRule)[] =>
  monitoring?.prometheusOperator === true ? [podMonitor(monitoring), alarms(monitoring)] : []

const metadata = ({ labels }: MonitoringProps) => ({ name: 'fleetlake', ...(labels === undefined ? {} : { labels }) })

/** Of pods, since most services have no address. */
const podMonitor = (monitoring: MonitoringProps): IPodMonitor => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: metadata(monitoring),
  spec: {
    selector: { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...SERVICES] }] },
    // The job of a series is its service, as dashboards and alarms have it.
    jobLabel: 'app.kubernetes.io/name',
    podMetricsEndpoints: [
      {
        port: 'ops',
        path: '/metrics',
        interval: '15s',
        authorization: { type: 'Bearer', credentials: { name: SECRETS.ops, key: OPS_TOKEN } },
      },
    ],
  },
})

const alarms = (monitoring: MonitoringProps): IPrometheusRule => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: metadata(monitoring),
  spec: parse(readFileSync(alarmsFile, 'utf8')) as NonNullable<IPrometheusRule['spec']>,
})
