import type { FleetlakeProps } from '../props.ts'
import { production } from './production.ts'

/**
 * GKE, and a Filestore volume for the archive: Cloud Storage does not know `If-None-Match` when it writes, without which two collectors could
 * write one version of the table (docs/cloud/gcp.md).
 */
export const gcp: FleetlakeProps = {
  ...production,
  image: 'europe-west3-docker.pkg.dev/acme-fleet/fleetlake/fleetlake:0.1.0',
  hub: { ...production.hub, storageClass: 'premium-rwo' },
  archive: { kind: 'volume', storageGiB: 1024, storageClass: 'standard-rwx', accessMode: 'ReadWriteMany' },
  podNetworks: ['10.4.0.0/14'],
  settings: { ...production.settings, archive: {} },
}
