import type { FleetlakeProps } from '../props.ts'
import { production } from './production.ts'

/** EKS, S3, and a role for service accounts (IRSA) with `deployment/cloud/aws/archive-policy.json`. */
export const aws: FleetlakeProps = {
  ...production,
  image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/fleetlake:0.1.0',
  hub: { ...production.hub, storageClass: 'gp3' },
  archive: { kind: 'objects', path: 's3://acme-fleet/archive', secretVariables: [] },
  podNetworks: ['10.0.0.0/16'],
  identity: {
    serviceAccountAnnotations: {
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/fleetlake-archive',
      'eks.amazonaws.com/sts-regional-endpoints': 'true',
    },
    podLabels: {},
    egress: [],
  },
  settings: { ...production.settings, archive: { s3: { region: 'eu-central-1' } } },
}
