import type { Context } from 'hono'
import type { Session, Sessions } from '../login/sessions.ts'
import type { Directory } from './directory.ts'
import type { Person } from './person.ts'

/** Who has shown what; undefined for what counts no more. */
export interface WhoIs {
  ofToken(token: string): Person | undefined
  ofSession(session: Session): Person | undefined
}

export interface WhoIsDeps {
  readonly directory: Directory
  /** The provider whose word is taken; undefined without one. */
  readonly issuer: string | undefined
  readonly nowMs: () => number
}

/**
 * Invariant: an account that was disabled, removed or changed, a session that was ended, and a token that was removed or has expired count no more from the next question on that follows
 * the news of it.
 */
export const createWhoIs = ({ directory, issuer, nowMs }: WhoIsDeps): WhoIs => ({
  ofToken: (token) => {
    const found = directory.token(token)
    if (found === undefined || found.expiresMs <= nowMs()) return undefined
    const account = directory.account(found.account)
    return account === undefined || account.disabled
      ? undefined
      : { account: account.name, role: account.role, by: 'token' }
  },
  ofSession: ({ person, version, of }) => {
    if (version !== directory.sessionsVersion(person)) return undefined
    if ('issuer' in of) return of.issuer === issuer ? { account: person, role: of.role, by: 'session' } : undefined
    const account = directory.account(person)
    return account === undefined || account.disabled || account.version !== of.accountVersion
      ? undefined
      : { account: person, role: account.role, by: 'session' }
  },
})

/** Who has sent a request; undefined for a request without a login. */
export type Identify = (c: Context) => Promise<Person | undefined>

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,200})$/i

export const createIdentify = ({
  whoIs,
  sessions,
}: {
  readonly whoIs: WhoIs
  readonly sessions: Sessions
}): Identify => {
  const bySession = async (c: Context): Promise<Person | undefined> => {
    const session = await sessions.current(c)
    return session === undefined ? undefined : whoIs.ofSession(session)
  }
  return async (c) => {
    const authorization = c.req.header('Authorization')
    if (authorization === undefined) return bySession(c)
    // A request that names a token is of that token, whatever cookie it has.
    const token = BEARER.exec(authorization)?.[1]
    return token === undefined ? undefined : whoIs.ofToken(token)
  }
}
