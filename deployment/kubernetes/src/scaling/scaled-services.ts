import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject'
import type { FleetlakeProps } from '../props.ts'
import { SERVICES, type ServiceName } from '../services/service-facts.ts'

interface Load {
  /** What Prometheus is asked, of one namespace; it is divided by `perReplica`. */
  readonly query: (namespace: string) => string
  readonly perReplica: number
  /** Fewer only after this long with less to do: who goes hands over its partitions, or its searches. */
  readonly cooldownSeconds: number
}

/**
 * What says that more of a service are needed. The hub's own consumer lag says nothing, since consumers of Fleetlake are ephemeral.
 */
const LOADS: Partial<Readonly<Record<ServiceName, Load>>> = {
  // Of a partition one collector tells the lag; when it changes hands two may.
  collector: {
    query: (namespace) => `sum(max by (partition) (fleetlake_lag_rows{namespace="${namespace}"}))`,
    perReplica: 5_000_000,
    cooldownSeconds: 900,
  },
  finder: {
    query: (namespace) => `sum(fleetlake_tasks_queued{namespace="${namespace}"})`,
    perReplica: 64,
    cooldownSeconds: 300,
  },
}

export const isScaled = (service: ServiceName, { autoscalingBy, services }: FleetlakeProps): boolean => {
  const { replicas, mostReplicas = replicas } = services[service]
  return autoscalingBy !== undefined && LOADS[service] !== undefined && mostReplicas > replicas
}

/** For KEDA: how many collectors and finders there are. */
export const scaledServices = (props: FleetlakeProps): IScaledObject[] =>
  SERVICES.filter((service) => isScaled(service, props)).map((service) => scaledService(service, props))

const scaledService = (service: ServiceName, { namespace, autoscalingBy, services }: FleetlakeProps): IScaledObject => {
  const { query, perReplica, cooldownSeconds } = LOADS[service]!
  const { replicas, mostReplicas } = services[service]
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: service },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: service },
      minReplicaCount: replicas,
      maxReplicaCount: mostReplicas!,
      pollingInterval: 15,
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: { scaleDown: { stabilizationWindowSeconds: cooldownSeconds } },
        },
      },
      // Without Prometheus there are as many as without load, and no fewer than there were.
      fallback: { failureThreshold: 4, replicas, behavior: 'currentReplicasIfHigher' },
      triggers: [
        {
          type: 'prometheus',
          metricType: 'AverageValue',
          metadata: { serverAddress: autoscalingBy!, query: query(namespace), threshold: String(perReplica) },
        },
      ],
    },
  }
}
