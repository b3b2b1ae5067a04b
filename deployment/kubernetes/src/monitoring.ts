import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import type { FleetlakeProps } from './props.ts'
import { OPS_TOKEN, SECRETS } from './secrets/secret-keys.ts'
import { SERVICES } from './services/service-facts.ts'

/** What the Prometheus operator asks for; of pods, since most services have no address. */
export const monitors = ({ monitoring }: FleetlakeProps): IPodMonitor[] =>
  monitoring?.podMonitor !== true
    ? []
    : [
        {
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'PodMonitor',
          metadata: { name: 'fleetlake' },
          spec: {
            selector: { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...SERVICES] }] },
            // The job of a series is its service, as in the dashboards.
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
        },
      ]
