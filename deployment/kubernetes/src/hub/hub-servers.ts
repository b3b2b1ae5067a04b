import { HUB_PORTS, passwordVariable, routeAddress, routeVariable, SERVER_NAME_VARIABLE } from '@fleetlake/nats-server'
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import type { IIoK8sApiCoreV1Container } from 'kubernetes-models/v1/Container'
import type { IIoK8sApiCoreV1EnvVar } from 'kubernetes-models/v1/EnvVar'
import { configVolume, settingsChecksum } from '../config-maps.ts'
import { HUB, HUB_SERVERS, labelsOf } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { hubSecrets } from '../secrets/secret-keys.ts'
import { CONTAINER_SECURITY, POD_SECURITY } from '../services/pod-security.ts'
import { withDisk } from '../services/resources.ts'
import { spreadOver } from '../services/spread.ts'
import { formatHubConfig, PID_FILE, PID_FOLDER, serverHosts, STORE_FOLDER } from './hub-config.ts'

const IMAGE = 'nats:2.15.1-alpine'
const CONFIG_FOLDER = '/etc/nats'
const STORE_VOLUME = 'store'

/** A server that hands over closes its clients one after the other, in 2 minutes at most. */
const GRACE_SECONDS = 150

/** nats-server, one or three of them, each with a volume of its own. */
export const hubServers = (props: FleetlakeProps): IStatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: HUB, labels: labelsOf(HUB) },
  spec: {
    serviceName: HUB_SERVERS,
    replicas: props.hub.servers,
    selector: { matchLabels: labelsOf(HUB) },
    // Servers find each other before they are ready, which they are only together; updates still go one by one.
    podManagementPolicy: 'Parallel',
    updateStrategy: { type: 'RollingUpdate' },
    revisionHistoryLimit: 3,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels: labelsOf(HUB), annotations: settingsChecksum(formatHubConfig(props)) },
      spec: {
        serviceAccountName: HUB,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: GRACE_SECONDS,
        securityContext: POD_SECURITY,
        topologySpreadConstraints: spreadOver(HUB, 'DoNotSchedule'),
        containers: [container(props)],
        volumes: [configVolume(HUB), { name: 'pid', emptyDir: { sizeLimit: '1Mi' } }],
      },
    },
    volumeClaimTemplates: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: STORE_VOLUME },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: `${props.hub.storageGiB}Gi` } },
          ...(props.hub.storageClass === undefined ? {} : { storageClassName: props.hub.storageClass }),
        },
      },
    ],
  },
})

const container = (props: FleetlakeProps): IIoK8sApiCoreV1Container => ({
  name: HUB,
  image: IMAGE,
  args: ['--config', `${CONFIG_FOLDER}/nats.conf`],
  ports: [
    { name: 'client', containerPort: HUB_PORTS.client },
    { name: 'websocket', containerPort: HUB_PORTS.websocket },
    { name: 'monitoring', containerPort: HUB_PORTS.monitoring },
    ...(props.hub.servers === 1 ? [] : [{ name: 'cluster', containerPort: HUB_PORTS.cluster }]),
  ],
  env: [...hubSecrets(), ...clusterVariables(props)],
  resources: withDisk(props.hub.resources, '1Gi'),
  // Until all its streams are recovered and up to date: the next server of an update is stopped only then.
  startupProbe: health('/healthz', { periodSeconds: 5, failureThreshold: 180 }),
  readinessProbe: health('/healthz?js-server-only=true', { periodSeconds: 5, failureThreshold: 3 }),
  // Not of JetStream: a server that has lost its peers is not better after a restart.
  livenessProbe: health('/healthz?js-enabled-only=true', { periodSeconds: 10, failureThreshold: 6 }),
  lifecycle: { preStop: { exec: { command: ['nats-server', '--signal', `ldm=${PID_FILE}`] } } },
  securityContext: CONTAINER_SECURITY,
  volumeMounts: [
    { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
    { name: 'pid', mountPath: PID_FOLDER },
    { name: STORE_VOLUME, mountPath: STORE_FOLDER },
  ],
})

const health = (path: string, timing: { periodSeconds: number; failureThreshold: number }) => ({
  httpGet: { path, port: 'monitoring' },
  timeoutSeconds: 5,
  ...timing,
})

/** A variable may name those before it. */
const clusterVariables = (props: FleetlakeProps): IIoK8sApiCoreV1EnvVar[] =>
  props.hub.servers === 1
    ? []
    : [
        { name: SERVER_NAME_VARIABLE, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ...serverHosts(props).map((host, index) => ({
          name: routeVariable(index),
          value: routeAddress(host, `$(${passwordVariable('route')})`),
        })),
      ]
