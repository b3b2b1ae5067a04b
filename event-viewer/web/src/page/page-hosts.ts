import { hostname, networkInterfaces } from 'node:os'
import type { Config } from '@fleetlake/contracts'

/**
 * The hosts by which people come to the page: what is configured, and this machine's own names. A request's own word for it counts for
 * nothing, since the client chooses it.
 */
export const pageHosts = ({ viewer, hub }: Pick<Config, 'viewer' | 'hub'>): string[] => {
  const isEverywhere = viewer.host === '0.0.0.0' || viewer.host === '::'
  const own = isEverywhere ? [hostname(), ...addressesOf(networkInterfaces())] : [viewer.host]
  const proxies = (hub.websocketOrigins ?? []).map((origin) => new URL(origin).hostname)
  return [...new Set(['localhost', '127.0.0.1', ...[...own, ...proxies].map(bracketed)])]
}

const addressesOf = (interfaces: ReturnType<typeof networkInterfaces>): string[] =>
  Object.values(interfaces).flatMap((addresses = []) =>
    // An address of a zone is written with the zone, which is not a host in a browser.
    addresses.filter(({ scopeid = 0 }) => scopeid === 0).map(({ address }) => address),
  )

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)
