import type { MiddlewareHandler } from 'hono'
import { problem } from './problem.ts'

export interface OwnPagesOptions {
  /** Of the pages that may ask. */
  readonly origins: readonly string[]
  /** By which people and programs come to the gateway. */
  readonly hosts: readonly string[]
}

const hostOf = (header: string | undefined): string | undefined =>
  header !== undefined && URL.canParse(`http://${header}`) ? new URL(`http://${header}`).hostname : undefined

/**
 * Lets in requests of own pages and of programs. A browser sends a person's cookie with whatever other websites ask, and tells where a request comes from: pages of the given origins are
 * answered in the way that lets them read it, all others are refused. What changes something must be JSON, which no form of another website sends. A host that is not one of ours is
 * another website's name that was pointed at this machine.
 */
export const ownPages = ({ origins, hosts: named }: OwnPagesOptions): MiddlewareHandler => {
  const hosts = new Set(named.map((host) => host.toLowerCase()))
  return async (c, next) => {
    const host = hostOf(c.req.header('Host'))
    if (host === undefined || !hosts.has(host))
      return problem(c, 421, 'this gateway has another name: set gateway.publicUrl if it is to be reached by this one')
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
    const origin = c.req.header('Origin')
    if (origin === undefined) {
      const site = c.req.header('Sec-Fetch-Site') ?? 'same-origin'
      const isNavigation = isRead && c.req.header('Sec-Fetch-Mode') === 'navigate'
      if (!['same-origin', 'none'].includes(site) && !isNavigation)
        return problem(c, 403, 'this page may not ask here: it is of another website')
    } else if (origins.includes(origin)) {
      c.header('Access-Control-Allow-Origin', origin)
      c.header('Access-Control-Allow-Credentials', 'true')
      c.header('Vary', 'Origin')
    } else {
      return problem(c, 403, 'this page may not ask here: add its origin to gateway.pageOrigins if it is yours')
    }
    if (c.req.method === 'OPTIONS') {
      c.header('Access-Control-Allow-Methods', 'GET, POST')
      c.header('Access-Control-Allow-Headers', 'Content-Type')
      c.header('Access-Control-Max-Age', '600')
      return c.body(null, 204)
    }
    const [type] = (c.req.header('Content-Type') ?? '').split(';')
    if (!isRead && type.trim().toLowerCase() !== 'application/json')
      return problem(c, 415, 'what is sent here is JSON: say so with Content-Type: application/json')
    return next()
  }
}
