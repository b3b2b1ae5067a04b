import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type ErrorCode, FleetError } from '@fleetlake/core'

/** What answers requests, e.g. an app of Hono. */
export interface Answering {
  readonly fetch: Parameters<typeof createAdaptorServer>[0]['fetch']
}

export interface ListenOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** For messages: the server's name, what its port is set with, and the code of a port that is in use. */
  readonly of: { readonly name: string; readonly portVariable: string; readonly inUse: ErrorCode }
  /** PEM; without it the server speaks http. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** How long a request may take to come in whole; for ever when missing, as long as bytes come. */
  readonly requestTimeoutMs?: number
  /** Connections at once; more are closed. Any number when missing. */
  readonly mostConnections?: number
}

export interface Listening {
  readonly url: string
  readonly port: number
  /** Answers what has been asked, then ends. */
  close(): Promise<void>
}

const CLOSE_MS = 1_000
/** A connection on which nothing has come or gone for so long is closed. */
const SILENT_MS = 90_000

/** @throws FleetError with the code of a port that is in use; `service.failed` when the address can't be listened at for another reason */
export const listen = async ({ fetch }: Answering, options: ListenOptions): Promise<Listening> => {
  const { host, port, of, tls, requestTimeoutMs = 0, mostConnections } = options
  const server = serverOf(fetch, options)
  server.requestTimeout = requestTimeoutMs
  server.setTimeout(SILENT_MS)
  if (mostConnections !== undefined) server.maxConnections = mostConnections
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw fault(cause as NodeJS.ErrnoException, `${host}:${port}`, of)
  }
  const { port: usedPort } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${bracketed(host)}:${usedPort}`,
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
export const findPort = async (options: Pick<ListenOptions, 'host' | 'port' | 'of'>): Promise<number> => {
  const { port, close } = await listen({ fetch: () => new Response() }, options)
  await close()
  return port
}

/** @throws FleetError `config.invalid` for a certificate or key that is none */
const serverOf = (fetch: Answering['fetch'], { of, tls }: ListenOptions): Server => {
  if (tls === undefined) return createAdaptorServer({ fetch }) as Server
  try {
    return createAdaptorServer({ fetch, createServer: createTlsServer, serverOptions: tls }) as Server
  } catch (cause) {
    throw new FleetError('config.invalid', `the certificate or the key of the ${of.name} can't be used`, { cause })
  }
}

/** A host as an address of a page names it. */
export const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

const fault = (cause: NodeJS.ErrnoException, address: string, of: ListenOptions['of']): FleetError =>
  cause.code === 'EADDRINUSE'
    ? new FleetError(
        of.inUse,
        `${address} is in use: stop the program that has it, or choose another port with ${of.portVariable}=<port>`,
      )
    : new FleetError('service.failed', `the ${of.name} can't listen at ${address}: ${cause.message}`, { cause })
