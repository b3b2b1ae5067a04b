import { HUB_PORTS } from '@fleetlake/nats-server'
import type { IService } from 'kubernetes-models/v1/Service'
import { HUB, HUB_SERVERS, labelsOf } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { SERVICE_FACTS, SERVICES } from '../services/service-facts.ts'

/** Names within the cluster of what others come to: the hub, each of its servers, viewer and gateway. */
export const addresses = ({ services, hub }: FleetlakeProps): IService[] => [
  address(HUB, { client: HUB_PORTS.client, websocket: HUB_PORTS.websocket }),
  serversOfHub(hub.servers === 1 ? { client: HUB_PORTS.client } : { cluster: HUB_PORTS.cluster }),
  ...SERVICES.flatMap((service) => {
    const { port } = SERVICE_FACTS[service]
    return port === undefined || services[service].replicas === 0 ? [] : [address(service, { http: port })]
  }),
]

type Ports = Readonly<Record<string, number>>

const named = (ports: Ports) => Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: name }))

const address = (name: string, ports: Ports): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: labelsOf(name) },
  spec: {
    type: 'ClusterIP',
    selector: labelsOf(name),
    ports: named(ports),
  },
})

const serversOfHub = (ports: Ports): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: HUB_SERVERS, labels: labelsOf(HUB) },
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    // A server is ready only once it has found others.
    publishNotReadyAddresses: true,
    selector: labelsOf(HUB),
    ports: named(ports),
  },
})
