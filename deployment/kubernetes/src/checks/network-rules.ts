import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { TERMINAL } from '../names.ts'
import { type Objects, ofKind, type Pods, podsOf, type Rule, selects } from './objects.ts'

const portsOf = ({ containers }: Pods): number[] =>
  containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort))

/** A policy says nothing of pods without one: then everything goes through. */
const denial: Rule = (objects) =>
  ofKind(objects, 'NetworkPolicy').some(
    ({ spec }) =>
      Object.keys(spec?.podSelector ?? {}).length === 0 &&
      spec?.policyTypes?.join() === 'Ingress,Egress' &&
      spec.ingress === undefined &&
      spec.egress === undefined,
  )
    ? []
    : ['no NetworkPolicy denies what none allows']

const ownPods = (objects: Objects, { spec }: INetworkPolicy): Pods[] =>
  podsOf(objects).filter(({ labels }) => selects(spec?.podSelector?.matchLabels, labels))

/** Ports that a policy opens, and that its pods, or those that it lets them talk to, don't have. */
const ports: Rule = (objects) =>
  ofKind(objects, 'NetworkPolicy').flatMap((policy) => {
    const { metadata, spec } = policy
    const own = ownPods(objects, policy)
    const opened = (spec?.ingress ?? []).flatMap(({ ports: open = [] }) =>
      open.filter(({ port }) => !own.some((pods) => portsOf(pods).includes(Number(port)))).map(({ port }) => port),
    )
    const asked = (spec?.egress ?? []).flatMap(({ to = [], ports: open = [] }) =>
      to.flatMap(({ podSelector, namespaceSelector }) => {
        if (podSelector === undefined || namespaceSelector !== undefined) return []
        const others = podsOf(objects).filter(({ labels }) => selects(podSelector.matchLabels, labels))
        return open
          .filter(({ port }) => !others.some((pods) => portsOf(pods).includes(Number(port))))
          .map(({ port }) => port)
      }),
    )
    return [...opened, ...asked].map(
      (port) => `NetworkPolicy ${metadata?.name} is of port ${port}, which no container has`,
    )
  })

/** Policies of no pods but those that come and go, and pods whose policy is missing. */
const coverage: Rule = (objects) => {
  const policies = ofKind(objects, 'NetworkPolicy')
  return [
    ...policies
      .filter((policy) => ownPods(objects, policy).length === 0 && policy.metadata?.name !== TERMINAL)
      .map(({ metadata }) => `NetworkPolicy ${metadata?.name} is of no pods`),
    ...podsOf(objects)
      .filter(({ name }) => !policies.some(({ metadata }) => metadata?.name === name))
      .map(({ name }) => `pod ${name} has no NetworkPolicy`),
  ]
}

/** What goes out on one side comes in on the other. */
const bothSides: Rule = (objects) => {
  const policies = ofKind(objects, 'NetworkPolicy')
  const lines = (side: 'ingress' | 'egress'): Set<string> =>
    new Set(
      policies.flatMap((policy) =>
        ((side === 'ingress' ? policy.spec?.ingress : policy.spec?.egress) ?? []).flatMap((rule) => {
          const peers = ('from' in rule ? rule.from : 'to' in rule ? rule.to : undefined) ?? []
          return peers.flatMap(({ podSelector, namespaceSelector }) => {
            if (podSelector === undefined || namespaceSelector !== undefined) return []
            const other = podSelector.matchLabels?.['app.kubernetes.io/name']
            const [from, to] = side === 'ingress' ? [other, policy.metadata?.name] : [policy.metadata?.name, other]
            return (rule.ports ?? []).map(({ port }) => `${from} to ${to} at ${port}`)
          })
        }),
      ),
    )
  const [comesIn, goesOut] = [lines('ingress'), lines('egress')]
  return [
    ...[...goesOut].filter((line) => !comesIn.has(line)).map((line) => `${line} goes out and does not come in`),
    ...[...comesIn].filter((line) => !goesOut.has(line)).map((line) => `${line} comes in and does not go out`),
  ]
}

export const networkRules: readonly Rule[] = [denial, ports, coverage, bothSides]
