import { hostOf, type Config } from '@fleetlake/contracts'
import { ownHosts } from '@fleetlake/service/http'

/** The hosts by which people come to the page: what is configured, and this machine's own names. */
export const pageHosts = ({
  viewer,
  hub,
  auth,
  gateway,
}: Pick<Config, 'viewer' | 'hub' | 'auth' | 'gateway'>): string[] => [
  ...new Set([
    ...ownHosts(viewer.host),
    ...(hub.websocketOrigins ?? []).map(hostOf),
    ...(auth === 'required' && gateway.publicUrl !== undefined ? [hostOf(gateway.publicUrl)] : []),
  ]),
]
