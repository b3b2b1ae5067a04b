import type { Right, Role } from '@fleetlake/contracts'

/** The answer of `GET /api/person`: who has opened the page, and what they may. Without a login where one is needed it is 401. */
export interface ViewerPerson {
  /** Null where no login is needed; `role` too. */
  readonly account: string | null
  readonly role: Role | null
  readonly rights: readonly Right[]
}
