import type { FleetlakeProps, Resources } from '../props.ts'

/** What a service takes when it does little (docs/operations/kubernetes.md), and what it may take. */
const small = (memory: string, most: string): Resources => ({
  requests: { cpu: '50m', memory },
  limits: { cpu: '2', memory: most },
})

/** One node, a volume for the archive, one of everything. */
export const laptop: FleetlakeProps = {
  namespace: 'fleetlake',
  image: 'fleetlake:0.1.0',
  host: 'fleet.localhost',
  ingress: { className: 'traefik', annotations: {}, tlsSecret: 'fleetlake-tls', controllerNamespace: 'kube-system' },
  hub: { servers: 1, storageGiB: 4, syncInterval: '10s', resources: small('128Mi', '1Gi') },
  archive: { kind: 'volume', storageGiB: 10, accessMode: 'ReadWriteOnce' },
  services: {
    collector: { replicas: 1, resources: small('384Mi', '1Gi') },
    compactor: { replicas: 1, resources: small('192Mi', '1536Mi') },
    projector: { replicas: 1, resources: small('192Mi', '1536Mi') },
    finder: { replicas: 1, resources: small('256Mi', '1536Mi') },
    generator: { replicas: 1, resources: small('192Mi', '512Mi') },
    viewer: { replicas: 1, resources: small('192Mi', '1Gi') },
    gateway: { replicas: 1, resources: small('192Mi', '512Mi') },
  },
  podNetworks: ['10.42.0.0/16'],
  drainMs: 0,
  settings: { hub: { maxBytesPerPartition: '256 MiB' } },
}
