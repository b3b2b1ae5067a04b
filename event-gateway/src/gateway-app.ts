import { codeField, reasonOf } from '@fleetlake/core'
import type { Log } from '@fleetlake/service'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { ownPages } from './http/own-pages.ts'
import { problem } from './http/problem.ts'
import { createTicketRoute, type TicketRouteDeps } from './hub/ticket-route.ts'
import { createLoginRoutes, type LoginRoutesDeps } from './login/login-routes.ts'
import { ANYONE } from './people/person.ts'

export interface GatewayAppDeps {
  /** Undefined where no login is needed. */
  readonly login: (Omit<LoginRoutesDeps, 'isSecure' | 'origins' | 'say' | 'onLogin'> & TicketRouteDeps) | undefined
  /** Whether people come by https alone. */
  readonly isSecure: boolean
  /** Of the pages that may ask; the first is where people go when they come from nowhere. */
  readonly origins: readonly string[]
  /** By which people and programs come. */
  readonly hosts: readonly string[]
  /** Why it can't do its work now; undefined when it can. */
  readonly unready: () => string | undefined
  readonly log: Pick<Log, 'info' | 'error'>
  /** Told how each login ended. */
  readonly onLogin?: LoginRoutesDeps['onLogin']
}

/** Everything that may be asked of the gateway. */
export const createGatewayApp = (deps: GatewayAppDeps): Hono => {
  const { login, isSecure, origins, hosts, unready, log, onLogin } = deps
  const app = new Hono()
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      xFrameOptions: 'DENY',
      referrerPolicy: 'no-referrer',
      strictTransportSecurity: isSecure ? 'max-age=31536000' : false,
      // Own pages at another port of this site read what they are answered.
      crossOriginResourcePolicy: 'same-site',
    }),
  )
  app.onError((error, c) => {
    // The path alone: what follows it may be a code of a login.
    log.error(codeField(error), `${c.req.path}: ${reasonOf(error)}`)
    return problem(c, 500, 'the gateway has failed: its log says why')
  })
  app.get('/healthz', (c) => c.text('ok'))
  app.get('/readyz', (c) => {
    // Why is told where metrics are, and not to everyone.
    return unready() === undefined ? c.text('ok') : c.text('not ready', 503)
  })
  app.use('/v1/*', ownPages({ origins, hosts }), async (c, next) => {
    c.header('Cache-Control', 'no-store')
    await next()
  })
  if (login === undefined) {
    app.get('/v1/me', (c) => c.json(ANYONE))
    app.all('/v1/login/*', (c) => problem(c, 404, 'there is no login here: set auth: required for one'))
  } else {
    app.route('/v1', createTicketRoute(login))
    app.route('/v1', createLoginRoutes({ ...login, isSecure, origins, say: (line) => log.info(line), onLogin }))
  }
  app.notFound((c) => problem(c, 404, 'there is nothing at this address'))
  return app
}
