import type { Role } from '@fleetlake/contracts'

/** Who asks, and how that is known. */
export interface Person {
  /** Name of the account; `openid:` and the provider's name for whoever logs in there. */
  readonly account: string
  readonly role: Role
  /** `none`: nobody has to log in here. */
  readonly by: 'session' | 'token' | 'none'
}

/** Who asks where nobody has to log in. */
export const ANYONE: Person = { account: 'anyone', role: 'operator', by: 'none' }
