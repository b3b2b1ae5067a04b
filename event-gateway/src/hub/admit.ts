import { type HubPermissions, personPermissions, personToken, programPermissions, rightsOf } from '@fleetlake/contracts'
import type { Directory } from '../people/directory.ts'
import type { WhoIs } from '../people/identify.ts'
import type { Person } from '../people/person.ts'
import type { HubTickets } from './hub-tickets.ts'

/** What somebody shows who connects to the hub. */
export interface Shown {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly byWebsocket: boolean
}

/** Somebody whom the hub lets in. */
export interface Admitted {
  readonly person: Person
  readonly permissions: HubPermissions
  /** Whether they would be let in now as they were then. */
  isStillRight(): boolean
}

export interface AdmitDeps {
  readonly directory: Pick<Directory, 'sight'>
  readonly whoIs: WhoIs
  readonly tickets: HubTickets
}

/** A page with its ticket, which comes by websocket, or a program with a token of the account that it names; undefined for everyone else. */
export const createAdmit =
  ({ directory, whoIs, tickets }: AdmitDeps) =>
  async ({ user, password, byWebsocket }: Shown): Promise<Admitted | undefined> => {
    if (user === undefined || password === undefined) return undefined
    const program = whoIs.ofToken(password)
    const session = program === undefined && byWebsocket ? await tickets.read(password) : undefined
    const find = (): Person | undefined => (session === undefined ? whoIs.ofToken(password) : whoIs.ofSession(session))
    const person = find()
    if (person === undefined || person.account !== user) return undefined
    const rights = rightsOf(person.role)
    const token = personToken(person.account)
    const seesAll = (): boolean => directory.sight(token) === 'all'
    const saw = seesAll()
    return {
      person,
      isStillRight: () => find()?.role === person.role && seesAll() === saw,
      permissions:
        program === undefined ? personPermissions(token, rights, saw) : programPermissions(person.account, rights, saw),
    }
  }
