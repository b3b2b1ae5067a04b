import { FleetError } from '@fleetlake/core'
import type { Config } from './config.ts'
import { hostOf, isLoopback } from './this-machine.ts'

type Settings = Pick<Config, 'auth' | 'hub' | 'viewer' | 'gateway'>

/** What listens for others. */
export type ServerName = 'viewer' | 'hub' | 'gateway'

interface ListeningServer {
  /** Whether it can ask people who they are. */
  readonly asks: boolean
  /** Where others come to it: a setting, and the host that it names. */
  readonly addresses: (settings: Settings) => readonly (readonly [setting: string, host: string])[]
}

const SERVERS: Readonly<Record<ServerName, ListeningServer>> = {
  viewer: { asks: true, addresses: ({ viewer }) => [['viewer.host', viewer.host]] },
  hub: { asks: false, addresses: ({ hub }) => [['hub.url', hostOf(hub.url)]] },
  gateway: {
    asks: true,
    // A proxy before it brings others to the loopback.
    addresses: ({ gateway: { host, publicUrl } }) => [
      ['gateway.host', host],
      ...(publicUrl === undefined ? [] : [['gateway.publicUrl', hostOf(publicUrl)] as const]),
    ],
  },
}

/**
 * Why a server may not listen where it is configured to; undefined when it may. Invariant: where other machines can reach it, it asks people who they are, or `auth: none` says
 * in so many words that no login is needed.
 */
export const listeningFault = (server: ServerName, settings: Settings): string | undefined => {
  const { auth } = settings
  const { asks, addresses } = SERVERS[server]
  if (auth === 'none' || (asks && auth === 'required')) return undefined
  const beyond = addresses(settings).find(([, host]) => !isLoopback(host))
  if (beyond === undefined) return undefined
  const [setting, host] = beyond
  const fault = `${setting} is at ${host === '' ? 'every address' : host}, which other machines can reach, and the ${server} asks for no login`
  const anyone = 'auth: none (FLEET_AUTH=none) if everyone who reaches it may use it'
  return asks
    ? `${fault}: set auth: required (FLEET_AUTH=required), so that people log in, or ${anyone}`
    : `${fault}: keep it at 127.0.0.1 behind a proxy that does, or set ${anyone}`
}

/** @throws FleetError `config.invalid` */
export const checkListening = (server: ServerName, settings: Settings): void => {
  const fault = listeningFault(server, settings)
  if (fault !== undefined) throw new FleetError('config.invalid', fault)
}
