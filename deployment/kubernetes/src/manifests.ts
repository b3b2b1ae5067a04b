import type { INamespace } from 'kubernetes-models/v1/Namespace'
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import { configMaps } from './config-maps.ts'
import { hubServers } from './hub/hub-servers.ts'
import type { Manifest } from './manifest.ts'
import { monitors } from './monitoring.ts'
import { HUB, PART_OF } from './names.ts'
import { addresses } from './network/addresses.ts'
import { ingress } from './network/ingress.ts'
import { networkPolicies } from './network/network-policies.ts'
import type { FleetlakeProps } from './props.ts'
import { disruptionBudgets } from './scaling/disruption-budgets.ts'
import { scaledServices } from './scaling/scaled-services.ts'
import { archiveVolume } from './services/archive-volume.ts'
import { checkNumbers } from './services/check-numbers.ts'
import { SERVICES } from './services/service-facts.ts'
import { identityOf } from './services/pod-parts.ts'
import { servicePods } from './services/service-pods.ts'

/**
 * All of Fleetlake in one namespace, in the order in which it is applied.
 * @throws FleetError `config.invalid` where the cluster's settings, or its numbers of services, are wrong
 */
export const manifestsOf = (props: FleetlakeProps): Manifest[] => {
  checkNumbers(props)
  const present = SERVICES.filter((service) => props.services[service].replicas > 0)
  const manifests: Manifest[] = [
    ...networkPolicies(props),
    serviceAccount(HUB, {}),
    ...present.map((service) => serviceAccount(service, identityOf(service, props)?.serviceAccountAnnotations ?? {})),
    ...configMaps(props),
    ...archiveVolume(props),
    ...addresses(props),
    hubServers(props),
    ...present.map((service) => servicePods(service, props)),
    ...disruptionBudgets(props),
    ...scaledServices(props),
    ...monitors(props),
    ingress(props),
  ]
  return [namespace(props), ...manifests.map((manifest) => within(props, manifest))]
}

/** The cluster itself refuses pods there that ask for more than they need. */
const namespace = ({ namespace: name }: FleetlakeProps): INamespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...PART_OF, 'pod-security.kubernetes.io/enforce': 'restricted' } },
})

const serviceAccount = (name: string, annotations: Readonly<Record<string, string>>): IServiceAccount => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
  automountServiceAccountToken: false,
})

const within = ({ namespace: name }: FleetlakeProps, manifest: Manifest): Manifest => ({
  ...manifest,
  metadata: {
    ...manifest.metadata,
    namespace: name,
    labels: { ...PART_OF, ...manifest.metadata?.labels },
  },
})
