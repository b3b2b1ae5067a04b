import { expect, test } from 'vitest'
import { aws } from '../clusters/aws.ts'
import { laptop } from '../clusters/laptop.ts'
import { production } from '../clusters/production.ts'
import type { IIoK8sApiNetworkingV1NetworkPolicyPeer as Peer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer'
import type { IIoK8sApiNetworkingV1NetworkPolicyPort as Port } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort'
import type { FleetlakeProps } from '../props.ts'
import { networkPolicies } from './network-policies.ts'

const nameOf = (labels: Readonly<Record<string, string>> = {}): string =>
  labels['app.kubernetes.io/name'] ?? labels['kubernetes.io/metadata.name'] ?? JSON.stringify(labels)

/** What the policies let through, as a line each: read out of the manifests, not of the table that they are made from. */
const openings = (props: FleetlakeProps): string[] =>
  networkPolicies(props).flatMap(({ metadata, spec }) => {
    const lines = (side: string, peers: readonly Peer[], ports: readonly Port[]): string[] =>
      peers.flatMap(({ podSelector, namespaceSelector, ipBlock }) => {
        const namespace = namespaceSelector === undefined ? '' : `namespace ${nameOf(namespaceSelector.matchLabels)} `
        const where =
          ipBlock === undefined
            ? `${namespace}${podSelector === undefined ? '' : nameOf(podSelector.matchLabels)}`.trim()
            : [ipBlock.cidr, ...(ipBlock.except ?? []).map((cidr: string) => `but ${cidr}`)].join(' ')
        return ports.map(({ port, protocol }) => `${metadata?.name} ${side} ${where} ${protocol} ${port}`)
      })
    return [
      ...(spec?.ingress ?? []).flatMap(({ from = [], ports = [] }) => lines('from', from, ports)),
      ...(spec?.egress ?? []).flatMap(({ to = [], ports = [] }) => lines('to', to, ports)),
    ]
  })

const NAMES = [
  'names to namespace kube-system {"k8s-app":"kube-dns"} UDP 53',
  'names to namespace kube-system {"k8s-app":"kube-dns"} TCP 53',
  'names to 169.254.20.10/32 UDP 53',
  'names to 169.254.20.10/32 TCP 53',
]

test('on a laptop only the Ingress controller comes in, and nothing goes out of the namespace but a backup', () => {
  expect(openings(laptop)).toEqual([
    ...NAMES,
    'hub from namespace kube-system TCP 9222',
    'hub from collector TCP 4222',
    'hub from compactor TCP 4222',
    'hub from projector TCP 4222',
    'hub from finder TCP 4222',
    'hub from generator TCP 4222',
    'hub from viewer TCP 4222',
    'hub from gateway TCP 4222',
    'hub from terminal TCP 4222',
    'collector to hub TCP 4222',
    'compactor to hub TCP 4222',
    'projector to hub TCP 4222',
    'finder to hub TCP 4222',
    'generator to hub TCP 4222',
    'viewer from namespace kube-system TCP 3000',
    'viewer to gateway TCP 3100',
    'viewer to hub TCP 4222',
    'gateway from viewer TCP 3100',
    'gateway to hub TCP 4222',
    'terminal to hub TCP 4222',
    'terminal to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
  ])
})

const IN_PRODUCTION = [
  ...NAMES,
  'hub from namespace traefik TCP 9222',
  'hub from collector TCP 4222',
  'hub from compactor TCP 4222',
  'hub from projector TCP 4222',
  'hub from finder TCP 4222',
  'hub from viewer TCP 4222',
  'hub from gateway TCP 4222',
  'hub from terminal TCP 4222',
  'hub from hub TCP 6222',
  'hub to hub TCP 6222',
  'collector from namespace monitoring TCP 9464',
  'collector to hub TCP 4222',
  'collector to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
  'compactor from namespace monitoring TCP 9464',
  'compactor to hub TCP 4222',
  'compactor to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
  'projector from namespace monitoring TCP 9464',
  'projector to hub TCP 4222',
  'projector to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
  'finder from namespace monitoring TCP 9464',
  'finder to hub TCP 4222',
  'finder to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
  'viewer from namespace traefik TCP 3000',
  'viewer from namespace monitoring TCP 9464',
  'viewer to gateway TCP 3100',
  'viewer to hub TCP 4222',
  'viewer to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
  'gateway from viewer TCP 3100',
  'gateway from namespace monitoring TCP 9464',
  'gateway to hub TCP 4222',
  'gateway to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
  'terminal to hub TCP 4222',
  'terminal to 0.0.0.0/0 but 169.254.0.0/16 TCP 443',
]

test('in production the archive is reached as well, and Prometheus comes in, to metrics alone', () => {
  expect(openings(production)).toEqual(IN_PRODUCTION)
  expect(openings(aws)).toEqual(IN_PRODUCTION)
})

test('where tokens of a cloud come from is open to who uses the archive', () => {
  const identity = { serviceAccountAnnotations: {}, podLabels: {}, egress: [{ cidr: '169.254.169.254/32', port: 80 }] }
  const more = new Set(openings({ ...production, identity })).difference(new Set(IN_PRODUCTION))
  expect([...more]).toEqual([
    'collector to 169.254.169.254/32 TCP 80',
    'compactor to 169.254.169.254/32 TCP 80',
    'projector to 169.254.169.254/32 TCP 80',
    'finder to 169.254.169.254/32 TCP 80',
    'viewer to 169.254.169.254/32 TCP 80',
    'gateway to 169.254.169.254/32 TCP 80',
    'terminal to 169.254.169.254/32 TCP 80',
  ])
})
