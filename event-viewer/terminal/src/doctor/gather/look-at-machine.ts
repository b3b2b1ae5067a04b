import { stat, statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { isFolder } from '@fleetlake/archive'
import { type Config, hostOf, isLoopback } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { DiskFacts, PortFacts } from '../facts.ts'

/** The folders of this machine that fill up. Those that are not there are others' or not in use. */
const foldersOf = ({ archive, hub, viewer }: Config): readonly (readonly [setting: string, folder: string])[] => [
  ...(isFolder(archive.path) ? [['archive.path', archive.path] as const] : []),
  ['hub.dataDir', hub.dataDir],
  ['viewer.importDir', viewer.importDir],
]

export const lookAtDisks = async (config: Config): Promise<DiskFacts[]> => {
  const found = await Promise.all(
    foldersOf(config).map(async ([setting, folder]): Promise<readonly DiskFacts[]> => {
      try {
        if (!(await stat(folder)).isDirectory()) return []
        const { bavail, blocks, bsize } = await statfs(folder)
        return [{ setting, folder, freeBytes: bavail * bsize, totalBytes: blocks * bsize }]
      } catch {
        return []
      }
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

/** One that listens at every address of this machine is asked at the loopback. */
const askedAt = (host: string): string =>
  ['', '0.0.0.0', '::'].includes(host) || isLoopback(host) ? '127.0.0.1' : host

export const lookAtPorts = async ({ hub, viewer, gateway }: Config, timeoutMs: number): Promise<PortFacts[]> => {
  const asked: readonly (readonly [name: string, host: string, port: number])[] = [
    ["hub's websocket", askedAt(hostOf(hub.url)), hub.websocketPort],
    ['viewer', askedAt(viewer.host), viewer.port],
    ...(gateway.port === undefined ? [] : [['gateway', askedAt(gateway.host), gateway.port] as const]),
  ]
  return Promise.all(
    asked
      // A free port was asked for: which one that is only its service knows.
      .filter(([, , port]) => port !== 0)
      .map(async ([name, host, port]) => ({
        name,
        address: `${host}:${port}`,
        fault: await dial(host, port, timeoutMs),
      })),
  )
}
