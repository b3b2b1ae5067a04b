import { type Config, hostOf, isLoopback } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'

/**
 * Where the viewer's server reaches the gateway; undefined where no login is needed.
 * @throws FleetError `config.invalid` where it can't be known, and where passwords would go over a network that others can read
 */
export const gatewayUrlOf = ({
  auth,
  gateway,
  viewer,
}: Pick<Config, 'auth' | 'gateway' | 'viewer'>): URL | undefined => {
  if (auth !== 'required') return undefined
  const isSecure = gateway.publicUrl?.startsWith('https://') === true
  if (!isLoopback(viewer.host) && !isSecure)
    throw invalid(
      `viewer.host is at ${viewer.host === '' ? 'every address' : viewer.host}, and passwords would go over the network readable: put a proxy that does TLS before the viewer, and set gateway.publicUrl to its https:// address`,
    )
  if (viewer.gatewayUrl !== undefined) return new URL(viewer.gatewayUrl)
  if (gateway.port === undefined || gateway.port === 0)
    throw invalid(
      'auth: required, and the viewer does not know where the gateway is: set gateway.port, e.g. FLEET_GATEWAY_PORT=3100, or viewer.gatewayUrl to the address of a gateway elsewhere',
    )
  if (gateway.tls.cert !== undefined)
    throw invalid('gateway.tls is set: set viewer.gatewayUrl to the https:// address that its certificate is of')
  const isOwn = isLoopback(gateway.host) || ['0.0.0.0', '::', ''].includes(gateway.host)
  return new URL(`http://${isOwn ? '127.0.0.1' : hostOf(`http://${gateway.host}`)}:${gateway.port}`)
}

/** What is known to be wrong with the addresses that the gateway counts failed logins by; undefined when nothing is. */
export const forwardingFault = ({
  auth,
  gateway: { publicUrl, proxies },
}: Pick<Config, 'auth' | 'gateway'>): string | undefined =>
  auth === 'required' && publicUrl !== undefined && !isLoopback(hostOf(publicUrl)) && proxies.length === 0
    ? 'gateway.proxies is empty: to the gateway all people come from the address of the viewer, and lock each other out when they mistype passwords. Name the viewer and the proxy before it'
    : undefined

const invalid = (message: string): FleetError => new FleetError('config.invalid', message)
