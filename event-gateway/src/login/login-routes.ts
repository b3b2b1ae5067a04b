import { personToken } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { z } from 'zod'
import type { AddressOf } from '../http/client-address.ts'
import { problem } from '../http/problem.ts'
import type { Directory } from '../people/directory.ts'
import type { Identify } from '../people/identify.ts'
import type { OpenId } from './openid.ts'
import type { PasswordLogin } from './password-login.ts'
import type { Sealer } from './sealer.ts'
import type { Sessions } from './sessions.ts'

export interface LoginRoutesDeps {
  readonly directory: Directory
  readonly sessions: Sessions
  readonly sealer: Sealer
  readonly identify: Identify
  readonly logIn: PasswordLogin
  readonly openId: OpenId | undefined
  /** Whether people come by https alone. */
  readonly isSecure: boolean
  /** Origins of the pages that people may be sent back to; the first is where they go when they come from nowhere. */
  readonly origins: readonly string[]
  readonly addressOf: AddressOf
  /** Invariant: never told a password, a token, a cookie, nor what somebody has typed in as a name and is none. */
  readonly say: (line: string) => void
  /** Told how each login ended. */
  readonly onLogin?: ((result: 'ok' | 'refused') => void) | undefined
}

const credentials = z.strictObject({ account: z.string().min(1).max(255), password: z.string().min(1).max(1024) })
const PENDING_MS = 10 * 60_000
const BODY_BYTES = 8 * 1024
/** Logins, failed or not, that an address may begin in a minute. */
const BEGUN = { points: 120, duration: 60 }

/** `GET /me`, `POST /login`, `POST /logout`, and `GET /login/openid` with its callback. */
export const createLoginRoutes = (deps: LoginRoutesDeps): Hono => {
  const {
    directory,
    sessions,
    sealer,
    identify,
    logIn,
    openId,
    isSecure,
    origins,
    addressOf,
    say,
    onLogin = () => {},
  } = deps
  const app = new Hono()
  const pendingName = isSecure ? '__Host-fleet_login' : 'fleet_login'
  const pendingCookie = { httpOnly: true, sameSite: 'Lax', secure: isSecure, path: '/' } as const
  const ways = ['password', ...(openId === undefined ? [] : ['openid'])]
  /** Its name for people, who choose between it and a password. */
  const provider = openId === undefined ? undefined : new URL(openId.issuer).hostname
  const begun = new RateLimiterMemory(BEGUN)

  app.get('/me', async (c) => {
    const person = await identify(c)
    if (person !== undefined && directory.sight(personToken(person.account)) !== 'all')
      return c.json({ ...person, seesAll: false })
    return person === undefined ? nobody(c, { ways, provider }) : c.json(person)
  })
  app.use('/login/*', async (c, next) => {
    try {
      await begun.consume(addressOf(c))
    } catch (reached) {
      if (!(reached instanceof RateLimiterRes)) throw reached
      return tooMany(c, reached.msBeforeNext, 'too many logins were begun from here')
    }
    return next()
  })
  app.post(
    '/login',
    bodyLimit({ maxSize: BODY_BYTES, onError: (c) => problem(c, 413, 'a login is no longer than 8 KiB') }),
  )
  app.post('/login', async (c) => {
    const read = credentials.safeParse(await c.req.json().catch(() => undefined))
    if (!read.success) return problem(c, 400, 'a login is JSON with "account" and "password"')
    const { account: name, password } = read.data
    const address = addressOf(c)
    const outcome = await logIn(name, password, address)
    if (outcome.kind !== 'in') onLogin('refused')
    switch (outcome.kind) {
      case 'in': {
        const { role, version: accountVersion } = outcome.account
        await sessions.begin(c, { person: name, version: directory.sessionsVersion(name), of: { accountVersion } })
        onLogin('ok')
        say(`${name} has logged in from ${address}`)
        return c.json({ account: name, role, by: 'session' })
      }
      case 'wrong':
        // Somebody may have typed a password in as a name.
        say(
          `a login as ${directory.account(name) === undefined ? 'an unknown account' : name} from ${address} has failed`,
        )
        return problem(c, 401, 'the account or the password is wrong')
      case 'locked':
        return tooMany(c, outcome.forMs, 'too many logins have failed')
      case 'busy':
        c.header('Retry-After', '1')
        return problem(c, 503, 'too many people log in at once: try again')
    }
  })
  app.post('/logout', async (c) => {
    const person = await identify(c)
    // First for good, then in this browser: a logout that failed can be tried again.
    if (person?.by === 'session') {
      try {
        await directory.endSessions(person.account)
      } catch (error) {
        say(`a logout of ${person.account} could not be kept: ${reasonOf(error)}`)
        return problem(c, 503, 'the logout could not be kept, you are logged in still: try again')
      }
      say(`${person.account} has logged out`)
    }
    sessions.forget(c)
    return c.body(null, 204)
  })
  app.get('/login/openid', async (c) => {
    if (openId === undefined) return problem(c, 404, 'there is no login by a provider here (gateway.openid)')
    const { url, pending } = await openId.begin(backTo(c.req.query('to'), origins))
    setCookie(c, pendingName, await sealer.seal('login', pending, PENDING_MS), {
      ...pendingCookie,
      maxAge: PENDING_MS / 1000,
    })
    return c.redirect(url.href, 303)
  })
  app.get('/login/openid/callback', async (c) => {
    if (openId === undefined) return problem(c, 404, 'there is no login by a provider here (gateway.openid)')
    const kept = getCookie(c, pendingName)
    deleteCookie(c, pendingName, pendingCookie)
    const pending = kept === undefined ? undefined : await sealer.unseal('login', kept)
    const { person, to, ...said } = await openId.finish(new URL(c.req.url), pending)
    try {
      await directory.keepPerson(person, { ...said, issuer: openId.issuer })
    } catch (error) {
      say(`a login of ${person} could not be kept: ${reasonOf(error)}`)
      return problem(c, 503, 'the login could not be kept, so that nobody would know what you may: try again')
    }
    await sessions.begin(c, {
      person,
      version: directory.sessionsVersion(person),
      of: { issuer: openId.issuer, role: said.role },
    })
    onLogin('ok')
    say(`${person} has logged in from ${addressOf(c)}`)
    return c.redirect(to, 303)
  })
  app.onError((error, c) => {
    if (!(error instanceof FleetError) || error.code !== 'login.failed') throw error
    onLogin('refused')
    say(error.message)
    return problem(c, 403, error.message)
  })
  return app
}

interface Ways {
  readonly ways: readonly string[]
  readonly provider: string | undefined
}

const nobody = (c: Context, ways: Ways): Response => {
  c.header('WWW-Authenticate', 'Bearer')
  return problem(c, 401, 'not logged in', ways)
}

const tooMany = (c: Context, forMs: number, what: string): Response => {
  const seconds = Math.ceil(forMs / 1000)
  c.header('Retry-After', String(seconds))
  return problem(c, 429, `${what}: try again in ${seconds > 90 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`}`)
}

/** Only a page that belongs here: a link may not lead on to another website. */
const backTo = (asked: string | undefined, origins: readonly string[]): string => {
  const [home] = origins
  const url = asked !== undefined && URL.canParse(asked, home) ? new URL(asked, home) : new URL(home)
  return origins.includes(url.origin) ? url.href : home
}
