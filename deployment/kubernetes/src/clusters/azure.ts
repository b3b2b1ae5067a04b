import type { FleetlakeProps } from '../props.ts'
import { production } from './production.ts'

/** AKS, Blob, and a managed identity (workload identity) with `deployment/cloud/azure/archive-identity.json`. */
export const azure: FleetlakeProps = {
  ...production,
  image: 'acmefleet.azurecr.io/fleetlake:0.1.0',
  hub: { ...production.hub, storageClass: 'managed-csi-premium' },
  archive: { kind: 'objects', path: 'azure://archive/fleet', secretVariables: [] },
  podNetworks: ['10.244.0.0/16'],
  identity: {
    serviceAccountAnnotations: { 'azure.workload.identity/client-id': '00000000-0000-0000-0000-000000000000' },
    podLabels: { 'azure.workload.identity/use': 'true' },
    egress: [],
  },
  settings: { ...production.settings, archive: { azure: { account: 'acmefleet' } } },
}
