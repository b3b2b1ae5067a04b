import type { IIoK8sApiCoreV1ResourceRequirements } from 'kubernetes-models/v1/ResourceRequirements'
import type { ServiceName } from './services/service-facts.ts'

/** All that differs between one cluster and another; what is the same everywhere is in the manifests' own code. */
export interface FleetlakeProps {
  /** Everything lies in it, and goes with it. */
  readonly namespace: string
  /** With a version or a digest, never `latest`. */
  readonly image: string
  /** Name of the host by which people come, e.g. `fleet.example.com`. */
  readonly host: string
  readonly ingress: IngressProps
  readonly hub: HubProps
  readonly archive: ArchiveProps
  readonly services: Readonly<Record<ServiceName, ServiceProps>>
  /** Networks that pods have their addresses from: the gateway takes the word of proxies in them for where a request comes from. */
  readonly podNetworks: readonly string[]
  /** How long a service goes on, not ready any more, before it stops: as long as balancers take to see it. */
  readonly drainMs: number
  /** Who asks for metrics; nobody when missing. */
  readonly monitoring?: MonitoringProps
  /** KEDA asks this Prometheus for the lag of collectors and the queue of finders, e.g. `http://prometheus.monitoring:9090`; replicas are fixed when missing. */
  readonly autoscalingBy?: string
  /** By which a cloud knows a service as one that may use the archive. */
  readonly identity?: IdentityProps
  /** Further settings, as in fleet.yaml: they win over the repository's. */
  readonly settings: SettingsTree
}

export interface SettingsTree {
  readonly [name: string]: SettingsTree | string | number | boolean | readonly string[]
}

export interface IngressProps {
  readonly className: string
  readonly annotations: Readonly<Record<string, string>>
  /** Secret with the certificate of the host. */
  readonly tlsSecret: string
  /** Namespace of the Ingress controller: only from there the page and the hub's websocket are reached. */
  readonly controllerNamespace: string
}

export interface HubProps {
  /** 3 survive the loss of one. */
  readonly servers: 1 | 3
  /** Of each server's volume. */
  readonly storageGiB: number
  readonly storageClass?: string
  /** `always`, or how often a server writes to its disk for sure, e.g. `10s` (docs/durability.md). */
  readonly syncInterval: string
  readonly resources: Resources
}

/** A volume that all services share, or object storage. */
export type ArchiveProps = VolumeArchive | ObjectArchive

export interface VolumeArchive {
  readonly kind: 'volume'
  readonly storageGiB: number
  readonly storageClass?: string
  /** `ReadWriteOnce` where there is one node. */
  readonly accessMode: 'ReadWriteOnce' | 'ReadWriteMany'
}

export interface ObjectArchive {
  readonly kind: 'objects'
  /** `s3://bucket/prefix` or `azure://container/prefix` */
  readonly path: string
  /** Variables of settings whose values are in the Secret `fleetlake-archive`; none where the cloud knows the services. */
  readonly secretVariables: readonly string[]
}

export interface ServiceProps {
  /** As many at least; 0 leaves the service out. */
  readonly replicas: number
  /** As many at most with `autoscalingBy`; as many as `replicas` when missing. */
  readonly mostReplicas?: number
  readonly resources: Resources
}

export type Resources = Pick<Required<IIoK8sApiCoreV1ResourceRequirements>, 'requests' | 'limits'>

export interface MonitoringProps {
  /** Namespace of Prometheus: only from there metrics are reached. */
  readonly namespace: string
  /** Whether the Prometheus operator is told what to ask for and which alarms to raise; without it Prometheus has to be configured. */
  readonly prometheusOperator: boolean
  /** By which the operator's Prometheus finds what it is told (`podMonitorSelector`, `ruleSelector`), e.g. the `release` of kube-prometheus-stack; none when missing. */
  readonly labels?: Readonly<Record<string, string>>
}

export interface IdentityProps {
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>
  readonly podLabels: Readonly<Record<string, string>>
  /** Where pods get the cloud's tokens from, beside https addresses. */
  readonly egress: readonly { readonly cidr: string; readonly port: number }[]
}
