import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { IIoK8sApiNetworkingV1NetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer'
import type { IIoK8sApiNetworkingV1NetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort'
import type { IIoK8sApiNetworkingV1NetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec'
import { HUB, labelsOf, PART_OF, TERMINAL } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { SERVICES } from '../services/service-facts.ts'
import { type Outside, type Talk, talksOf, type Workload } from './talks.ts'

/** Nothing goes in or out but what `talksOf` names, and questions for names. */
export const networkPolicies = (props: FleetlakeProps): INetworkPolicy[] => {
  const talks = talksOf(props)
  const workloads: readonly Workload[] = [
    HUB,
    ...SERVICES.filter((service) => props.services[service].replicas > 0),
    TERMINAL,
  ]
  return [
    policy('deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy('names', {
      podSelector: { matchLabels: PART_OF },
      policyTypes: ['Egress'],
      egress: [
        {
          to: NAME_SERVERS,
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
    ...workloads.map((workload) =>
      policy(workload, {
        podSelector: { matchLabels: labelsOf(workload) },
        policyTypes: ['Ingress', 'Egress'],
        ingress: talks
          .filter(({ to }) => to === workload)
          .map(({ from, port }) => ({ from: peers(from, props), ports: tcp(port) })),
        egress: talks
          .filter(({ from }) => from === workload)
          .map(({ to, port }) => ({ to: peers(to, props), ports: tcp(port) })),
      }),
    ),
  ]
}

const policy = (name: string, spec: IIoK8sApiNetworkingV1NetworkPolicySpec): INetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec,
})

const tcp = (port: number): IIoK8sApiNetworkingV1NetworkPolicyPort[] => [{ protocol: 'TCP', port }]

type Peer = IIoK8sApiNetworkingV1NetworkPolicyPeer

const namespaceOf = (name: string): NonNullable<Peer['namespaceSelector']> => ({
  matchLabels: { 'kubernetes.io/metadata.name': name },
})

/** Of the cluster, and the one that some clusters have on each node. */
const NAME_SERVERS: Peer[] = [
  { namespaceSelector: namespaceOf('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
  { ipBlock: { cidr: '169.254.20.10/32' } },
]

/** Clouds answer there who a node is: a pod that could ask would be the node. */
const NODE_IDENTITY = '169.254.0.0/16'

const OUTSIDE: Readonly<Record<Outside, (props: FleetlakeProps) => Peer[]>> = {
  ingress: ({ ingress }) => [{ namespaceSelector: namespaceOf(ingress.controllerNamespace) }],
  monitoring: ({ monitoring }) => [{ namespaceSelector: namespaceOf(monitoring!.namespace) }],
  https: () => [{ ipBlock: { cidr: '0.0.0.0/0', except: [NODE_IDENTITY] } }],
  identity: ({ identity }) => identity!.egress.map(({ cidr }) => ({ ipBlock: { cidr } })),
}

const peers = (who: Talk['from'], props: FleetlakeProps): Peer[] =>
  who in OUTSIDE ? OUTSIDE[who as Outside](props) : [{ podSelector: { matchLabels: labelsOf(who) } }]
