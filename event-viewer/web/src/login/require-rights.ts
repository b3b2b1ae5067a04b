import { type Right, RIGHTS, rightsOf } from '@fleetlake/contracts'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { GATEWAY_AWAY } from './forward.ts'
import type { Identify, Person } from './identify.ts'

/** The rights that each part of `/api` needs, those of all parts that it lies in. */
export const ROUTE_RIGHTS: readonly (readonly [path: string, right: Right])[] = [
  ['/api', 'live'],
  ['/api/archive', 'search-last-day'],
  ['/api/imports', 'import'],
  ['/api/searches', 'audit'],
]

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks; missing where no login is needed. */
    person?: Person
  }
}

export interface RequireRightsOptions {
  readonly identify: Identify
  /** Told that the gateway does not answer. */
  readonly onFault: (reason: string) => void
}

/** Invariant: what lies below `/api` is answered to those only who have logged in and whose role has the rights for it. */
export const requireRights = (options: RequireRightsOptions): Hono => {
  const app = new Hono()
  for (const [path, right] of ROUTE_RIGHTS) app.use(`${path}/*`, requireRight(right, options))
  return app
}

const requireRight =
  (right: Right, { identify, onFault }: RequireRightsOptions): MiddlewareHandler =>
  async (c, next) => {
    const found = c.get('person') === undefined ? await identify(c) : undefined
    if (found?.kind === 'nobody') return denied(c, 401, 'You are not logged in: open the page and log in.')
    if (found?.kind === 'unanswered') {
      onFault(found.reason)
      return denied(c, 502, `${GATEWAY_AWAY.charAt(0).toUpperCase()}${GATEWAY_AWAY.slice(1)}.`)
    }
    if (found !== undefined) c.set('person', found.person)
    const { role } = c.get('person')!
    if (rightsOf(role).has(right)) return next()
    return denied(c, 403, `Your role, ${role}, may not ${RIGHTS[right]}: an operator can give you another role.`)
  }

const denied = (c: Context, status: 401 | 403 | 502, sentence: string): Response =>
  c.text(sentence, status, { 'Cache-Control': 'no-store' })
