import { JsonPatch } from 'cdk8s'
import { expect, test } from 'vitest'
import { production } from '../clusters/production.ts'
import { formatManifests } from '../format-manifests.ts'
import { manifestsOf } from '../manifests.ts'
import { secretKeys } from '../secrets/secret-keys.ts'
import { SERVICE_FACTS } from '../services/service-facts.ts'
import { readManifests } from '../testing/clusters.ts'
import type { Kind, Objects } from './objects.ts'
import { faultsOf } from './rules.ts'

const objects = readManifests(formatManifests(manifestsOf(production)))
const keys = secretKeys(production)

const { add, remove, replace } = JsonPatch
const POD = '/spec/template/spec'
const CONTAINER = `${POD}/containers/0`
const NAME = 'app.kubernetes.io~1name'

interface Breach {
  readonly of: readonly [kind: Kind, name: string]
  readonly by: JsonPatch
  readonly faults: readonly string[]
}

/** What is found once one object of production has been changed. */
const faultsWith = ({ of: [kind, name], by }: Breach): string[] =>
  faultsOf(
    objects.map((object) =>
      object.kind === kind && object.metadata?.name === name
        ? (JsonPatch.apply(structuredClone(object), by) as Objects[number])
        : object,
    ),
    keys,
  )

const finder = (by: JsonPatch, ...faults: string[]): Breach => ({ of: ['Deployment', 'finder'], by, faults })

/** Where a variable stands in the environment of the finder. */
const variable = (name: string): string => {
  const pods = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata?.name === 'finder')
  const { env } = (pods as { spec: { template: { spec: { containers: { env: { name: string }[] }[] } } } }).spec
    .template.spec.containers[0]
  return `${CONTAINER}/env/${env.findIndex((each) => each.name === name)}`
}

const OF_SCHEMAS: Readonly<Record<string, Breach>> = {
  'an unknown key': finder(
    add(`${CONTAINER}/enviroment`, []),
    'Deployment finder: unknown key /spec/template/spec/containers/0/enviroment',
  ),
  'an unknown key deep below': finder(
    add(`${CONTAINER}/securityContext/readOnly`, true),
    'Deployment finder: unknown key /spec/template/spec/containers/0/securityContext/readOnly',
  ),
  'an unknown key at the top': finder(add('/specs', {}), 'Deployment finder: unknown key /specs'),
  'a value of another type': finder(
    replace('/spec/revisionHistoryLimit', 'three'),
    'Deployment finder: data/spec/revisionHistoryLimit must be integer',
  ),
  'no key that has to be there': finder(
    remove('/spec/selector'),
    'Deployment finder: data/spec must have required property selector',
  ),
  'an unknown key of KEDA': {
    of: ['ScaledObject', 'finder'],
    by: add('/spec/maxReplicas', 3),
    faults: ['ScaledObject finder: unknown key /spec/maxReplicas'],
  },
  'an unknown key of the Prometheus operator': {
    of: ['PodMonitor', 'fleetlake'],
    by: add('/spec/podMetricsEndpoints/0/token', 'x'),
    faults: ['PodMonitor fleetlake: unknown key /spec/podMetricsEndpoints/0/token'],
  },
  'another version of an interface': {
    of: ['Ingress', 'fleetlake'],
    by: replace('/apiVersion', 'extensions/v1beta1'),
    faults: ['Ingress fleetlake: no schema for extensions/v1beta1 Ingress'],
  },
}

const OF_PODS: Readonly<Record<string, Breach>> = {
  'the user 0': finder(replace(`${POD}/securityContext/runAsUser`, 0), 'container finder runs as root'),
  'no word of users': finder(remove(`${POD}/securityContext/runAsNonRoot`), 'container finder runs as root'),
  'a root file system that can be written to': finder(
    replace(`${CONTAINER}/securityContext/readOnlyRootFilesystem`, false),
    'container finder may write to its root file system',
  ),
  'more rights': finder(
    remove(`${CONTAINER}/securityContext/allowPrivilegeEscalation`),
    'container finder may get more rights than it starts with',
  ),
  'a capability': finder(
    add(`${CONTAINER}/securityContext/capabilities/add`, ['NET_RAW']),
    'container finder keeps capabilities',
  ),
  'all capabilities': finder(
    remove(`${CONTAINER}/securityContext/capabilities`),
    'container finder keeps capabilities',
  ),
  'no seccomp profile': finder(
    remove(`${POD}/securityContext/seccompProfile`),
    'container finder has no seccomp profile',
  ),
  'no limit of memory': finder(
    remove(`${CONTAINER}/resources/limits/memory`),
    'container finder has no requests and limits of memory and processor',
  ),
  'no request of a processor': finder(
    remove(`${CONTAINER}/resources/requests/cpu`),
    'container finder has no requests and limits of memory and processor',
  ),
  'no probe of readiness': finder(remove(`${CONTAINER}/readinessProbe`), 'container finder has not all three probes'),
  'a probe of another port': finder(
    replace(`${CONTAINER}/livenessProbe/httpGet/port`, 'http'),
    'container finder is probed at a port that it does not have',
  ),
  'the latest image': finder(
    replace(`${CONTAINER}/image`, 'fleetlake:latest'),
    'container finder has an image without a version',
  ),
  'an image of any version': finder(
    replace(`${CONTAINER}/image`, 'registry.example.com:5000/fleetlake'),
    'container finder has an image without a version',
  ),
  'a mount without a volume': finder(
    remove(`${POD}/volumes/1`),
    'container finder mounts a volume that its pod does not have',
  ),
  'a token': finder(remove(`${POD}/automountServiceAccountToken`), 'pod finder gets a token of Kubernetes'),
  'too little time to stop': finder(
    replace(`${POD}/terminationGracePeriodSeconds`, 30),
    'pod finder is killed before it can stop',
  ),
  'too little time to drain': {
    of: ['Deployment', 'viewer'],
    by: replace(`${POD}/terminationGracePeriodSeconds`, 40),
    faults: ['pod viewer is killed before it can stop'],
  },
  'the network of the node': finder(
    add(`${POD}/hostNetwork`, true),
    'pod finder uses the node’s network, processes or files',
  ),
  'no spread over nodes': finder(
    remove(`${POD}/topologySpreadConstraints`),
    'pod finder may lie on one node with all others of its kind',
  ),
  'an account that is not there': finder(
    replace(`${POD}/serviceAccountName`, 'searcher'),
    'pod finder is of the ServiceAccount searcher, which is not there',
  ),
  'a number that KEDA says too': finder(
    add('/spec/replicas', 2),
    'ScaledObject finder and its Deployment both say how many there are',
  ),
  'a second viewer': {
    of: ['Deployment', 'viewer'],
    by: replace('/spec/replicas', 2),
    faults: [`there may be 2 of viewer: ${SERVICE_FACTS.viewer.alone}`],
  },
  'a second viewer by KEDA': {
    of: ['ScaledObject', 'finder'],
    by: replace('/spec/scaleTargetRef/name', 'viewer'),
    faults: [
      'ScaledObject finder and its Deployment both say how many there are',
      `there may be 16 of viewer: ${SERVICE_FACTS.viewer.alone}`,
    ],
  },
  'a budget of nothing': {
    of: ['PodDisruptionBudget', 'hub'],
    by: replace(`/spec/selector/matchLabels/${NAME}`, 'nats'),
    faults: ['PodDisruptionBudget hub is of no pods'],
  },
}

const OF_SETTINGS: Readonly<Record<string, Breach>> = {
  'an unknown setting': {
    of: ['ConfigMap', 'fleetlake'],
    by: replace('/data/fleet.yaml', 'finders: 3\n'),
    faults: ['ConfigMap fleetlake: ✖ Unrecognized key: "finders"'],
  },
  'a variable that is no setting': finder(
    add(`${CONTAINER}/env/-`, { name: 'FLEET_FINDER_TASKS', value: '3' }),
    'container finder: FLEET_FINDER_TASKS is no setting',
  ),
  'a value that a setting can’t have': finder(
    replace(`${variable('FLEET_OPS_PORT')}/value`, 'ops'),
    'container finder: FLEET_OPS_PORT can’t be "ops"',
  ),
  'a secret in the manifest': finder(
    replace(variable('FLEET_OPS_TOKEN'), { name: 'FLEET_OPS_TOKEN', value: 'seen-by-all-who-read-this' }),
    'container finder: FLEET_OPS_TOKEN is a secret, and stands in the manifest',
  ),
  'a key that no Secret has': finder(
    replace(`${variable('FLEET_OPS_TOKEN')}/valueFrom/secretKeyRef/key`, 'token'),
    'container finder asks for the key token of the Secret fleetlake-ops, which is not provided',
  ),
  'the password of another service': finder(
    replace(`${variable('FLEET_HUB_PASSWORD')}/valueFrom/secretKeyRef/key`, 'FLEET_HUB_PASSWORD_COLLECTOR'),
    'container finder gets to know FLEET_HUB_PASSWORD_COLLECTOR',
  ),
  'settings that are not there': finder(
    replace(`${POD}/volumes/0/configMap/name`, 'fleet'),
    'pod finder needs the ConfigMap fleet, which is not there',
  ),
  'a variable that the hub’s configuration names': {
    of: ['StatefulSet', 'hub'],
    by: remove(`${CONTAINER}/env/0`),
    faults: ['nats.conf names FLEET_HUB_PASSWORD_COLLECTOR, which its container does not have'],
  },
}

const OF_ADDRESSES: Readonly<Record<string, Breach>> = {
  'a Service for the world': {
    of: ['Service', 'viewer'],
    by: replace('/spec/type', 'LoadBalancer'),
    faults: ['Service viewer is reached from outside the cluster, which only the Ingress is'],
  },
  'a Service of no pods': {
    of: ['Service', 'viewer'],
    by: replace(`/spec/selector/${NAME}`, 'page'),
    faults: ['Service viewer selects the pods of 0 kinds', 'Service viewer: its pods have no port http'],
  },
  'a Service of all pods': {
    of: ['Service', 'viewer'],
    by: remove(`/spec/selector/${NAME}`),
    faults: ['Service viewer selects the pods of 7 kinds'],
  },
  'a port that pods don’t have': {
    of: ['Service', 'gateway'],
    by: replace('/spec/ports/0/targetPort', 3000),
    faults: ['Service gateway: its pods have no port http'],
  },
  'a Service that gives no names': {
    of: ['Service', 'hub-servers'],
    by: remove('/spec/clusterIP'),
    faults: ['StatefulSet hub: hub-servers gives its pods no names'],
  },
  'a path that leads nowhere': {
    of: ['Ingress', 'fleetlake'],
    by: replace('/spec/rules/0/http/paths/0/backend/service/port/name', 'ws'),
    faults: ['Ingress fleetlake: /hub leads to no port of a Service'],
  },
  'a host without TLS': {
    of: ['Ingress', 'fleetlake'],
    by: remove('/spec/tls'),
    faults: ['Ingress fleetlake: /hub is open without TLS', 'Ingress fleetlake: / is open without TLS'],
  },
  'another namespace': {
    of: ['ServiceAccount', 'finder'],
    by: replace('/metadata/namespace', 'default'),
    faults: ['ServiceAccount finder is in no namespace of ours'],
  },
}

const OF_NETWORK: Readonly<Record<string, Breach>> = {
  'a denial of what comes in only': {
    of: ['NetworkPolicy', 'deny-all'],
    by: replace('/spec/policyTypes', ['Ingress']),
    faults: ['no NetworkPolicy denies what none allows'],
  },
  'a denial with an exception': {
    of: ['NetworkPolicy', 'deny-all'],
    by: add('/spec/egress', [{}]),
    faults: ['no NetworkPolicy denies what none allows'],
  },
  'a port that nobody has': {
    of: ['NetworkPolicy', 'gateway'],
    by: replace('/spec/ingress/0/ports/0/port', 3101),
    faults: [
      'NetworkPolicy gateway is of port 3101, which no container has',
      'viewer to gateway at 3100 goes out and does not come in',
      'viewer to gateway at 3101 comes in and does not go out',
    ],
  },
  'a policy of no pods': {
    of: ['NetworkPolicy', 'finder'],
    by: replace(`/spec/podSelector/matchLabels/${NAME}`, 'finders'),
    faults: ['NetworkPolicy finder is of port 9464, which no container has', 'NetworkPolicy finder is of no pods'],
  },
  'one side only': {
    of: ['NetworkPolicy', 'collector'],
    by: remove('/spec/egress/0'),
    faults: ['collector to hub at 4222 comes in and does not go out'],
  },
}

test.each(Object.entries({ ...OF_SCHEMAS, ...OF_PODS, ...OF_SETTINGS, ...OF_ADDRESSES, ...OF_NETWORK }))(
  '%s is found',
  (_, breach) => {
    expect(faultsWith(breach)).toEqual(breach.faults)
  },
)
