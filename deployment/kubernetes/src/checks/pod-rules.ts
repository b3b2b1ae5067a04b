import type { IIoK8sApiCoreV1Container } from 'kubernetes-models/v1/Container'
import { SERVICE_FACTS, SERVICES, STOP_SECONDS } from '../services/service-facts.ts'
import { ofKind, type Pods, podsOf, type Rule, selects } from './objects.ts'

/** What is demanded of each container. */
const OF_CONTAINERS: Readonly<Record<string, (container: IIoK8sApiCoreV1Container, pods: Pods) => boolean>> = {
  'runs as root': ({ securityContext }, { spec }) =>
    (securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) !== true ||
    (securityContext?.runAsUser ?? spec.securityContext?.runAsUser ?? 0) === 0,
  'may write to its root file system': ({ securityContext }) => securityContext?.readOnlyRootFilesystem !== true,
  'may get more rights than it starts with': ({ securityContext }) =>
    securityContext?.allowPrivilegeEscalation !== false,
  'keeps capabilities': ({ securityContext }) =>
    securityContext?.capabilities?.drop?.includes('ALL') !== true || securityContext.capabilities.add !== undefined,
  'has no seccomp profile': ({ securityContext }, { spec }) =>
    (securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type !== 'RuntimeDefault',
  'has no requests and limits of memory and processor': ({ resources }) =>
    [resources?.requests, resources?.limits].some((each) => each?.memory === undefined || each.cpu === undefined),
  'has not all three probes': ({ startupProbe, readinessProbe, livenessProbe }, { endsItself }) =>
    !endsItself && [startupProbe, readinessProbe, livenessProbe].includes(undefined),
  'is probed at a port that it does not have': ({ startupProbe, readinessProbe, livenessProbe, ports = [] }) =>
    [startupProbe, readinessProbe, livenessProbe].some(
      (probe) => probe?.httpGet !== undefined && !ports.some(({ name }) => name === probe.httpGet?.port),
    ),
  'has an image without a version': ({ image = '' }) => !/:[^/:]+$|@sha256:/.test(image) || image.endsWith(':latest'),
  'mounts a volume that its pod does not have': ({ volumeMounts = [] }, { spec, name }) =>
    volumeMounts.some(
      (mount) =>
        !spec.volumes?.some((volume) => volume.name === mount.name) && !(name === 'hub' && mount.name === 'store'),
    ),
}

/** What is demanded of each pod. */
const OF_PODS: Readonly<Record<string, (pods: Pods) => boolean>> = {
  'gets a token of Kubernetes': ({ spec }) => spec.automountServiceAccountToken !== false,
  'is killed before it can stop': ({ spec: { terminationGracePeriodSeconds = 30 }, containers }) =>
    terminationGracePeriodSeconds <= STOP_SECONDS + drainSecondsOf(containers),
  'uses the node’s network, processes or files': ({ spec }) =>
    spec.hostNetwork === true ||
    spec.hostPID === true ||
    spec.volumes?.some(({ hostPath }) => hostPath !== undefined) === true,
  'is not what its maker selects': ({ selector, labels }) =>
    !selects(selector, labels) || Object.keys(selector).length === 0,
  'may lie on one node with all others of its kind': ({ spec, labels, endsItself }) =>
    !endsItself &&
    spec.topologySpreadConstraints?.some(
      ({ topologyKey, labelSelector }) =>
        topologyKey === 'kubernetes.io/hostname' && selects(labelSelector?.matchLabels, labels),
    ) !== true,
}

const drainSecondsOf = (containers: readonly IIoK8sApiCoreV1Container[]): number =>
  Math.max(
    0,
    ...containers.flatMap(({ env = [] }) =>
      env.filter(({ name }) => name === 'FLEET_SERVICE_DRAIN_MS').map(({ value }) => Number(value) / 1000),
    ),
  )

const containers: Rule = (objects) =>
  podsOf(objects).flatMap((pods) =>
    pods.containers.flatMap((container) =>
      Object.entries(OF_CONTAINERS)
        .filter(([, isBroken]) => isBroken(container, pods))
        .map(([breach]) => `container ${container.name} ${breach}`),
    ),
  )

const pods: Rule = (objects) =>
  podsOf(objects).flatMap((each) =>
    Object.entries(OF_PODS)
      .filter(([, isBroken]) => isBroken(each))
      .map(([breach]) => `pod ${each.name} ${breach}`),
  )

const accounts: Rule = (objects) => {
  const named = ofKind(objects, 'ServiceAccount')
  return podsOf(objects)
    .filter(({ spec }) => !named.some(({ metadata }) => metadata?.name === spec.serviceAccountName))
    .map(({ name, spec }) => `pod ${name} is of the ServiceAccount ${spec.serviceAccountName}, which is not there`)
}

const budgets: Rule = (objects) =>
  ofKind(objects, 'PodDisruptionBudget')
    .filter(({ spec }) => !podsOf(objects).some(({ labels }) => selects(spec?.selector?.matchLabels, labels)))
    .map(({ metadata }) => `PodDisruptionBudget ${metadata?.name} is of no pods`)

const scaled: Rule = (objects) =>
  ofKind(objects, 'ScaledObject').flatMap(({ metadata, spec }) => {
    const target = ofKind(objects, 'Deployment').find(({ metadata: of }) => of?.name === spec?.scaleTargetRef.name)
    if (target === undefined) return [`ScaledObject ${metadata?.name} scales nothing that is there`]
    return target.spec?.replicas === undefined
      ? []
      : [`ScaledObject ${metadata?.name} and its Deployment both say how many there are`]
  })

/** Whether it is the Deployment or who scales it that says how many there are. */
const alone: Rule = (objects) =>
  SERVICES.flatMap((service) => {
    const { alone: why } = SERVICE_FACTS[service]
    const most = Math.max(
      ...ofKind(objects, 'Deployment')
        .filter(({ metadata }) => metadata?.name === service)
        .map(({ spec }) => spec?.replicas ?? 1),
      ...ofKind(objects, 'ScaledObject')
        .filter(({ spec }) => spec?.scaleTargetRef.name === service)
        .map(({ spec }) => spec?.maxReplicaCount ?? Infinity),
    )
    return why === undefined || most <= 1 ? [] : [`there may be ${most} of ${service}: ${why}`]
  })

export const podRules: readonly Rule[] = [containers, pods, accounts, budgets, scaled, alone]
