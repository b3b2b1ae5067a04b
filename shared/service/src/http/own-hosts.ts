import { hostname, networkInterfaces } from 'node:os'
import { bracketed } from './listen.ts'

/**
 * The hosts by which people come to what listens at a host of this machine, as addresses of pages name them: the loopback's, that one, and where it is everywhere all of this machine's
 * own names. A request's own word for it counts for nothing, since the client chooses it.
 */
export const ownHosts = (host: string): string[] => {
  const isEverywhere = host === '0.0.0.0' || host === '::' || host === ''
  const own = isEverywhere ? [hostname(), ...addressesOf(networkInterfaces())] : [host]
  return [...new Set(['localhost', '127.0.0.1', ...own.map(bracketed)])]
}

const addressesOf = (interfaces: ReturnType<typeof networkInterfaces>): string[] =>
  Object.values(interfaces).flatMap((addresses = []) =>
    // An address of a zone is written with the zone, which is not a host in a browser.
    addresses.filter(({ scopeid = 0 }) => scopeid === 0).map(({ address }) => address),
  )
