import { ofKind, podsOf, type Rule, selects } from './objects.ts'

const services: Rule = (objects) =>
  ofKind(objects, 'Service').flatMap(({ metadata, spec }) => {
    const what = `Service ${metadata?.name}`
    const isInside = spec?.type === undefined || spec.type === 'ClusterIP'
    const pods = podsOf(objects).filter(({ labels }) => spec?.selector !== undefined && selects(spec.selector, labels))
    const ports = pods.flatMap(({ containers }) => containers.flatMap(({ ports: open = [] }) => open))
    return [
      ...(isInside ? [] : [`${what} is reached from outside the cluster, which only the Ingress is`]),
      ...(pods.length === 1 ? [] : [`${what} selects the pods of ${pods.length} kinds`]),
      ...(spec?.ports ?? [])
        .filter(
          ({ port, targetPort = port }) =>
            !ports.some(({ name, containerPort }) => [name, containerPort].includes(targetPort)),
        )
        .map(({ name }) => `${what}: its pods have no port ${name}`),
    ]
  })

/** Without it the pods of a StatefulSet have no names. */
const names: Rule = (objects) =>
  ofKind(objects, 'StatefulSet')
    .filter(
      ({ spec }) =>
        !ofKind(objects, 'Service').some(
          ({ metadata: of, spec: its }) =>
            of?.name === spec?.serviceName &&
            its?.clusterIP === 'None' &&
            selects(its.selector, spec?.template.metadata?.labels ?? {}),
        ),
    )
    .map(({ metadata, spec }) => `StatefulSet ${metadata?.name}: ${spec?.serviceName} gives its pods no names`)

const ingresses: Rule = (objects) =>
  ofKind(objects, 'Ingress').flatMap(({ metadata, spec }) => {
    const backends = (spec?.rules ?? []).flatMap(({ host, http }) =>
      (http?.paths ?? []).map(({ backend, path }) => ({ host, path, service: backend.service })),
    )
    const isThere = ({ service }: (typeof backends)[number]): boolean =>
      ofKind(objects, 'Service').some(
        ({ metadata: of, spec: its }) =>
          of?.name === service?.name && its?.ports?.some(({ name }) => name === service?.port?.name) === true,
      )
    const secured = new Set((spec?.tls ?? []).flatMap(({ hosts = [] }) => hosts))
    return [
      ...backends
        .filter((each) => !isThere(each))
        .map(({ path }) => `Ingress ${metadata?.name}: ${path} leads to no port of a Service`),
      ...backends
        .filter(({ host }) => host === undefined || !secured.has(host))
        .map(({ path }) => `Ingress ${metadata?.name}: ${path} is open without TLS`),
    ]
  })

/** Names under which nothing would be found. */
const namespaces: Rule = (objects) => {
  const [namespace] = ofKind(objects, 'Namespace')
  return objects
    .filter(({ kind, metadata }) => kind !== 'Namespace' && metadata?.namespace !== namespace?.metadata?.name)
    .map(({ kind, metadata }) => `${kind} ${metadata?.name} is in no namespace of ours`)
}

export const addressRules: readonly Rule[] = [services, names, ingresses, namespaces]
