import type { Context } from 'hono'
import type { Sessions } from '../login/sessions.ts'
import type { Directory } from './directory.ts'
import type { Person } from './person.ts'

/** Who has sent a request; undefined for a request without a login. */
export type Identify = (c: Context) => Promise<Person | undefined>

export interface IdentifyDeps {
  readonly directory: Directory
  readonly sessions: Sessions
  /** The provider whose word is taken; undefined without one. */
  readonly issuer: string | undefined
  readonly nowMs: () => number
}

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,200})$/i

/**
 * Invariant: an account that was disabled, removed or changed, a session that was ended, and a token that was removed or has expired count no more from the next request on that follows
 * the news of it.
 */
export const createIdentify = ({ directory, sessions, issuer, nowMs }: IdentifyDeps): Identify => {
  const byToken = (token: string): Person | undefined => {
    const found = directory.token(token)
    if (found === undefined || found.expiresMs <= nowMs()) return undefined
    const account = directory.account(found.account)
    return account === undefined || account.disabled
      ? undefined
      : { account: account.name, role: account.role, by: 'token' }
  }
  const bySession = async (c: Context): Promise<Person | undefined> => {
    const session = await sessions.current(c)
    if (session === undefined || session.version !== directory.sessionsVersion(session.person)) return undefined
    const { person, of } = session
    if ('issuer' in of) return of.issuer === issuer ? { account: person, role: of.role, by: 'session' } : undefined
    const account = directory.account(person)
    return account === undefined || account.disabled || account.version !== of.accountVersion
      ? undefined
      : { account: person, role: account.role, by: 'session' }
  }
  return async (c) => {
    const authorization = c.req.header('Authorization')
    if (authorization === undefined) return bySession(c)
    // A request that names a token is of that token, whatever cookie it has.
    const token = BEARER.exec(authorization)?.[1]
    return token === undefined ? undefined : byToken(token)
  }
}
