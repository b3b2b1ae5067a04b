import { type Config, hostOf, hubPortOf, isLoopback, listeningFault } from '@fleetlake/contracts'
import { humanBytes } from '@fleetlake/viewer-core'
import { faultOf, type Finding, ok, warning } from './facts.ts'

/** What contradicts what, with what comes of it. */
const contradictions = (config: Config): Finding[] => {
  const { auth, archive, collector, gateway, hub, viewer, compactor } = config
  const finding = (isSo: boolean, make: typeof faultOf, what: string, todo: string): Finding[] =>
    isSo ? [make('settings', what, todo)] : []
  const ports = [
    ['hub.url', hostOf(hub.url), hubPortOf(hub.url)],
    ['hub.websocketPort', hostOf(hub.url), hub.websocketPort],
    ['viewer.port', viewer.host, viewer.port],
    ['gateway.port', gateway.host, gateway.port ?? 0],
  ] as const
  const twice = ports.find(
    ([, host, port], i) =>
      port !== 0 &&
      ports.some(
        ([, other, same], j) => j < i && port === same && (host === other || (isLoopback(host) && isLoopback(other))),
      ),
  )
  return [
    ...(['viewer', 'hub', 'gateway'] as const).flatMap((server) => {
      if (server === 'gateway' && gateway.port === undefined) return []
      const fault = listeningFault(server, config)
      return fault === undefined
        ? []
        : [faultOf('settings', fault, 'set `auth`: until then the service does not start')]
    }),
    ...finding(
      twice !== undefined,
      faultOf,
      `${twice?.[0]} is a port that another setting names, too (${twice?.[2]})`,
      'give each server a port of its own',
    ),
    ...finding(
      archive.adopt,
      warning,
      'archive.adopt is set: whatever archive is found is fed',
      'unset FLEET_ARCHIVE_ADOPT: it is for one start only',
    ),
    ...finding(
      collector.maxBytes > collector.memory,
      warning,
      `collector.maxBytes (${humanBytes(collector.maxBytes)}) is more than collector.memory (${humanBytes(collector.memory)}), so that it never triggers a flush`,
      'raise collector.memory or lower collector.maxBytes',
    ),
    ...finding(
      compactor.targetBytes > compactor.memory / 4,
      warning,
      `compactor.targetBytes (${humanBytes(compactor.targetBytes)}) is more than a quarter of compactor.memory (${humanBytes(compactor.memory)}), which bounds files`,
      'raise compactor.memory or lower compactor.targetBytes',
    ),
    ...finding(
      hub.replicas % 2 === 0,
      warning,
      `hub.replicas is ${hub.replicas}: an even number survives no more losses than one less`,
      'set hub.replicas to 1, 3 or 5',
    ),
    ...finding(
      auth === 'required' && gateway.port === undefined && viewer.gatewayUrl === undefined,
      warning,
      'auth is required, and neither gateway.port nor viewer.gatewayUrl is set: nobody can log in with a browser',
      'set gateway.port, or viewer.gatewayUrl where the gateway runs on another machine',
    ),
    ...finding(
      auth !== 'required' && gateway.port !== undefined,
      warning,
      'gateway.port is set, and auth is not required: `npm start` starts no gateway',
      'set auth: required, or unset gateway.port',
    ),
  ]
}

/** Settings that contradict each other. */
export const judgeSettings = ({ config }: { readonly config: Config }): Finding[] => {
  const found = contradictions(config)
  return found.length === 0 ? [ok('settings', 'no two of them contradict each other')] : found
}
