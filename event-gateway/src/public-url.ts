import { type Config, hostOf, isLoopback } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'

/**
 * Checks the address by which people come to the gateway, before it listens.
 * @throws FleetError `config.invalid` where it can't be known, and where passwords would go over a network that others can read
 */
export const checkPublicUrl = ({ auth, gateway }: Pick<Config, 'auth' | 'gateway'>): void => {
  const { host, publicUrl, tls } = gateway
  if (publicUrl === undefined && ['0.0.0.0', '::', ''].includes(host))
    throw invalid(
      `gateway.host is ${host === '' ? 'empty' : host}: set gateway.publicUrl to the address by which people come to it, e.g. https://fleet.example.com`,
    )
  if (tls.cert !== undefined && publicUrl?.startsWith('http://') === true)
    throw invalid('gateway.tls is set, and gateway.publicUrl begins with http://: set it to the https:// address')
  const isSecure = tls.cert !== undefined || publicUrl?.startsWith('https://') === true
  const isBeyond = !isLoopback(host) || (publicUrl !== undefined && !isLoopback(hostOf(publicUrl)))
  if (auth === 'required' && isBeyond && !isSecure)
    throw invalid(
      'passwords would go over the network readable: set gateway.tls.cert and gateway.tls.key, or, with a proxy before the gateway that does it, gateway.publicUrl to its https:// address',
    )
}

const invalid = (message: string): FleetError => new FleetError('config.invalid', message)
