import type { FleetlakeProps, Resources } from '../props.ts'

/** Memory that is asked for is memory that there is: a pod that takes more than its node has is ended in the middle of its work. */
const sized = (cpu: string, memory: string, mostCpu: string): Resources => ({
  requests: { cpu, memory },
  limits: { cpu: mostCpu, memory },
})

/** Several nodes in three zones, an S3 server of one's own, KEDA and the Prometheus operator; what clouds differ in is in files of their own. */
export const production: FleetlakeProps = {
  namespace: 'fleetlake',
  image: 'registry.example.com/fleetlake:0.1.0',
  host: 'fleet.example.com',
  ingress: {
    className: 'traefik',
    annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
    tlsSecret: 'fleetlake-tls',
    controllerNamespace: 'traefik',
  },
  hub: { servers: 3, storageGiB: 50, syncInterval: 'always', resources: sized('500m', '2Gi', '2') },
  archive: {
    kind: 'objects',
    path: 's3://fleetlake/archive',
    secretVariables: ['FLEET_ARCHIVE_S3_ACCESS_KEY_ID', 'FLEET_ARCHIVE_S3_SECRET_ACCESS_KEY'],
  },
  services: {
    collector: { replicas: 2, mostReplicas: 8, resources: sized('250m', '1Gi', '2') },
    compactor: { replicas: 1, resources: sized('250m', '1536Mi', '2') },
    projector: { replicas: 2, resources: sized('250m', '1536Mi', '2') },
    finder: { replicas: 2, mostReplicas: 16, resources: sized('250m', '1536Mi', '4') },
    generator: { replicas: 0, resources: sized('250m', '512Mi', '2') },
    viewer: { replicas: 1, resources: sized('100m', '1Gi', '2') },
    gateway: { replicas: 2, resources: sized('100m', '512Mi', '2') },
  },
  podNetworks: ['10.42.0.0/16'],
  drainMs: 10_000,
  monitoring: { namespace: 'monitoring', prometheusOperator: true, labels: { release: 'kube-prometheus-stack' } },
  autoscalingBy: 'http://prometheus-operated.monitoring:9090',
  settings: {
    hub: { maxBytesPerPartition: '4 GiB' },
    archive: { s3: { endpoint: 'https://s3.example.com', region: 'eu-central-1' } },
    viewer: { importBytes: '4 GiB' },
  },
}
