import { connect } from 'node:net'
import { isFolder } from '@fleetlake/archive'
import { type Config, hostOf, isLoopback } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { DiskFacts, PortFacts } from '../facts.ts'
import { askFolder } from './ask-folder.ts'
import { attempt } from './attempt.ts'

/** The folders of this machine that fill up. Those that are not there are others' or not in use. */
const foldersOf = ({ archive, hub, viewer }: Config): readonly (readonly [setting: string, folder: string])[] => [
  ...(isFolder(archive.path) ? [['archive.path', archive.path] as const] : []),
  ['hub.dataDir', hub.dataDir],
  ['viewer.importDir', viewer.importDir],
]

/** @param ask for tests */
export const lookAtDisks = async (config: Config, timeoutMs: number, ask = askFolder): Promise<DiskFacts[]> => {
  const found = await Promise.all(
    foldersOf(config).map(async ([setting, folder]): Promise<readonly DiskFacts[]> => {
      const space = await attempt(`look at ${folder}`, timeoutMs, (signal) => ask(folder, signal))
      if (!space.isKnown) return [{ setting, folder, space }]
      return space.value === undefined ? [] : [{ setting, folder, space: { isKnown: true, value: space.value } }]
    }),
  )
  return found.flat()
}

/** @returns why nothing answers there; undefined when something does */
const dial = (host: string, port: number, timeoutMs: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (reason?: string): void => {
      socket.destroy()
      resolve(reason)
    }
    socket.on('connect', () => end())
    socket.on('timeout', () => end(`no answer within ${timeoutMs / 1_000} s`))
    socket.on('error', (error) => end(reasonOf(error)))
  })

interface Port {
  readonly name: string
  readonly host: string
  readonly port: number
}

const isEveryAddress = (host: string): boolean => ['', '0.0.0.0', '::'].includes(host)

/**
 * The ports that can be asked from here. A service that listens at every address, or at the loopback, is asked at this machine's only if the hub is there, too: where the hub is elsewhere, as
 * in a deployment of containers, so may the service be.
 */
export const portsOf = ({ hub, viewer, gateway }: Config): Port[] => {
  const hubHost = hostOf(hub.url)
  const isHere = isEveryAddress(hubHost) || isLoopback(hubHost)
  const at = (name: string, host: string, port: number): Port[] => {
    if (!isEveryAddress(host) && !isLoopback(host)) return [{ name, host, port }]
    return isHere ? [{ name, host: '127.0.0.1', port }] : []
  }
  const gatewayAt = (): Port[] => {
    if (viewer.gatewayUrl === undefined)
      return gateway.port === undefined ? [] : at('gateway', gateway.host, gateway.port)
    const { hostname, port, protocol } = new URL(viewer.gatewayUrl)
    return [
      {
        name: 'gateway',
        host: hostname.replaceAll(/[[\]]/g, ''),
        port: Number(port) || (protocol === 'https:' ? 443 : 80),
      },
    ]
  }
  // A free port was asked for: which one that is only its service knows.
  return [
    ...at("hub's websocket", hubHost, hub.websocketPort),
    ...at('viewer', viewer.host, viewer.port),
    ...gatewayAt(),
  ].filter(({ port }) => port !== 0)
}

export const lookAtPorts = (config: Config, timeoutMs: number): Promise<PortFacts[]> =>
  Promise.all(
    portsOf(config).map(async ({ name, host, port }) => ({
      name,
      address: `${host}:${port}`,
      fault: await dial(host, port, timeoutMs),
    })),
  )
