import { createHash, timingSafeEqual } from 'node:crypto'
import { hostOf, isLoopback } from '@fleetlake/contracts'
import { type Context, Hono } from 'hono'
import type { Readiness } from './readiness.ts'

export interface OpsAppDeps {
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  readonly readiness: () => Readiness
  /** Why the process ends, once it does. */
  readonly failure: () => string | undefined
  /** Without it `/metrics` tells nothing, and beyond the loopback nothing tells reasons; undefined where it needs none. */
  readonly token: string | undefined
  /** Whether it listens on the loopback. */
  readonly isLocal: boolean
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Takes the same time whatever is given. */
const isToken = (given: string | undefined, token: string): boolean =>
  timingSafeEqual(digestOf(given ?? ''), digestOf(`Bearer ${token}`))

/**
 * What machines ask of a service. Health and readiness need no token; invariant: who has none learns from them, beyond the loopback, the state and nothing else, since
 * reasons name hosts, folders and streams.
 */
export const createOpsApp = ({ metrics, readiness, failure, token, isLocal }: OpsAppDeps): Hono => {
  const app = new Hono()
  const hasToken = (c: Context): boolean => token === undefined || isToken(c.req.header('authorization'), token)
  const mayKnowWhy = (c: Context): boolean => isLocal || hasToken(c)
  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
    // A page that names this machine by a name of its own reads nothing here.
    if (isLocal && !isLoopback(hostOf(c.req.url))) return c.text('there is nothing at this address', 421)
    return next()
  })
  app.get('/healthz', (c) => {
    const reason = failure()
    return reason === undefined ? c.text('ok') : c.text(mayKnowWhy(c) ? reason : 'it ends because of a fault', 503)
  })
  app.get('/readyz', (c) => {
    const { status, reasons } = readiness()
    return c.json(mayKnowWhy(c) ? { status, reasons } : { status }, status === 'ready' ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    if (!hasToken(c)) {
      c.header('WWW-Authenticate', 'Bearer')
      return c.text('the bearer token of ops.token is missing or another one', 401)
    }
    const text = await metrics.text()
    c.header('Content-Type', metrics.contentType)
    return c.body(text)
  })
  app.notFound((c) => c.text('there is nothing at this address: ask for /metrics, /healthz or /readyz', 404))
  return app
}
