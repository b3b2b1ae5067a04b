import { FleetError } from '@fleetlake/core'
import type { Config } from './config.ts'
import { hostOf, isLoopback } from './this-machine.ts'

type Settings = Pick<Config, 'auth' | 'hub' | 'viewer' | 'gateway'>

/** What listens for others. */
export type ServerName = 'viewer' | 'hub' | 'gateway'

/** Where others come to a server: a setting, and the host that it names. */
type Addresses = (settings: Settings) => readonly (readonly [setting: string, host: string])[]

const ADDRESSES: Readonly<Record<ServerName, Addresses>> = {
  viewer: ({ viewer }) => [['viewer.host', viewer.host]],
  hub: ({ hub }) => [['hub.url', hostOf(hub.url)]],
  gateway: ({ gateway: { host, publicUrl } }) => [
    ['gateway.host', host],
    // A proxy before it brings others to the loopback.
    ...(publicUrl === undefined ? [] : [['gateway.publicUrl', hostOf(publicUrl)] as const]),
  ],
}

/**
 * Why a server may not listen where it is configured to; undefined when it may. Invariant: where other machines can reach it, it asks people who they are, or `auth: none` says
 * in so many words that no login is needed.
 */
export const listeningFault = (server: ServerName, settings: Settings): string | undefined => {
  if (settings.auth !== undefined) return undefined
  const beyond = ADDRESSES[server](settings).find(([, host]) => !isLoopback(host))
  if (beyond === undefined) return undefined
  const [setting, host] = beyond
  return (
    `${setting} is at ${host === '' ? 'every address' : host}, which other machines can reach, and the ${server} asks for no login: ` +
    'set auth: required (FLEET_AUTH=required), so that people log in, or auth: none (FLEET_AUTH=none) if everyone who reaches it may use it'
  )
}

/** @throws FleetError `config.invalid` */
export const checkListening = (server: ServerName, settings: Settings): void => {
  const fault = listeningFault(server, settings)
  if (fault !== undefined) throw new FleetError('config.invalid', fault)
}
