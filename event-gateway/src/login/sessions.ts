import { ROLES } from '@fleetlake/contracts'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import type { Sealer } from './sealer.ts'

/** What a session says. */
export const sessionSchema = z.strictObject({
  person: z.string(),
  /** That the person's sessions had when it began. */
  version: z.number(),
  /** Version of an account; of who logs in at a provider that one, and the role that its claims gave. */
  of: z.union([
    z.strictObject({ accountVersion: z.number() }),
    z.strictObject({ issuer: z.string(), role: z.enum(ROLES) }),
  ]),
})

export type Session = z.output<typeof sessionSchema>

/** Sessions in cookies. */
export interface Sessions {
  begin(c: Context, session: Session): Promise<void>
  /** Undefined without one, and for one that is over or that others have made. */
  current(c: Context): Promise<Session | undefined>
  /** Takes the cookie away. A copy of it is worth what `Directory.endSessions` leaves it. */
  forget(c: Context): void
}

export interface SessionsOptions {
  readonly sealer: Sealer
  readonly sessionMs: number
  /** Whether people come by https alone. */
  readonly isSecure: boolean
}

/** Invariant: a session is what a gateway with the same secret has sealed, and it is not over. */
export const createSessions = ({ sealer, sessionMs, isSecure }: SessionsOptions): Sessions => {
  // With the prefix a browser takes it from this very host by https alone.
  const name = isSecure ? '__Host-fleet_session' : 'fleet_session'
  const cookie = { httpOnly: true, sameSite: 'Lax', secure: isSecure, path: '/' } as const
  return {
    begin: async (c, session) =>
      setCookie(c, name, await sealer.seal('session', session, sessionMs), {
        ...cookie,
        maxAge: Math.floor(sessionMs / 1000),
      }),
    current: async (c) => {
      const sealed = getCookie(c, name)
      if (sealed === undefined) return undefined
      return sessionSchema.safeParse(await sealer.unseal('session', sealed)).data
    },
    forget: (c) => void deleteCookie(c, name, cookie),
  }
}
