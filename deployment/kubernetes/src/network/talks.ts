import { HUB_PORTS } from '@fleetlake/nats-server'
import { HUB, TERMINAL } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { usesProvider } from '../secrets/secret-keys.ts'
import { OPS_PORT, SERVICE_FACTS, SERVICES, type ServiceName } from '../services/service-facts.ts'

/** Pods of ours. */
export type Workload = ServiceName | typeof HUB | typeof TERMINAL
/** Others. */
export type Outside = 'ingress' | 'monitoring' | 'https' | 'identity'

export interface Talk {
  readonly from: Workload | Outside
  readonly to: Workload | Outside
  readonly port: number
}

const VIEWER_PORT = SERVICE_FACTS.viewer.port!
const GATEWAY_PORT = SERVICE_FACTS.gateway.port!

/** Who talks to whom, beside asking for names: nothing else goes through. */
export const talksOf = (props: FleetlakeProps): readonly Talk[] =>
  [...INWARD, ...(props.hub.servers > 1 ? [BETWEEN_SERVERS] : []), ...outward(props)].filter(
    ({ from, to }) => isThere(from, props) && isThere(to, props),
  )

const INWARD: readonly Talk[] = [
  { from: 'ingress', to: 'viewer', port: VIEWER_PORT },
  { from: 'ingress', to: HUB, port: HUB_PORTS.websocket },
  { from: 'viewer', to: 'gateway', port: GATEWAY_PORT },
  { from: 'collector', to: HUB, port: HUB_PORTS.client },
  { from: 'compactor', to: HUB, port: HUB_PORTS.client },
  { from: 'projector', to: HUB, port: HUB_PORTS.client },
  { from: 'finder', to: HUB, port: HUB_PORTS.client },
  { from: 'generator', to: HUB, port: HUB_PORTS.client },
  { from: 'viewer', to: HUB, port: HUB_PORTS.client },
  { from: 'gateway', to: HUB, port: HUB_PORTS.client },
  { from: TERMINAL, to: HUB, port: HUB_PORTS.client },
  { from: 'monitoring', to: 'collector', port: OPS_PORT },
  { from: 'monitoring', to: 'compactor', port: OPS_PORT },
  { from: 'monitoring', to: 'projector', port: OPS_PORT },
  { from: 'monitoring', to: 'finder', port: OPS_PORT },
  { from: 'monitoring', to: 'generator', port: OPS_PORT },
  { from: 'monitoring', to: 'viewer', port: OPS_PORT },
  { from: 'monitoring', to: 'gateway', port: OPS_PORT },
]

const BETWEEN_SERVERS: Talk = { from: HUB, to: HUB, port: HUB_PORTS.cluster }

const HTTPS_PORT = 443

/**
 * To object storage, which has no addresses of its own, and for the terminal wherever a backup goes; to the cloud that says who a pod is; to the provider that people log in at.
 */
const outward = (props: FleetlakeProps): readonly Talk[] => {
  const { archive, identity } = props
  const archivists: readonly Workload[] =
    archive.kind === 'objects' ? [...SERVICES.filter((service) => SERVICE_FACTS[service].usesArchive), TERMINAL] : []
  const toProvider = usesProvider(props) ? ['gateway' as const] : []
  return [
    ...[...new Set<Workload>([...archivists, ...toProvider, TERMINAL])].map((from) => ({
      from,
      to: 'https' as const,
      port: HTTPS_PORT,
    })),
    ...archivists.flatMap((from) =>
      (identity?.egress ?? []).map(({ port }) => ({ from, to: 'identity' as const, port })),
    ),
  ]
}

const isThere = (who: Workload | Outside, { services, monitoring }: FleetlakeProps): boolean => {
  if (who === 'monitoring') return monitoring !== undefined
  return !(who in SERVICE_FACTS) || services[who as ServiceName].replicas > 0
}
