import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject'
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import { reasonOf } from '@fleetlake/core'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim'
import { Secret } from 'kubernetes-models/v1/Secret'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import { watchKeys } from './watch-keys.ts'

const KINDS = [
  ConfigMap,
  Deployment,
  Ingress,
  Job,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  ScaledObject,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
]

/**
 * What Kubernetes' own schemas say against a manifest. They let unknown keys pass, as Kubernetes does, which then does nothing of what was meant; so a
 * key at which the validation of its schema does not look is a fault too.
 */
export const schemaFaults = (manifest: { readonly apiVersion: string; readonly kind: string }): string[] => {
  const { apiVersion, kind } = manifest
  const model = KINDS.find((each) => each.apiVersion === apiVersion && each.kind === kind)
  if (model === undefined) return [`no schema for ${apiVersion} ${kind}`]
  const { value, notLookedAt } = watchKeys(manifest)
  try {
    model.prototype.validate.call(value)
  } catch (error) {
    return [reasonOf(error)]
  }
  return notLookedAt().map((path) => `unknown key ${path}`)
}
