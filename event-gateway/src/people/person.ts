import type { Role } from '@fleetlake/contracts'

/** Who asks, and how that is known. */
export interface Person {
  /** Name of the account; `openid:` and the provider's name for whoever logs in there. */
  readonly account: string
  readonly role: Role
  /** `none`: no login is needed here. */
  readonly by: 'session' | 'token' | 'none'
}

/** Who asks where no login is needed. */
export const ANYONE: Person = { account: 'anyone', role: 'operator', by: 'none' }
