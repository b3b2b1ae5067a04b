import { randomBytes } from 'node:crypto'
import { HUB_SERVICES, type HubService } from '@fleetlake/contracts'
import { newIssuerSeed, publicKeyOf } from '@fleetlake/broker/nats/logins'
import { knownUsers } from './known-users.ts'
import { formatServerConfig, type Value } from './server-config.ts'

/** A nats-server that runs by itself, in a container as a rule, behind whatever brings TLS to its websocket. */
export interface DeployedHub {
  readonly storeDir: string
  /** Bytes on the disk for all streams. */
  readonly maxFileBytes: number
  readonly maxMemoryBytes: number
  /** `always`, or a duration such as `10s`. */
  readonly syncInterval: string
  /** Origins of the pages that may connect, as browsers see them; of a variable in quotes, as a text of the configuration. */
  readonly websocketOrigins: readonly Value[]
  readonly pidFile?: string
  /** Host names of all servers of a cluster; one server when missing. */
  readonly cluster?: { readonly name: string; readonly hosts: readonly string[] }
  /** Where it listens; at every address when missing. */
  readonly host?: string
  readonly ports?: HubPorts
}

export interface HubPorts {
  readonly client: number
  readonly websocket: number
  readonly monitoring: number
  readonly cluster: number
}

export const HUB_PORTS: HubPorts = { client: 4222, websocket: 9222, monitoring: 8222, cluster: 6222 }

/** The variable of the server's environment with a service's password; the service itself gets it as `FLEET_HUB_PASSWORD`. */
export const passwordVariable = (service: HubService | 'system' | 'route'): string =>
  `FLEET_HUB_PASSWORD_${service.toUpperCase()}`

/** The variable with the public key of the issuer; the gateway gets its seed as `FLEET_GATEWAY_HUB_ISSUER_SECRET`. */
export const ISSUER_VARIABLE = 'FLEET_HUB_ISSUER'

/** The variable with a server's own name, in a cluster. */
export const SERVER_NAME_VARIABLE = 'FLEET_HUB_SERVER_NAME'

const ROUTE_USER = 'route'

/** The variable with the address of a cluster's server, numbered from 0, as `routeAddress` gives it. */
export const routeVariable = (index: number): string => `FLEET_HUB_ROUTE_${index}`

/** @param password itself, or what whoever starts the server puts it in for, such as `$(NAME)` in Kubernetes */
export const routeAddress = (host: string, password: string, port = HUB_PORTS.cluster): string =>
  `nats-route://${ROUTE_USER}:${password}@${host}:${port}`

/**
 * The configuration of such a server: it asks everyone who they are, listens at every address, and finds each secret in a variable of its
 * environment, so that the file holds none. A server whose variables are missing does not start.
 */
export const formatDeployedHub = ({
  websocketOrigins,
  cluster,
  host = '0.0.0.0',
  ports = HUB_PORTS,
  ...server
}: DeployedHub): string =>
  formatServerConfig({
    ...server,
    host,
    port: ports.client,
    monitoringPort: ports.monitoring,
    maxPayloadBytes: 1024 ** 2,
    users: knownUsers({
      passwords: Object.fromEntries(
        HUB_SERVICES.map((service) => [service, { variable: passwordVariable(service) }]),
      ) as Record<HubService, { variable: string }>,
      systemPassword: { variable: passwordVariable('system') },
      issuer: { variable: ISSUER_VARIABLE },
    }),
    websocket: { host, port: ports.websocket, origins: websocketOrigins },
    ...(cluster === undefined
      ? {}
      : {
          serverName: { variable: SERVER_NAME_VARIABLE },
          cluster: {
            name: cluster.name,
            host,
            port: ports.cluster,
            user: ROUTE_USER,
            password: { variable: passwordVariable('route') },
            routes: cluster.hosts.map((_, index) => ({ variable: routeVariable(index) })),
          },
        }),
  })

/** Fresh secrets, by the variables that have them: those of the server, and the gateway's seed. */
export const newHubSecrets = (): Record<string, string> => {
  const seed = newIssuerSeed()
  return {
    ...Object.fromEntries(
      [...HUB_SERVICES, 'system' as const, 'route' as const].map((user) => [passwordVariable(user), newPassword()]),
    ),
    [ISSUER_VARIABLE]: publicKeyOf(seed),
    FLEET_GATEWAY_HUB_ISSUER_SECRET: seed,
  }
}

/** The server reads a variable as a piece of its configuration: what begins with a digit would be a number there. */
const newPassword = (): string => `p${randomBytes(32).toString('hex')}`
