import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { HUB } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'

/**
 * One host for everything, so that cookies are of one origin: the hub's websocket on a path, and all else to the viewer, which passes `/v1` on to
 * the gateway.
 */
export const ingress = ({ host, ingress: { className, annotations, tlsSecret } }: FleetlakeProps): IIngress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'fleetlake', annotations },
  spec: {
    ingressClassName: className,
    tls: [{ hosts: [host], secretName: tlsSecret }],
    rules: [
      {
        host,
        http: {
          paths: [
            { path: '/hub', pathType: 'Exact', backend: { service: { name: HUB, port: { name: 'websocket' } } } },
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'viewer', port: { name: 'http' } } } },
          ],
        },
      },
    ],
  },
})
