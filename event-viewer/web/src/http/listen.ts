import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { FleetError } from '@fleetlake/core'
import { Hono } from 'hono'

export interface Listening {
  readonly url: string
  readonly port: number
  /** Answers what has been asked, then ends. */
  close(): Promise<void>
}

const CLOSE_MS = 1_000
/** A connection on which nothing has come or gone for so long is closed. */
const SILENT_MS = 90_000

/** @throws FleetError `viewer.port-in-use`; `service.failed` when the address can't be listened at for another reason */
export const listen = async (app: Hono, { host, port }: { host: string; port: number }): Promise<Listening> => {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  // A large file may be sent for as long as bytes come.
  server.requestTimeout = 0
  server.setTimeout(SILENT_MS)
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw fault(cause as NodeJS.ErrnoException, `${host}:${port}`)
  }
  const { port: usedPort } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${usedPort}`,
    port: usedPort,
    close: async () => {
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
      const closed = once(server, 'close')
      server.close()
      await closed
      clearTimeout(timer)
    },
  }
}

/**
 * The port that `listen` would get: a free one for 0, else that port itself.
 * @throws FleetError as `listen` does
 */
export const findPort = async (address: { host: string; port: number }): Promise<number> => {
  const { port, close } = await listen(new Hono(), address)
  await close()
  return port
}

const fault = (cause: NodeJS.ErrnoException, address: string): FleetError =>
  cause.code === 'EADDRINUSE'
    ? new FleetError(
        'viewer.port-in-use',
        `${address} is in use: stop the program that has it, or choose another port with FLEET_VIEWER_PORT=<port>`,
      )
    : new FleetError('service.failed', `the viewer can't listen at ${address}: ${cause.message}`, { cause })
