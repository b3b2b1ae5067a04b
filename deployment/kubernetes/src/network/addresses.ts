import { HUB_PORTS } from '@fleetlake/nats-server'
import type { IService } from 'kubernetes-models/v1/Service'
import { HUB, HUB_SERVERS, labelsOf } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { SERVICE_FACTS, SERVICES } from '../services/service-facts.ts'

/** Names within the cluster of what others come to: the hub, each of its servers, viewer and gateway. */
export const addresses = ({ services, hub }: FleetlakeProps): IService[] => [
  address(HUB, { client: HUB_PORTS.client, websocket: HUB_PORTS.websocket }),
  ...(hub.servers === 1 ? [] : [serversOfHub]),
  ...SERVICES.flatMap((service) => {
    const { port } = SERVICE_FACTS[service]
    return port === undefined || services[service].replicas === 0 ? [] : [address(service, { http: port })]
  }),
]

const address = (name: string, ports: Readonly<Record<string, number>>): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: labelsOf(name) },
  spec: {
    type: 'ClusterIP',
    selector: labelsOf(name),
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: port })),
  },
})

const serversOfHub: IService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: HUB_SERVERS, labels: labelsOf(HUB) },
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    // A server is ready only once it has found others.
    publishNotReadyAddresses: true,
    selector: labelsOf(HUB),
    ports: [{ name: 'cluster', port: HUB_PORTS.cluster, targetPort: 'cluster' }],
  },
}
