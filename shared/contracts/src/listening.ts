import { FleetError } from '@fleetlake/core'
import type { Config } from './config.ts'
import { hostOf, isLoopback } from './this-machine.ts'

/** What listens for others. */
export type ServerName = 'viewer' | 'hub' | 'gateway' | 'ops'

type Settings<Server extends ServerName> = Pick<Config, 'auth' | Server>

/** Where others come to a server: a setting, and the host that it names. */
type Addresses<Server extends ServerName> = (
  settings: Settings<Server>,
) => readonly (readonly [setting: string, host: string])[]

const ADDRESSES: { readonly [Server in ServerName]: Addresses<Server> } = {
  viewer: ({ viewer }) => [['viewer.host', viewer.host]],
  hub: ({ hub }) => [['hub.url', hostOf(hub.url)]],
  gateway: ({ gateway: { host, publicUrl } }) => [
    ['gateway.host', host],
    // A proxy before it brings others to the loopback.
    ...(publicUrl === undefined ? [] : [['gateway.publicUrl', hostOf(publicUrl)] as const]),
  ],
  ops: ({ ops }) => [['ops.host', ops.host]],
}

/** Whether it asks who comes, or does not need to. */
const asks = (server: ServerName, { auth, ops }: Pick<Config, 'auth'> & Partial<Pick<Config, 'ops'>>): boolean =>
  // No login of people lets anybody in there.
  server === 'ops' ? ops?.token !== undefined || auth === 'none' : auth !== undefined

/** What is wrong with letting others come, and what to set. */
const adviceOf = (server: ServerName): string =>
  server === 'ops'
    ? "and a service's metrics are told to everyone: set ops.token (FLEET_OPS_TOKEN), which a scraper then sends as its bearer token, or auth: none (FLEET_AUTH=none) if everyone who reaches it may read them"
    : `and the ${server} asks for no login: ` +
      'set auth: required (FLEET_AUTH=required), so that people log in, or auth: none (FLEET_AUTH=none) if everyone who reaches it may use it'

/**
 * Why a server may not listen where it is configured to; undefined when it may. Invariant: where other machines can reach it, it asks who comes, or `auth: none` says
 * in so many words that none needs to log in.
 */
export const listeningFault = <Server extends ServerName>(
  server: Server,
  settings: Settings<Server>,
): string | undefined => {
  if (asks(server, settings)) return undefined
  const beyond = ADDRESSES[server](settings).find(([, host]) => !isLoopback(host))
  if (beyond === undefined) return undefined
  const [setting, host] = beyond
  return `${setting} is at ${host === '' ? 'every address' : host}, which other machines can reach, ${adviceOf(server)}`
}

/** @throws FleetError `config.invalid` */
export const checkListening = <Server extends ServerName>(server: Server, settings: Settings<Server>): void => {
  const fault = listeningFault(server, settings)
  if (fault !== undefined) throw new FleetError('config.invalid', fault)
}
