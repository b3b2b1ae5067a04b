import { passwordVariable } from '@fleetlake/nats-server'
import { serviceUser } from '@fleetlake/contracts'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IIoK8sApiCoreV1Container } from 'kubernetes-models/v1/Container'
import type { IIoK8sApiCoreV1EnvVar } from 'kubernetes-models/v1/EnvVar'
import { configVolume, settingsChecksum } from '../config-maps.ts'
import { CONFIG_MAP, labelsOf } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { isScaled } from '../scaling/scaled-services.ts'
import { archiveVariables, OPS_TOKEN, ownSecrets, SECRETS, secretVariable } from '../secrets/secret-keys.ts'
import { formatSettings } from '../settings.ts'
import { archiveMount, CONFIG_FOLDER, folderMount, identityOf, type Mounted } from './pod-parts.ts'
import { CONTAINER_SECURITY, POD_SECURITY } from './pod-security.ts'
import { withDisk } from './resources.ts'
import { type Folder, graceSeconds, OPS_PORT, SERVICE_FACTS, type ServiceName, TEMPORARY } from './service-facts.ts'
import { spreadOver } from './spread.ts'

/** A service's pods. */
export const servicePods = (service: ServiceName, props: FleetlakeProps): IDeployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: service, labels: labelsOf(service) },
  spec: {
    // Who scales them says how many there are.
    ...(isScaled(service, props) ? {} : { replicas: props.services[service].replicas }),
    selector: { matchLabels: labelsOf(service) },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    revisionHistoryLimit: 3,
    template: {
      metadata: {
        labels: { ...labelsOf(service), ...identityOf(service, props)?.podLabels },
        annotations: settingsChecksum(formatSettings(props)),
      },
      spec: {
        serviceAccountName: service,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: graceSeconds(service, props.drainMs),
        securityContext: POD_SECURITY,
        topologySpreadConstraints: spreadOver(service, 'ScheduleAnyway'),
        containers: [container(service, props)],
        volumes: [configVolume(CONFIG_MAP), ...mountsOf(service, props).map(({ volume }) => volume)],
      },
    },
  },
})

const container = (service: ServiceName, props: FleetlakeProps): IIoK8sApiCoreV1Container => {
  const { port } = SERVICE_FACTS[service]
  return {
    name: service,
    image: props.image,
    args: [service],
    ports: [
      { name: 'ops', containerPort: OPS_PORT },
      ...(port === undefined ? [] : [{ name: 'http', containerPort: port }]),
    ],
    env: variables(service, props),
    resources: withDisk(props.services[service].resources, diskOf(service)),
    // A service that waits for the hub has started: it is alive, and not ready.
    startupProbe: probe('/healthz', { periodSeconds: 2, failureThreshold: 60 }),
    readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 2 }),
    livenessProbe: probe('/healthz', { periodSeconds: 10, failureThreshold: 6 }),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
      ...mountsOf(service, props).map(({ mount }) => mount),
    ],
  }
}

const variables = (service: ServiceName, props: FleetlakeProps): IIoK8sApiCoreV1EnvVar[] => [
  { name: 'FLEET_CONFIG', value: `${CONFIG_FOLDER}/fleet.yaml` },
  { name: 'FLEET_HUB_USER', value: serviceUser(service) },
  secretVariable(SECRETS.hub, 'FLEET_HUB_PASSWORD', passwordVariable(service)),
  { name: 'FLEET_OPS_HOST', value: '0.0.0.0' },
  { name: 'FLEET_OPS_PORT', value: String(OPS_PORT) },
  secretVariable(SECRETS.ops, OPS_TOKEN),
  ...(SERVICE_FACTS[service].drains && props.drainMs > 0
    ? [{ name: 'FLEET_SERVICE_DRAIN_MS', value: String(props.drainMs) }]
    : []),
  ...(SERVICE_FACTS[service].usesArchive
    ? archiveVariables(props).map((variable) => secretVariable(SECRETS.archive, variable))
    : []),
  ...ownSecrets(service, props),
]

const probe = (path: string, timing: { periodSeconds: number; failureThreshold: number }) => ({
  httpGet: { path, port: 'ops' },
  timeoutSeconds: 5,
  ...timing,
})

const foldersOf = (service: ServiceName): readonly Folder[] => [TEMPORARY, ...SERVICE_FACTS[service].folders]

/** The folders of a service, and the archive where it uses one that is a volume. */
const mountsOf = (service: ServiceName, props: FleetlakeProps): Mounted[] => [
  ...foldersOf(service).map(folderMount),
  ...(SERVICE_FACTS[service].usesArchive ? archiveMount(props) : []),
]

/** Its folders, and its log. */
const diskOf = (service: ServiceName): string =>
  `${foldersOf(service).reduce((sum, { mostGiB }) => sum + mostGiB, 1)}Gi`
