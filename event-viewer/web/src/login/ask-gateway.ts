import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { proxyFetch } from 'httpxy'

/** Asks the gateway for the one who has sent a request. @throws Error when it does not answer in time */
export type AskGateway = (c: Context, asked: Asked) => Promise<Response>

export interface Asked {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body?: ArrayBuffer | undefined
}

/** A provider of logins, which the gateway waits for, may take 10 s. */
const TIMEOUT_MS = 30_000

/** What the gateway judges a request by, and what it reads; nothing else of a browser's headers goes on. */
const PASSED = [
  'accept',
  'authorization',
  'content-type',
  'cookie',
  'host',
  'origin',
  'sec-fetch-mode',
  'sec-fetch-site',
] as const

/** Invariant: the gateway is told the host, the origin and the address that the browser itself has, so that it judges by what holds where people come in. */
export const createAskGateway =
  (gateway: URL, timeoutMs = TIMEOUT_MS): AskGateway =>
  (c, { method, path, body }) =>
    proxyFetch(gateway.origin, new URL(path, gateway), {
      method,
      headers: headersFor(c),
      signal: AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(timeoutMs)]),
      ...(body === undefined || body.byteLength === 0 ? {} : { body }),
    })

const headersFor = (c: Context): Record<string, string> => {
  const passed = PASSED.flatMap((name) => {
    const value = c.req.header(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const hops = [c.req.header('X-Forwarded-For'), getConnInfo(c).remote.address].filter((hop) => hop !== undefined)
  return { ...Object.fromEntries(passed), 'x-forwarded-for': hops.join(', ') }
}
